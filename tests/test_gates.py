import csv
import doctest
import os
import re
import subprocess
import sys
from importlib import import_module, resources
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigawatt import gates, places
from gigawatt.gates import Gate, Letter
from gigawatt.gates.verdict import make_gate

DATA = resources.files("gigawatt") / "data"
LETTER = Letter("Elering", "a date", "power", "grid_study")


def facts() -> dict[str, dict[str, str]]:
    own = ("lead_times.csv", "gates.csv", "export_controls.csv", "countries.csv", "country_ground.csv")
    names = (*own, "assumptions/gates.csv", "assumptions/buildout.csv")
    rows = [r for n in names for r in csv.DictReader((DATA / n).read_text(encoding="utf-8").splitlines())]
    assert len({r["id"] for r in rows}) == len(rows), "an id appears twice"
    return {r["id"]: r for r in rows}


FACTS = facts()


def value(fact_id: str) -> float:
    return float(FACTS[fact_id]["value"])


def chips(licence_class: str | None, **changed: object) -> Gate:
    given: dict[str, object] = {
        "place": "Estonia",
        "licence_class": licence_class,
        "fact_class": "B",
        "source": "bis-742-6",
        "accelerators": 404_000.0,
        "accelerator": "GB300",
        "licence_months": (3.0, 6.0, 12.0),
        "authority": "BIS",
    }
    return gates.chip_gate(**{**given, **changed})  # type: ignore[arg-type]


def share(place: str, grid_mw: float, peak_mw: float | None, fact_class: str = "A") -> Gate:
    return gates.share_gate(
        place=place,
        grid_mw=grid_mw,
        national_peak_mw=peak_mw,
        share_if=value("gate.rule.peak_share_if"),
        share_no=value("gate.rule.peak_share_no"),
        fact_class=fact_class,
        source="operator",
        grid_operator="the operator",
    )


def supply(
    place: str, campus_twh: float, generation_twh: float | None, net_exports_twh: float | None, **changed: object
) -> Gate:
    given: dict[str, object] = {
        "own_twh": 0.0,
        "shortage_mw": 0.0,
        "share_no": value("gate.rule.generation_share_no"),
        "fact_class": "A",
        "source": "ember",
        "generator": "EDF",
    }
    return gates.supply_gate(
        place=place,
        campus_twh=campus_twh,
        generation_twh=generation_twh,
        net_exports_twh=net_exports_twh,
        **{**given, **changed},
    )  # type: ignore[arg-type]


def contingency(area: str, block_mw: float, limit_mw: float | None) -> Gate:
    return gates.contingency_gate(
        area=area,
        trip_block_mw=block_mw,
        contingency_mw=limit_mw,
        fact_class="B",
        source="regulation",
        grid_operator="the operator",
    )


def connection(in_hand: bool = False, **changed: object) -> Gate:
    given: dict[str, object] = {
        "grid_operator": "RTE",
        "regime": "RTE fast track",
        "connection_mw": 1000.0,
        "stage_mw": (240.0, 700.0),
        "stage_months": (23.0, 47.0),
        "fact_class": "B",
        "source": "rte-fast-track",
    }
    return gates.connection_gate(in_hand=in_hand, **{**given, **changed})  # type: ignore[arg-type]


def rule(effect: str, facility_mw: float, **changed: object) -> Gate:
    given: dict[str, object] = {
        "place": "Singapore",
        "rule": "capacity by call",
        "threshold_mw": None,
        "allocation_mw": None,
        "fact_class": "B",
        "source": "bt",
        "authority": "EDB and IMDA",
    }
    return gates.rule_gate(effect=effect, facility_mw=facility_mw, **{**given, **changed})  # type: ignore[arg-type]


def war(**changed: object) -> Gate:
    given: dict[str, object] = {
        "place": "Ukraine",
        "at_war": True,
        "occupied": False,
        "capacity_before_mw": value("gate.UKR.war.capacity_before"),
        "capacity_lost_mw": value("gate.UKR.war.capacity_lost"),
        "insured": False,
        "fact_class": "B",
        "source": "kyivpost",
        "insurer": "MIGA and DFC",
    }
    return gates.war_gate(**{**given, **changed})  # type: ignore[arg-type]


def payer(**changed: object) -> Gate:
    given: dict[str, object] = {
        "contract_in_hand": False,
        "accelerators": 300_000.0,
        "price_needed_usd_per_accelerator_hour": 2.9,
        "price_market_usd_per_accelerator_hour": 3.4,
        "basis": "of 2025 before profit tax",
        "tenor_years": 12.0,
        "take_or_pay_share": 0.6,
        "payments_usd_per_year": 7.6e9,
        "guarantee_usd_per_year": (1.0e9, 3.0e9),
        "gdp_usd": 107e9,
        "gdp_share_limit": value("gate.rule.payer_gdp_share"),
        "most_over_market": 2.0,
        "guarantee_refused": False,
        "fact_class": "B",
        "source": "offtake",
        "tenant": "an anchor tenant",
        "guarantor": "the National Treasury",
    }
    return gates.payer_gate(**{**given, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["chips", "country", "payer", "power", "verdict", "words"])
def test_doctests(name):
    result = doctest.testmod(import_module(f"gigawatt.gates.{name}"))
    assert not result.failed and (result.attempted or name not in ("chips", "words"))


# ------------------------------------------------------------------ named cases


def test_kenya_1_gw_is_no_and_100_mw_is_yes_if():
    big, small = share("Kenya", 1000.0, 2444.0), share("Kenya", 100.0, 2444.0)
    assert big.state == "no" and "41 % of the peak of Kenya, 2,444 MW" in big.words
    assert small.state == "yes_if" and small.letter is not None
    assert "split into at least 2" in contingency("Kenya", 500.0, value("grid.kenya.largest_contingency")).words
    assert supply("Kenya", 8.0, 14.04, -1.54).state == "no"


def test_a_campus_sized_by_its_budget_fits_it():
    given = {
        "needed_usd": (0.95e9, 0.99e9, 1.01e9),
        "budget_usd": 1e9,
        "fact_class": "B",
        "source": "our bill",
        "lender": "a bank",
    }
    assert gates.money_gate(**given).state == "yes_if"
    assert gates.money_gate(**given, sized_by_budget=True).state == "yes"
    dearer = given | {"needed_usd": (1.05e9, 1.1e9, 1.3e9)}  # its least size is beyond the budget
    assert gates.money_gate(**dearer, sized_by_budget=True).state == "no"
    enough = [gates.money_gate(**given | {"budget_usd": x}).state for x in (0.94e9, 0.95e9, 1.01e9)]
    assert enough == ["no", "yes_if", "yes"]  # P10 and P90 of what it needs


def test_nobody_signs_far_above_the_market():
    assert payer(price_needed_usd_per_accelerator_hour=3.4 * 2.9).state == "yes_if"
    far = payer(price_needed_usd_per_accelerator_hour=3.4 * 3.1)
    assert far.state == "no" and "210 % above the market nobody is expected to sign" in far.words
    assert payer(price_market_usd_per_accelerator_hour=float("nan")).words.count("(no market price is known)") == 1


def test_kenya_guarantee_missing_is_said():
    g = payer(guarantee_refused=FACTS["gate.KEN.guarantee"]["value"] == "refused")
    assert g.state == "yes_if" and "a state guarantee is missing" in g.words
    assert g.letter is not None and "the National Treasury" in g.letter.to


def test_singapore_1_gw_is_no_with_the_allocation_named():
    g = rule("limits", 1000.0, allocation_mw=value("gate.SGP.allocation.threshold"))
    assert g.state == "no" and "200 MW in the last one" in g.words
    assert rule("limits", 50.0, allocation_mw=200.0).state == "yes_if"


def test_estonia_1_gw_names_peak_and_contingency():
    verdict = gates.combine([share("Estonia", 1000.0, 1600.0, "B"), contingency("Continental Europe", 500.0, 3000.0)])
    words = " ".join(g.words for g in verdict.gates)
    assert (
        verdict.answer == "no" and "peak of Estonia" in words and "largest contingency of Continental Europe" in words
    )


def test_ukraine_names_war_destruction_and_insurance():
    g = war()
    assert g.state == "yes_if" and g.letter is not None and g.letter.to == "MIGA and DFC"
    assert all(w in g.words for w in ("war", "40 of 56 GW", "destroyed", "insurance"))
    assert war(occupied=True).state == "no"
    assert "short of 5,500 MW at peak" in supply("Ukraine", 8.0, 111.5, -0.1, shortage_mw=5500.0).words


def test_france_1_gw_is_yes_if_the_grid_letter_is_answered():
    verdict = gates.combine(
        [
            chips(FACTS["export.FRA.licence_class"]["value"]),
            share("France", 1000.0, 100_500.0),
            contingency("Continental Europe", 500.0, value("grid.continental-europe.largest_contingency")),
            supply("France", 8.0, 569.98, 93.32),
            connection(),
        ]
    )
    assert verdict.answer == "yes_if"
    assert [g.words for g in verdict.binding] == [
        "RTE fast track: 240 MW in 23 months, 700 MW in 47 months from a contract that is still to be signed"
    ]
    assert verdict.binding[0].letter is not None and verdict.binding[0].letter.to == "RTE"


def test_texas_1200_mw_passes_but_for_the_connection():
    assert share("Texas", 1200.0, 85_500.0).state == "yes"
    assert contingency("ERCOT", 600.0, value("grid.ercot.largest_contingency")).state == "yes"
    assert connection(in_hand=True).state == "yes"


# ------------------------------------------------------------------ chips


@pytest.mark.parametrize(
    ("licence_class", "state"),
    [
        ("none_needed", "yes"),
        ("licence_presumed_approval", "yes_if"),
        ("case_by_case", "yes_if"),
        ("presumption_of_denial", "no"),
        ("embargoed", "no"),
        (None, "yes_if"),
    ],
)
def test_licence_classes(licence_class, state):
    assert chips(licence_class).state == state


def test_licence_words_give_months():
    assert chips("case_by_case").words.endswith("decided case by case: about 6 months (3-12)")
    assert "months" not in chips("case_by_case", licence_months=None).words


def test_open_class_on_weak_evidence_is_no_plain_yes():
    assert chips("none_needed", fact_class="C").state == "yes_if"
    assert chips("none_needed", source="").state == "yes_if"


def test_smaller_chips_for_china_only_where_the_rule_says_so():
    limits = {
        "exception_tpp": value("export.CHN.exception_tpp"),
        "exception_bandwidth_gb_per_s": value("export.CHN.exception_bandwidth"),
    }
    h200 = {"tpp": 1979 * 8.0, "bandwidth_gb_per_s": 4800.0}
    assert chips("presumption_of_denial", **h200, **limits).state == "yes_if"
    assert chips("presumption_of_denial", **h200).state == "no"
    assert chips("presumption_of_denial", tpp=5000 * 8.0, bandwidth_gb_per_s=8000.0, **limits).state == "no"
    assert chips("embargoed", **h200, **limits).state == "no"


def test_owner_decides_too():
    def kind(**k: str) -> str:
        return gates.licence_class_for(class_if_d5_operator="presumption_of_denial", **k)  # type: ignore[arg-type]

    assert (
        kind(licence_class="none_needed", class_if_us_or_a5_operator="none_needed", operator="local") == "none_needed"
    )
    assert (
        kind(licence_class="embargoed", class_if_us_or_a5_operator="embargoed", operator="d5_or_macau") == "embargoed"
    )
    emirates = {"licence_class": "case_by_case", "class_if_us_or_a5_operator": "licence_presumed_approval"}
    assert kind(operator="us_or_a5", **emirates) == "licence_presumed_approval"
    with pytest.raises(ValueError, match="operator is 'martian'"):
        kind(operator="martian", **emirates)
    with pytest.raises(ValueError, match="licence class is 'maybe'"):
        chips("maybe")


# ------------------------------------------------------------------ other gates


@given(st.floats(1, 1e5), st.floats(1, 1e5))
def test_share_gate_never_gets_better_with_size(mw, more):
    states = [gates.STATES.index(share("x", x, 50_000.0).state) for x in (mw, mw + more)]
    assert states[0] <= states[1]


def test_largest_by_share_is_the_inverse():
    limit = gates.largest_by_share(national_peak_mw=2444.0, share=value("gate.rule.peak_share_no"))
    assert (
        share("Kenya", limit * 0.999, 2444.0).state == "yes_if" and share("Kenya", limit * 1.001, 2444.0).state == "no"
    )


@pytest.mark.parametrize("missing", [None, np.nan])
def test_missing_facts_give_yes_if_with_a_letter(missing):
    for g in (share("x", 1.0, missing), contingency("x", 1.0, missing), supply("x", 1.0, missing, None), chips(None)):
        assert g.state == "yes_if" and g.letter is not None and g.fact_class == "C" and g.source == "no sourced fact"


def test_weak_evidence_never_gives_a_plain_yes():
    assert share("x", 1.0, 1e6, "C").state == "yes_if"
    assert "must confirm" in share("x", 1.0, 1e6, "C").words


def test_what_only_lacks_a_source_is_told_after_what_must_be_agreed():
    asked = connection()
    letter = Letter(asked.letter.to, "the block", "the size", asked.letter.task)  # type: ignore[union-attr]
    analogy = make_gate("power", gates.YES, "C", "The block is small", "judgement", letter)
    assert (analogy.weak, asked.weak) == (True, False) and analogy.state == asked.state == gates.YES_IF
    verdict = gates.combine([analogy, asked])
    assert verdict.binding == (asked, analogy)
    assert gates.fold([analogy, asked])[0].words.startswith(asked.words)
    first, *_ = gates.next_steps([analogy, asked], as_of="2026-01-01", by={})
    assert first.ask == f"{asked.letter.ask}; the block"  # type: ignore[union-attr]


def test_supply():
    assert supply("France", 8.0, 569.98, 93.32).state == "yes"
    assert supply("Singapore", 8.0, 60.15, -0.29).state == "yes_if"
    assert supply("Estonia", 8.0, 6.2, -2.9).state == "no"
    of_others = supply("Luxembourg", 0.56, 1.5, -5.25)  # a third of its output, a twelfth of its use
    assert of_others.state == "yes_if" and "37 % of what Luxembourg generates" in of_others.words
    too_much = supply("Luxembourg", 2.7, 1.5, -5.25)
    assert too_much.state == "no" and "40 % of what Luxembourg generates and imports (6.8 TWh)" in too_much.words
    assert supply("Nowhere", 0.56, 1.5, None).state == "no", "imports that are not on record do not count"
    assert supply("Estonia", 8.0, 6.2, -2.9, own_twh=8.0).state == "yes"
    assert supply("Ukraine", 8.0, 111.5, -0.1, shortage_mw=5500.0).state == "yes_if"


def nuclear(**changed: object) -> Gate:
    given: dict[str, object] = {
        "technology": "nuclear",
        "wanted_mw": 1000.0,
        "fleet_mw": 61_000.0,
        "banned": False,
        "build_months": 168.0,
        "fact_class": "B",
        "source": "x",
        "owner": "EDF",
    }
    return gates.source_gate(**{**given, **changed})  # type: ignore[arg-type]


def test_named_source():
    assert "existing fleet of 61,000 MW if EDF allocates it" in nuclear().words
    just, short = nuclear(fleet_mw=1000.0, wanted_mw=1000.0), nuclear(fleet_mw=999.0, wanted_mw=1000.0)
    assert "existing fleet of 1,000 MW" in just.words and "only 999 MW exist" in short.words
    none = nuclear(fleet_mw=0.0)
    assert (
        none.state == "yes_if"
        and none.words == "Nuclear: no contract with an existing fleet is known; a new plant takes about 14 years"
    )
    assert nuclear(fleet_mw=0.0, banned=True).state == "no"
    assert nuclear(technology="gas", fleet_mw=None, build_months=None).fact_class == "C"


def test_payer():
    assert payer(contract_in_hand=True).state == "yes"
    said = payer().words
    assert "300,000 accelerators at 2.90 USD/h of 2025 before profit tax for 12 years, 60 % of their hours paid" in said
    assert (
        "or a public guarantee of 3.0 bn USD a year (P90; P50 1.0 bn USD), 2.8 % of GDP, too much for the state" in said
    )
    assert "too much" not in payer(gdp_usd=3e12).words
    assert "the open market pays enough" in payer(guarantee_usd_per_year=(0.0, 0.0)).words
    assert "guarantee" not in payer(guarantee_usd_per_year=None).words
    assert "else a public guarantee of 3.0 bn USD a year" in payer(gdp_usd=3e12).brief
    assert "guarantee" not in payer().brief and "2.90 USD/h of 2025 before profit tax for 12 years" in payer().brief
    own = payer(tenant="the National Treasury")
    assert "it would pay for 300,000 accelerators" in own.words and "7.1 % of GDP" in own.words
    assert "the payer accepts 47 % more" in payer(price_needed_usd_per_accelerator_hour=5.0, gdp_usd=None).words


@pytest.mark.parametrize(
    ("budget", "state", "words"),
    [
        (126e9, "yes", "80 bn USD stay unspent"),
        (45e9, "yes_if", "may not cover"),
        (10e9, "no", "falls short"),
        (None, "yes_if", "no budget was named"),
    ],
)
def test_money(budget, state, words):
    g = gates.money_gate(needed_usd=(38e9, 46e9, 57e9), budget_usd=budget, fact_class="B", source="x", lender="lenders")
    assert g.state == state and words in g.words


def test_land_water_hazard():
    def land(km2: float, area: float) -> str:
        return gates.land_gate(
            place="x",
            land_km2=km2,
            area_km2=area,
            share_if=0.001,
            share_no=0.01,
            fact_class="B",
            source="x",
            agency="x",
        ).state

    assert (land(4.0, 635_000.0), land(4.0, value("country.SGP.area")), land(4.0, 13.0)) == ("yes", "yes_if", "no")

    def water(m3: float, stress: float | None) -> str:
        return gates.water_gate(
            place="x",
            water_m3_per_year=m3,
            water_stress=stress,
            stress_if=0.25,
            dry_m3_per_year=1e5,
            fact_class="B",
            source="x",
            agency="x",
        ).state

    assert (water(4e4, None), water(5e6, 0.2), water(5e6, 0.3), water(5e6, None)) == ("yes", "yes", "yes_if", "yes_if")

    def hazard(index: float | None) -> str:
        return gates.hazard_gate(
            place="x", hazard_index=index, index_if=6.0, fact_class="B", source="x", insurer="x"
        ).state

    assert (hazard(value("country.FRA.hazard")), hazard(7.0), hazard(None)) == ("yes", "yes_if", "yes_if")


def test_rules():
    assert rule("blocks", 100.0).state == "no"
    assert rule("requires", 50.0, threshold_mw=75.0).state == "yes"
    assert rule("requires", 500.0, threshold_mw=75.0).state == "yes_if"
    assert rule("speeds", 500.0).state == "yes"
    offered = [rule("limits", mw, allocation_mw=300.0).state for mw in (200.0, 300.0, 301.0)]
    assert offered == ["yes_if", "yes_if", "no"]
    with pytest.raises(ValueError, match="effect is 'hopes'"):
        rule("hopes", 1.0)


def test_time():
    def state(p: float, fact_class: str = "B") -> str:
        return gates.time_gate(
            probability=p,
            words="w",
            probability_yes=0.8,
            probability_no=0.2,
            fact_class=fact_class,
            source="x",
            value_months=1.0,
            limit_months=2.0,
            holdup=LETTER,
        ).state

    assert [state(0.9), state(0.5), state(0.1), state(0.9, "C")] == ["yes", "yes_if", "no", "yes_if"]


# ------------------------------------------------------------------ together


@given(st.lists(st.sampled_from(gates.STATES), max_size=6))
def test_the_answer_is_the_worst_gate(states):
    given_gates = [Gate("power", s, "A", "w", "x") for s in states]
    verdict = gates.combine(given_gates)
    assert verdict.answer == (max(states, key=gates.STATES.index) if states else "yes_if")
    assert all(g.state == verdict.answer for g in verdict.binding)


def test_order_of_the_report():
    shuffled = [Gate(n, "yes", "A", "w", "x") for n in reversed(gates.ORDER)]
    assert tuple(g.gate for g in gates.in_order(shuffled)) == gates.ORDER
    with pytest.raises(ValueError, match="'luck'"):
        gates.combine([Gate("luck", "yes", "A", "w", "x")])


def test_fold_keeps_the_worst_of_each():
    parts = [share("France", 1000.0, 100_500.0), connection(), chips("none_needed")]
    chip, power = gates.fold(parts)
    assert (chip.gate, power.gate, power.state, power.fact_class) == ("chips", "power", "yes_if", "B")
    assert "100,500 MW" in power.words and power.source == "rte-fast-track; operator"


def test_letters_in_order_one_per_addressee():
    asked = [connection(), share("Kenya", 1000.0, 2444.0), war(), contingency("Kenya", 500.0, 310.0)]
    steps = gates.next_steps(asked, as_of="2026-11-23", by={"grid_study": "2027-02-01", "finance": "2026-01-01"})
    assert [(s.to, s.by) for s in steps] == [
        ("the operator", "2027-02-01"),
        ("MIGA and DFC", "2026-11-23"),
        ("RTE", "2027-02-01"),
    ]
    assert steps[0].ask.count(";") == 1
    assert gates.next_steps([Gate("power", "yes", "A", "w", "x")], as_of="2026-11-23", by={}) == ()


# ------------------------------------------------------------------ facts


def test_every_un_member_has_an_export_class():
    states = {i.split(".")[1] for i in FACTS if i.startswith("export.") and i.endswith(".licence_class")}
    assert {"ATA", "ESH", "PSE"} == {*places.countries()} - states  # nobody answers for these: the gate says so
    for s in states:
        assert FACTS[f"export.{s}.licence_class"]["value"] in gates.LICENCE_CLASSES


@pytest.mark.parametrize("iso3", ["FRA", "UKR", "KEN", "USA", "SGP", "EST"])
def test_the_six_have_what_the_gates_need(iso3):
    needed = ["water_stress", "area", "hazard", "region"]
    assert all(f"country.{iso3}.{n}" in FACTS for n in needed)
    assert f"grid.{FACTS[f'grid.{iso3}.area']['value']}.largest_contingency" in FACTS
    for n in ("grid", "regulator", "nuclear", "gas", "water", "investment", "insurance", "generator", "treasury"):
        assert f"authority.{iso3}.{n}" in FACTS or f"authority.{iso3}-TX.{n}" in FACTS
    for item in (
        "grid_connection",
        "gas_engines",
        "gas_ccgt",
        "permitting",
        "nuclear_new",
        "nuclear_smr",
        "financing",
        "export_licence",
    ):
        assert f"lead.{item}.{iso3}" in FACTS


def test_range_holds_and_regions_have_a_connection():
    for r in FACTS.values():
        if r["unit"] != "text" and r["low"]:
            assert float(r["low"]) <= float(r["value"]) <= float(r["high"]), r["id"]
    regions = {r["value"].split(";")[-1] for i, r in FACTS.items() if re.fullmatch(r"country\.\w+\.region", i)}
    assert len(regions - {"world"}) == 10
    assert all(f"lead.grid_connection.{g}" in FACTS and f"lead.permitting.{g}" in FACTS for g in regions - {"world"})


def test_derived_facts_are_what_the_tool_writes(tmp_path):
    reference = os.environ.get("GIGAWATT_REFERENCE")
    if not reference:
        pytest.skip("GIGAWATT_REFERENCE is not set: the reference tables are elsewhere")
    tool = Path(__file__).resolve().parents[1] / "tools" / "derive_gates.py"
    subprocess.run([sys.executable, str(tool), reference, "--out", str(tmp_path)], check=True)
    for name in ("lead_times.csv", "gates.csv", "export_controls.csv"):
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes(), f"{name}: run tools/derive_gates.py"


def test_figures_carry_the_digits_they_support():
    assert "1,000 MW is 1.0 % of the peak" in share("France", 1000.0, 100_500.0).words
    assert "41 %" in share("Kenya", 1000.0, 2444.0).words


def test_without_a_tenant_lenders_bear_price_and_unsold_hours():
    given = {
        "accelerators": 36000.0,
        "price_needed_usd_per_accelerator_hour": 4.4,
        "price_market_usd_per_accelerator_hour": 3.1,
        "basis": "of 2025 before profit tax",
        "sold_share": 0.75,
        "guarantee_usd_per_year": (0.6e9, 1.2e9),
        "gdp_usd": 3e12,
        "gdp_share_limit": 0.01,
        "most_over_market": 2.0,
        "guarantee_refused": False,
        "fact_class": "B",
        "source": "market price",
        "lender": "lenders",
    }
    g = gates.open_market_gate(**given)
    assert g.state == "yes_if" and g.letter.to == "lenders" and "tenant for" not in g.words
    assert "at 4.40 USD/h of 2025" in g.words and "3.10 today; needed is 42 % more" in g.words
    assert "else a public guarantee of 1.2 bn USD a year" in g.brief
    assert gates.open_market_gate(**{**given, "price_needed_usd_per_accelerator_hour": 12.5}).state == "no"
    assert "declined" in gates.open_market_gate(**{**given, "guarantee_refused": True}).words
