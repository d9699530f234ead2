"""The facts of every country: nothing missing that a plan reads, fallbacks stated as such, key figures sourced."""

import csv
import importlib
import os
from pathlib import Path

import pytest

from asked import asked, gate_state, value
from gigawatt import gates, places
from gigawatt.chapters import verdict
from gigawatt.chapters.place import keys, lacks
from gigawatt.facts import ASSUMPTION, load_facts
from gigawatt.places import Place
from gigawatt.record import Steps
from tools_import import load_tool

FACTS = load_facts()
COUNTRIES = places.countries()
MEMBERS = [c for c in COUNTRIES.values() if c.un_member]
READ = (  # by key of the place, as the chapters look them up; what has a default of its own is left out
    "country.{}.gdp",
    "country.{}.population",
    "country.{}.generation",
    "country.{}.peak_load",
    "country.{}.area",
    "country.{}.default_spread",
    "country.{}.country_risk_premium",
    "country.{}.corporate_tax",
    "country.{}.compute_jurisdictions",
    "country.{}.carbon_price",
    "country.{}.tech_region",
    "country.{}.share.fossil",
    "country.{}.carbon.average",
    "country.{}.carbon.marginal",
    "country.{}.water_stress",
    "country.{}.hazard",
    "country.{}.conflict",
    "country.{}.price.wholesale",
    "country.{}.price.network",
    "country.{}.price.levies",
    "country.{}.price.zone",
    "country.{}.price.new_plant",
    "country.{}.gas.hub",
    "shell.usd_per_w.{}",
    "opex.staff_cost.{}",
    "grid.{}.area",
    *(
        f"lead.{item}.{{}}"
        for item in (
            "site_control",
            "permitting",
            "financing",
            "export_licence",
            "grid_study",
            "grid_connection",
            "grid_stage_1_mw",
            "transmission_line",
            "lpt",
            "lpt_reserved",
            "ppa",
            "cooling",
            "racks",
            "commissioning",
            "roof_to_operation",
            "nuclear_new",
            "nuclear_smr",
            "gas_engines",
            "solar",
            "wind",
            "battery",
            "hydro_large",
            "geothermal",
        )
    ),
)
# of the 60 largest power systems, how many have a source of their own; never fewer than this
LEAST_SOURCED = {
    "risk": 60,
    "generation": 60,
    "mix": 60,
    "peak": 60,
    "price": 60,
    "gas": 60,
    "grid": 60,
    "sun": 60,
    "wind": 60,
    "chips": 60,
}
SIZES = ("gdp", "population", "generation", "demand", "net_imports", "peak_load", "area")


def by_hand(name):
    """A module of the tables that were looked up by hand."""
    load_tool("fact_rows")  # puts the folder of the scripts on the path
    return importlib.import_module(f"countries.{name}")


def place(iso3, region=""):
    return Place(iso3, region, COUNTRIES[iso3].name, "", "", 0.0, 0.0, "")


def found(pattern, where):
    return next((FACTS[i] for i in (pattern.format(k) for k in keys(FACTS, where)) if i in FACTS), None)


@pytest.mark.parametrize("pattern", READ)
def test_every_member_resolves_what_the_plan_reads(pattern):
    assert [c.iso3 for c in MEMBERS if found(pattern, place(c.iso3)) is None] == []


def test_what_is_named_by_another_fact_exists():
    """Gas hubs, price zones, carbon markets and plant catalogues lead on to facts of their own."""
    for c in MEMBERS:
        hub, zone = found("country.{}.gas.hub", place(c.iso3)), found("country.{}.price.zone", place(c.iso3))
        assert f"fuel.gas.price.{hub.value}" in FACTS, c.iso3
        assert f"price.shape.{zone.value}.hour.23" in FACTS, c.iso3
        market = found("country.{}.carbon_price", place(c.iso3)).value
        assert market == "none" or f"carbon.price.{market}" in FACTS, c.iso3
        assert found("country.{}.tech_region", place(c.iso3)).value in ("eu", "us", "dev"), c.iso3


def test_sizes_are_never_taken_from_a_region():
    regions = {k for c in COUNTRIES for k in keys(FACTS, place(c))[1:]}
    assert [i for i in FACTS for r in regions for s in SIZES if i == f"country.{r}.{s}"] == []


def test_islands_look_in_their_own_region_first():
    assert keys(FACTS, place("TUV")) == ("TUV", "pacific-islands", "oceania", "world")
    assert keys(FACTS, place("JAM")) == ("JAM", "caribbean", "latin-america", "world")
    assert keys(FACTS, place("USA", "USA-OH")) == ("USA-OH", "USA", "north-america", "world")


def test_fallbacks_are_our_assumptions_and_no_narrower_than_what_they_stand_for():
    path = Path(places.__file__).parent / "data" / "assumptions" / "regions.csv"
    rows = [FACTS[r["id"]] for r in csv.DictReader(path.read_text(encoding="utf-8").splitlines())]
    assert all(f.fact_class == "C" and f.source == ASSUMPTION for f in rows)
    checked = 0
    for f in rows:
        if f.is_text or not f.value or not f.where.startswith("fallback: ") or f.id.startswith("lead."):
            continue
        region = f.where.removeprefix("fallback: ")
        assert region in f.id.split(".") and f.low < f.high
        for c in COUNTRIES:
            own = (
                FACTS.get(f.id.replace(f".{region}", f".{c}")) if f.id.replace(f".{region}", f".{c}") in FACTS else None
            )
            if own is None or region not in keys(FACTS, place(c)) or own.fact_class == "C" or not own.value:
                continue
            checked += 1
            assert f.low / f.value <= own.low / own.value + 1e-6, (f.id, c)
            assert f.high / f.value >= min(own.high / own.value, 3.0) - 1e-6 or f.high == 1.0, (f.id, c)
    assert checked > 500


def test_key_figures_of_the_largest_systems_are_sourced():
    """How many of the 60 are sourced, at least; what remains is named with its reason in docs/coverage.md."""
    tool = load_tool("make_coverage")
    open_cells = {c.name: set() for c in tool.COLUMNS if c.key}
    for c, column, _ in tool.missing(FACTS):
        open_cells[column].add(c.iso3)
    sourced = {column: tool.LARGEST - len(open_) for column, open_ in open_cells.items()}
    assert all(sourced[column] >= least for column, least in LEAST_SOURCED.items()), sourced
    assert set(sourced) == set(LEAST_SOURCED)
    from_memory = tool.named(FACTS, tool.recalled)
    assert not any(from_memory.values())


def test_a_wait_for_the_grid_that_was_looked_up_is_wider_than_what_was_read():
    """A source tells of one operator, campus or kind of works: the range has to reach over other sites."""
    waits = by_hand("looked_up").GRID_WAIT
    for iso3, (months, low, high, *_, where, note) in waits.items():
        assert low <= months <= high and high >= 1.5 * low, iso3
        assert where and note, iso3
        assert FACTS[f"lead.grid_connection.{iso3}"].value == months


def test_later_figures_of_a_balance_add_up():
    for iso3, newer in by_hand("newer").NEWER.items():
        shares = {k: v[0] for k, v in newer.figures.items() if k.startswith("share.")}
        parts = ("fossil", "nuclear", "hydro", "wind", "solar", "bio_and_other")
        assert sum(shares.get(f"share.{k}", 0.0) for k in parts) == pytest.approx(1.0, abs=0.012), iso3
        assert all(low <= value <= high for value, low, high, *_ in newer.figures.values()), iso3
        fact = FACTS[f"country.{iso3}.generation"]
        assert fact.year == str(newer.year), iso3
        if "demand" in newer.figures:
            trade = newer.figures["demand"][0] - newer.figures["generation"][0]
            assert trade == pytest.approx(FACTS[f"country.{iso3}.net_imports"].value, abs=0.05), iso3


def test_use_of_traders_adds_up():
    """What a place uses is what it makes and what comes from abroad; who has no line abroad trades nothing."""
    trade, checked = by_hand("trade"), 0
    for iso3 in {*trade.OWN_USE, *trade.IMPORTS}:
        made, used, bought = (FACTS[f"country.{iso3}.{k}"] for k in ("generation", "demand", "net_imports"))
        assert used.low <= used.value <= used.high and bought.low <= bought.value <= bought.high, iso3
        if iso3 not in by_hand("newer").NEWER:
            assert made.value + bought.value == pytest.approx(used.value, abs=1e-4), iso3
            checked += 1
    assert checked > 15
    assert all(float(FACTS[f"country.{k}.net_imports"].value) == 0.0 for k in ("CYP", "LKA", "PHL", "NZL"))
    assert not trade.ALONE & {*trade.OWN_USE, *trade.IMPORTS}


def test_the_wait_of_a_region_is_that_of_its_countries():
    read = [x.value for k, x in by_hand("looked_up").GRID_WAIT.items() if "europe" in keys(FACTS, place(k))]
    fact = FACTS["lead.grid_connection.europe"]
    assert min(read) < fact.value < max(read) and fact.low < fact.value < fact.high
    assert fact.low <= min(read), "a region is no narrower than a country of it that was read"
    assert FACTS["lead.grid_connection.oceania"].note.startswith("analogy"), "two countries are no sample"


def test_embargoed_and_denied_places_fail_at_the_chips():
    step = Steps(FACTS, 2025)
    for iso3 in COUNTRIES:
        gate = verdict.chips(step, place(iso3), 1000.0, "GB300", 1e5, 8000.0)
        if iso3 in ("PRK", "IRN", "CUB", "SYR", "RUS", "BLR", "CHN", "MAC", "AFG", "SDN", "VEN"):
            assert gate.state == gates.NO, iso3
        if iso3 in ("DEU", "JPN", "TWN", "GRL", "GUM", "REU", "VAT"):
            assert gate.state != gates.NO and "No licence needed" in gate.words, iso3
        if iso3 in ("PSE", "ESH"):
            assert gate.state == gates.YES_IF and "No export class" in gate.words, iso3


def test_every_us_state_has_its_price_and_its_system():
    states = {i.split(".")[1] for i in FACTS if i.startswith("grid.USA-") and i.endswith(".system")}
    assert len(states) == 51
    for key in states - {"USA-TX"}:
        assert FACTS[f"country.{key}.price.industrial"].fact_class == "B"
        delivered = sum(float(FACTS[f"country.{key}.price.{part}"].value) for part in ("wholesale", "network"))
        assert 0.55 * FACTS[f"country.{key}.price.industrial"].value <= delivered
        assert delivered <= FACTS[f"country.{key}.price.industrial"].value * 1.001
        assert f"country.{key}.peak_load" in FACTS and f"country.{key}.demand" in FACTS
    assert lacks(FACTS, place("USA")) and not lacks(FACTS, place("USA", "USA-OH"))


def test_shares_and_prices_are_of_this_world():
    for c in MEMBERS:
        assert 0 <= found("country.{}.share.fossil", place(c.iso3)).value <= 1
        parts = [found(f"country.{{}}.price.{part}", place(c.iso3)) for part in ("wholesale", "network")]
        price = sum(float(f.value) * FACTS.factor(f.unit, "USD_2025/MWh") for f in parts)
        assert 4 < price < 650, c.iso3  # islands on diesel at the top
        load = FACTS[f"country.{c.iso3}.peak_load"].value * 8.76e-3
        assert 0.1 < FACTS[f"country.{c.iso3}.generation"].value / load < 3.5 or c.iso3 in ("MCO", "SMR"), c.iso3


@pytest.mark.parametrize(
    ("name", "power", "answer"),
    [
        ("Tuvalu", "20 MW", "no"),
        ("Germany", "300 MW", "yes_if"),
        ("Iceland", "100 MW", "yes_if"),
        ("Luxembourg", "100 MW", "yes_if"),  # lives on its neighbours' plants
        ("Puerto Rico", "100 MW", "yes_if"),  # the sun of a territory without a capital on record
    ],
)
def test_a_country_that_nobody_looked_at_by_hand_gets_a_plan(name, power, answer):
    plan = asked(place=name, power=power, draws=50)
    assert plan.verdict["answer"] == answer and plan.ladder
    assert 1.5 < value(plan, "lcoc_usd_per_accelerator_hour") < 8
    assert gate_state(plan, "power") is not None
    assert any(f["source"] == "our assumption" or f["class"] == "C" for f in plan.assumptions)


def test_a_place_without_people_power_or_output_says_what_is_missing():
    plan = asked(place="Vatican City", power="20 MW", draws=50)
    assert plan.ladder == () and "economic output of Vatican City" in plan.verdict["headline"]


@pytest.mark.skipif("GIGAWATT_REFERENCE" not in os.environ, reason="GIGAWATT_REFERENCE is not set")
def test_tables_are_what_the_script_makes_of_the_reference():
    tool, rows = load_tool("derive_countries"), load_tool("fact_rows")
    data = Path(places.__file__).parent / "data"
    for name, table in tool.tables(rows.Reference(Path(os.environ["GIGAWATT_REFERENCE"]))).items():
        with (data / name).open(encoding="utf-8", newline="") as file:
            written = [tuple(r) for r in csv.reader(file)][1:]
        assert written == table, f"{name}: run tools/derive_countries.py"


def test_the_coverage_page_is_up_to_date():
    tool = load_tool("make_coverage")
    assert tool.PAGE.read_text(encoding="utf-8") == tool.page(FACTS), "run: python3 tools/make_coverage.py"


def test_a_ban_of_one_city_binds_there_and_is_a_condition_elsewhere():
    taipei = asked(place="Taipei", power="100 MW", draws=50)
    assert gate_state(taipei, "moratorium") == "no"
    assert gate_state(asked(place="Taiwan", power="100 MW", draws=50), "moratorium") == "yes_if"


def test_price_of_the_hour_is_in_the_clock_of_the_weather():
    """Texas pays most in its own early evening, which is 18 to 20 h by the sun, not past midnight."""
    hour = (
        asked(place="Abilene, Texas", power="100 MW", draws=50)
        .series["price_usd_per_mwh"]
        .reshape(365, 24)
        .mean(axis=0)
    )
    assert hour.argmax() in (17, 18, 19, 20)
