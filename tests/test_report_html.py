"""The HTML report: one file, complete, escaped, readable, for a plan, a ladder, a refusal and a plan with holes."""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from html.parser import HTMLParser

import numpy as np
import pytest

import gigawatt as gw
from asked import example
from gigawatt.answer import Plan
from gigawatt.errors import ScenarioError

go = pytest.importorskip("plotly.graph_objects", reason="the report extra (plotly) is not installed")

from gigawatt.report import supply_charts as charts  # noqa: E402
from gigawatt.report.page import html  # noqa: E402
from gigawatt.report.page.parts import safe  # noqa: E402

QUESTIONS = {
    "France": {"place": "France", "budget": "109 B€", "power": "1 GW nuclear", "as_of": "2026-11-23"},
    "Kenya": {"place": "Kenya", "power": "1 GW", "as_of": "2026-11-23"},
    "Estonia": {"place": "Estonia", "as_of": "2026-11-23"},
    "Iran": {"place": "Iran", "accelerators": "1000 GB300", "as_of": "2026-11-23"},
    "Vatican": {"place": "Vatican City", "accelerators": "1000 GB300", "as_of": "2026-11-23"},
}
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


class Page(HTMLParser):
    """Checks that tags balance; keeps visible text, ids and whatever a browser would load."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.words: list[str] = []
        self.ids: list[str] = []
        self.loads: list[str] = []
        self.tags: dict[str, int] = {}
        self.specs: list[str] = []
        self._spec = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.ids += [given["id"]] if "id" in given else []
        self.loads += [v for k, v in attrs if v and (k in ("src", "srcset") or (k == "href" and tag == "link"))]
        self._spec = tag == "script" and given.get("type") == "application/json"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data):
        if self._spec and self.open[-1] == "script":
            self.specs.append(data)
        if not {"script", "style"} & set(self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def plans() -> dict[str, Plan]:
    return {name: gw.plan(gw.read_scenario(question)) for name, question in QUESTIONS.items()}


@pytest.fixture(scope="module")
def pages(plans) -> dict[str, tuple[str, Page]]:
    made = {name: html(plan) for name, plan in plans.items()}
    return {name: (text, Page(text)) for name, text in made.items()}


@pytest.mark.parametrize("name", QUESTIONS)
def test_tags_balance_and_ids_are_unique(pages, name):
    _, page = pages[name]
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.parametrize("name", QUESTIONS)
def test_nothing_is_loaded_from_outside(pages, name):
    text, page = pages[name]
    assert page.loads == []
    style = text.split("<style>")[1].split("</style>")[0]
    assert "url(" not in style and "@import" not in style


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_figure_and_source_is_there(plans, pages, name):
    ids = set(pages[name][1].ids)
    assert {f"figure-{x}" for x in plans[name].figures} <= ids
    assert {f"source-{x['key']}" for x in plans[name].sources} <= ids


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_leaked_values(pages, name):
    _, page = pages[name]
    for leak in (r"\bnan\b", r"\binf\b", r"\bNone\b(?! (is|of) )", r"\[\]", r"\{\}", r"yes_if", r"(?<!\d)\.\.(?!\d)"):
        found = re.search(rf".{{40}}{leak}.{{20}}", page.text)
        assert not found, found


@pytest.mark.parametrize(
    ("name", "word"), [("France", "YES, IF"), ("Kenya", "NO"), ("Estonia", "YES, IF"), ("Iran", "NO")]
)
def test_verdict_is_said_in_words(plans, pages, name, word):
    _, page = pages[name]
    headline = plans[name].verdict["headline"]
    assert word in page.text
    assert headline.split(maxsplit=4)[-1] in page.text
    assert all(s["to"] in page.text for s in plans[name].verdict["next_steps"])


def test_own_currency_beside_dollars(pages):
    assert re.search(r"= \d[\d.]* bn EUR", pages["France"][1].text)
    assert "bn EUR" not in pages["Kenya"][1].text


def test_javascript_once_and_only_with_charts(pages):
    assert pages["France"][0].count("Plotly.newPlot") == pages["Kenya"][0].count("Plotly.newPlot")
    assert len(pages["France"][0]) < 8e6
    assert pages["Vatican"][1].tags.get("script", 0) == 0
    assert len(pages["Vatican"][0]) < 100_000


def test_charts_are_valid_plotly_with_words(plans, pages):
    for name in ("France", "Kenya", "Estonia"):
        _, page = pages[name]
        assert len(page.specs) >= 6
        for spec in page.specs:
            go.Figure(json.loads(spec))
        assert page.tags["noscript"] == len(page.specs) == page.tags["figure"] == page.tags["details"]


def test_bill_rows_add_up_to_the_headline(plans):
    plan = plans["France"]
    assert sum(b["usd"] for b in plan.bill) == pytest.approx(plan.figures["capex_usd"].value, rel=1e-6)


def test_hostile_text_is_escaped(plans):
    plan = plans["Vatican"]
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    place = {**plan.question["place"], "name": evil, "note": evil, "site": evil}
    gates = [{**g, "words": evil, "source": evil, "state": evil, "class": evil} for g in plan.verdict["gates"]]
    verdict = {**plan.verdict, "headline": evil, "gates": gates}
    page = Page(html(dataclasses.replace(plan, question={**plan.question, "place": place}, verdict=verdict)))
    assert page.open == [] and page.loads == [] and page.tags.get("img", 0) == 0 and page.tags.get("script", 0) == 0
    assert "<script>alert(1)</script>" in page.text


def test_hostile_text_in_a_chart_is_escaped(plans):
    plan = plans["France"]
    evil = "</script><script>alert(1)</script>"
    schedule = tuple({**t, "label": evil} for t in plan.schedule)
    text = html(dataclasses.replace(plan, schedule=schedule))
    assert evil not in text
    assert Page(text).open == []


def test_plan_with_holes(plans):
    plan = plans["France"]
    empty = dataclasses.replace(plan, series={}, schedule=(), bill=(), ladder=(), tables={}, sources=(), assumptions=(),
                                trace={}, power={"portfolio": [], "gap": None, "notes": []})  # fmt: skip
    page = Page(html(empty))
    assert page.open == [] and page.specs == []
    none = {
        k: dataclasses.replace(f, value=None, low=None, high=None, reason="unknown") for k, f in plan.figures.items()
    }
    assert "unknown" in Page(html(dataclasses.replace(plan, figures=none))).text


def test_fortnights():
    hours = np.arange(8760)
    load = np.full(8760, 100.0)
    price = np.where((hours >= 240 * 24) & (hours < 254 * 24), 500.0, 50.0)
    series = {"load_mw": load, "price_usd_per_mwh": price, "unserved_mw": np.zeros(8760)}
    assert charts.hardest_fortnight(series) == 240 * 24
    assert charts.hardest_fortnight({**series, "unserved_mw": np.where(hours == 100 * 24, 5.0, 0.0)}) in range(
        86 * 24, 100 * 24 + 1
    )
    typical = charts.typical_fortnight(series)
    assert typical is not None and price[typical : typical + charts.FORTNIGHT].mean() == pytest.approx(
        price.mean(), rel=0.25
    )
    assert charts.typical_fortnight({}) is None
    assert charts.hardest_fortnight({"load_mw": np.ones(24)}) is None


def test_without_plotly_one_line_names_the_next_step(plans, monkeypatch):
    monkeypatch.setitem(sys.modules, "plotly.offline", None)
    with pytest.raises(ScenarioError, match=r'pip install "gigawatt\[report\]"') as error:
        html(plans["Iran"])
    assert len(str(error.value).splitlines()) == 1


def test_a_share_is_written_in_one_way():
    assert safe("97% of 3 %, 0.5%.") == "97\u00a0% of 3\u00a0%, 0.5\u00a0%."
    assert safe("https://example.org/a1%20b?c=2%2Fd") == "https://example.org/a1%20b?c=2%2Fd"
    text = re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", html(example("france")), flags=re.DOTALL)
    assert not re.search(r"\d%[ ,.;:)]", text)
