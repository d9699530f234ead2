"""train over several sites: the words, the limits, one place as the case without distance."""

import json

import pytest
from click.testing import CliRunner

from gigawatt import multi_site, train
from gigawatt.cli import main
from gigawatt.errors import ScenarioError

MODEL = "llama-3.1-405b"


def test_the_words_of_sites():
    a = multi_site.read("5 x 100000 GB300", sites=None, wan="800 Gbps", distance="300 km", within="5 %")
    assert (a.sites, a.each, a.spare, a.name) == (5, 98_304, 1_696, "GB300")
    assert (a.link_gbit_per_s, a.apart_km, a.within) == (800.0, 300.0, 0.05)
    assert (a.together, a.site) == ("491520 GB300", "98304 GB300")
    shared = multi_site.read("16384 H100", sites=2, wan="1.6 Tbit/s")
    assert (shared.each, shared.link_gbit_per_s, shared.apart_km) == (8192, 1600.0, None)
    assert multi_site.read("16384 H100", sites=None) is None


@pytest.mark.parametrize(
    ("on", "asked", "says"),
    [
        ("5 x 16384 H100", {"sites": 4}, "names 5"),
        ("16384 H100", {"wan": "800 Gbps"}, "without sites"),
        ("16384 H100", {"sites": 3}, "do not divide over 3"),
        ("16384 H100", {"sites": 1}, "one place needs no links"),
        ("16384 H100", {"sites": -2}, "expected 2 to"),
        ("5 x 16384 H100", {"wan": "fast"}, "800 Gbps"),
        ("5 x 16384 H100", {"wan": 0.0}, "more than 0"),
        ("5 x 16384 H100", {"distance": "-3"}, "300 km"),
        ("5 x 16384 H100", {"within": "5"}, "5 %"),
        ("2 x 8192 H100", {"batch": 33}, "33 sequences"),
        ("5 x 16384 H1OO", {}, "nearest"),
    ],
)
def test_what_cannot_be_read_is_one_clear_line(on, asked, says):
    with pytest.raises(ScenarioError, match=says) as error:
        train(MODEL, on, **asked)
    assert len(error.value.problems) == 1


def test_five_sites_have_a_slow_down_a_bandwidth_and_a_cost():
    slow = train(MODEL, "5 x 4096 H100", wan="800 Gbps").over
    fast = train(MODEL, "5 x 4096 H100", wan="100 Tbit/s").over
    assert [w.method for w in slow.ways] == ["synchronous", "diloco", "streaming"]
    assert slow.best == "streaming"  # in step, 800 Gbit/s is far too little
    for thin, wide in zip(slow.ways, fast.ways, strict=True):
        assert 0 <= wide.slow_down <= thin.slow_down < 1 and wide.days <= thin.days
        assert thin.link_needed_gbit_per_s == wide.link_needed_gbit_per_s > 0
        assert thin.fibre_usd > 0
    assert fast.fibre_usd > slow.fibre_usd > 0 and fast.fibre_usd_per_year > 0


def test_the_bandwidth_that_is_named_keeps_within_the_limit():
    asked = train(MODEL, "4 x 4096 H100", within="2 %").over
    step = asked.ways[0]
    again = train(MODEL, "4 x 4096 H100", within="2 %", wan=step.link_needed_gbit_per_s).over.ways[0]
    assert again.slow_down == pytest.approx(0.02)


def test_the_run_itself_is_that_of_one_place():
    together, sites = train(MODEL, "16384 H100", batch=2048), train(MODEL, "16384 H100", sites=2, batch=2048)
    assert sites.best == together.best and sites.days == together.days and together.over is None
    assert sites.over.days_in_one_place == together.days
    assert sites.over.ways[0].days == pytest.approx(together.days, rel=0.05)  # published: 96 % over 1,000 km


def test_the_command_prints_and_writes_it():
    asked = ["train", MODEL, "--on", "2 x 8192 H100", "--wan", "3.2 Tbps", "--distance", "1000 km"]
    said = CliRunner().invoke(main, asked)
    assert said.exit_code == 0 and "Streaming DiLoCo" in said.output and "2 sites" in said.output
    data = json.loads(CliRunner().invoke(main, [*asked, "--json"]).output)
    assert data["over"]["link_gbit_per_s"] == 3200 and len(data["over"]["ways"]) == 3
    wrong = CliRunner().invoke(main, ["train", MODEL, "--on", "16384 H100", "--sites", "3"])
    assert wrong.exit_code == 2 and len(wrong.output.strip().splitlines()) == 1
