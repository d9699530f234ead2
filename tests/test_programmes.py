"""The catalogue of programmes: every claim with basis, unit and source; claims that disagree side by side."""

import os
from pathlib import Path

import pytest

from gigawatt import places, units
from gigawatt.compare.announced import SCOPE_WORDS, in_usd, of_programme
from gigawatt.errors import ScenarioError
from gigawatt.facts import load_facts
from gigawatt.programmes import UNION, catalogue, programme

FACTS = load_facts()
MW = {"facility", "it", "grid", "unknown"}
NUMBERS = {"money": set(SCOPE_WORDS), "mw": MW, "accelerators": {"packages", "dies"}}


@pytest.mark.parametrize("p", catalogue(FACTS).values(), ids=lambda p: p.id)
def test_every_programme_can_be_read_and_placed(p):
    assert p.name and p.kind in ("programme", "campus")
    assert p.place == UNION or places.resolve(p.place).iso3
    for claim in p.claims:
        thing = claim.quantity.removeprefix("first_").removeprefix("later_").removeprefix("part_")
        assert claim.basis in NUMBERS.get(thing, {"", "it"}), f"{claim.fact.id}: {claim.basis}"
        assert claim.source and (thing != "money" or units.parse(claim.fact.unit).money)


def test_claims_that_disagree_stand_side_by_side_and_are_not_averaged():
    fluidstack = programme(FACTS, "fr-fluidstack-1gw")
    assert [c.value for c in fluidstack.all("accelerators")] == [120_000, 500_000]
    abilene = programme(FACTS, "openai-stargate-abilene")
    assert {(c.basis, c.value) for c in abilene.all("money")} == {
        ("all_in", 55e9),
        ("it", 40e9),
        ("shell_power", 15e9),
    }
    assert abilene.all("accelerators")[0].value == 400_000


def test_the_epochs_of_colossus_are_kept_apart():
    first, later = programme(FACTS, "xai-colossus-1"), programme(FACTS, "xai-colossus-1-230k")
    assert (first.number("mw"), first.number("accelerators")) == (150, 100_000)
    assert (later.number("mw"), later.number("accelerators")) == (442, 230_000)


def test_dies_are_put_on_packages_and_money_on_one_year():
    nvidia = of_programme(FACTS, programme(FACTS, "openai-nvidia-10gw"), 2025)
    assert nvidia.accelerators == pytest.approx(4.5e6 / 2)
    assert of_programme(FACTS, programme(FACTS, "fr-109bn"), 2025).usd == pytest.approx(109e9 * 1.13, rel=0.02)
    # a rupee amount of 2024: no deflator of the rupee, so exchanged first, then inflated in dollars
    rupees = in_usd(FACTS, 1e9, "INR", 2024, 2025)
    assert rupees == pytest.approx(1e9 * 0.01195 * 1.028, rel=0.01)


def test_an_unknown_programme_offers_the_nearest():
    with pytest.raises(ScenarioError, match="'stargate-eu': no programme of this name; nearest: stargate-"):
        programme(FACTS, "stargate-eu")


def test_the_shipped_tables_come_out_of_the_reference_again(tmp_path):
    folder = os.environ.get("GIGAWATT_REFERENCE")
    if not folder:
        pytest.skip("GIGAWATT_REFERENCE is not set: the reference folder is needed")
    from tools_import import load_tool

    tool = load_tool("derive_programmes")
    ref = tool.Reference(Path(folder))
    tool.write(tmp_path / "programmes.csv", tool.rows(ref))
    data = Path(__file__).resolve().parent.parent / "src" / "gigawatt" / "data"
    assert (tmp_path / "programmes.csv").read_text("utf-8") == (data / "programmes.csv").read_text("utf-8")
    assert tool.sources(ref) == (data / "sources" / "programmes.toml").read_text("utf-8")


def test_a_number_that_is_not_in_its_cell_is_refused():
    from tools_import import load_tool

    tool = load_tool("derive_programmes")
    given = tool.Given({"id": "x", "capital_amount": "109e9", "announced": "2025", "basis": "seen"})
    tool._check("x", tool.Said("money", "capital_amount", "109e9", "all_in"), given)
    for wrong in (
        tool.Said("money", "capital_amount", "190e9", "all_in"),
        tool.Said("money", "capital_amount", "109e9", "facility"),
    ):
        with pytest.raises(SystemExit):
            tool._check("x", wrong, given)
