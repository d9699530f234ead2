"""Headline figures of whole plans a second time: a page of plain arithmetic on what the plan prints, without the rooms.

Each line is what an analyst would type into a spreadsheet: facts by their printed ids, the size, the order book.
"""

from datetime import date

import pytest

from asked import asked, example, value
from gigawatt import load_facts

FACTS = load_facts()
HOURS = 8760.0
MW_OF = {"it": "it_load_mw", "facility": "facility_peak_mw"}
PLANS = {
    "france": lambda: example("france"),
    "texas_abilene": lambda: example("texas_abilene"),
    "kenya_100mw": lambda: example("kenya_100mw"),
    "japan": lambda: asked(place="Japan", power="50 MW grid", accelerator="H200"),
}
PAID_FOR = {  # lines of the order book, the rate that they bear
    "shell": ("building", "transformers", "transformers_last", "switchgear", "cooling", "generators", "land"),
    "it": ("racks",),
    "power": ("grid", "plant", "gas"),
}


@pytest.fixture(params=PLANS, scope="module")
def found(request):
    return PLANS[request.param]()


def key(found, start, end=""):
    """The fact of these letters that the plan read first."""
    return next(i for i in found.trace["facts"] if i.startswith(start) and i.endswith(end))


def read(found, start, unit, end=""):
    fact = FACTS[key(found, start, end)]
    return float(fact.value) * FACTS.factor(fact.unit, unit)


def bill(found):
    return {b["item"]: b["usd"] for b in found.bill}


def rate(found, block):
    """Nominal cost of capital: that of a strong country, and the country's premium on what cannot be moved."""
    lent = read(found, f"finance.debt_share.{block}", "1")
    spread = read(found, "country.", "1/year", ".default_spread")
    premium = read(found, "country.", "1/year", ".country_risk_premium")
    exposed = read(found, f"finance.exposed.{block}", "1")
    return read(found, f"wacc.{block}.", "1/year") + exposed * (lent * spread + (1 - lent) * premium)


def yearly(found, block, life, usd):
    """Equal payments at the end of each year of a life that are worth an investment, in money of one year."""
    real = (1 + rate(found, block)) / (1 + read(found, "finance.inflation.USD", "1/year")) - 1
    years = read(found, f"life.{life}", "year")
    return usd / sum((1 + real) ** -k for k in range(1, round(years) + 1))


def in_years(a, b):
    return (date.fromisoformat(b) - date.fromisoformat(a)).days / 365.25


def interest(found, kind):
    """Interest until what is bought comes on line: deposit, then even payments to half-way and to delivery."""
    total, r = 0.0, rate(found, kind)
    started = read(found, "lead.commissioning.", "month") / 12
    middle = in_years(value(found, "first_power_date"), value(found, "full_power_date")) / 2
    for line in found.tables["order_book"]:
        if line["item"] in PAID_FOR[kind]:
            lead = line["lead_months"] / 12
            stands = middle + in_years(line["needed_by"], value(found, "first_power_date"))
            waits = stands if line["item"] == "land" else started
            half = line["owed_half_way_usd"] - line["deposit_usd"]
            rest = line["usd"] - line["owed_half_way_usd"]
            for usd, ahead in ((line["deposit_usd"], 1.0), (half, 0.75), (rest, 0.25)):
                total += usd * ((1 + r) ** (lead * ahead + waits) - 1)
    return total


def test_the_bill_is_unit_prices_times_the_size(found):
    it_mw, peak, n = (value(found, k) for k in ("it_load_mw", "facility_peak_mw", "accelerators"))
    assert it_mw * value(found, "pue_design_peak") == pytest.approx(peak, rel=2e-3)  # whole racks
    items = bill(found)
    dense, dear = read(found, "shell.ai_premium", "1"), read(found, "shell.site_premium.", "1")
    shell = read(found, "shell.usd_per_w.", "USD_2025/W") * 1e6 * (1 + dense) * (1 + dear) * it_mw
    chips = read(found, "accelerator.", "USD_2025", ".price") * n
    land = read(found, "land.campus", "ha/MW") * 1e4 * peak * read(found, "land.price", "USD_2025/m2")
    assert (items["shell"], items["accelerators"]) == pytest.approx((shell, chips), rel=2e-3)
    assert items["land"] == pytest.approx(land, rel=2e-3)


def test_what_is_added_to_the_bill(found):
    items = bill(found)
    blocks = {"shell": "shell", "grid": "grid", "power": "power_plant", "it": "accelerators"}
    blocks["network"] = "network_and_storage"
    duty = {k: 0.0 for k in blocks} | dict.fromkeys(("it", "network"), read(found, "duty.it.", "1"))
    direct = {k: items[item] * (1 + read(found, f"contingency.{k}.", "1")) for k, item in blocks.items()}
    assert value(found, "capex_shell_power_usd") == pytest.approx(sum(direct[k] for k in ("shell", "grid", "power")))
    assert value(found, "capex_it_usd") == pytest.approx(direct["it"] + direct["network"])
    assert items["owners_cost"] == pytest.approx(
        sum(x * read(found, f"owners_cost.{k}", "1") for k, x in direct.items())
    )
    assert items["security"] == pytest.approx(direct["shell"] * read(found, "security.sl", "1", ".capex_fraction"))
    assert items["duty"] == pytest.approx(sum(x * duty[k] for k, x in direct.items()))
    landed = sum(x * (1 + duty[k]) for k, x in direct.items())
    assert items["sales_tax"] == pytest.approx(landed * read(found, "sales_tax.", "1"))
    borrowed = sum(interest(found, k) for k in PAID_FOR)
    assert items["interest_during_construction"] == pytest.approx(borrowed, rel=0.15)  # halls come by the quarter
    bare = sum(items.values()) - items["interest_during_construction"]
    assert value(found, "capex_usd") == pytest.approx(bare + borrowed, rel=0.01)


def test_an_hour_costs_its_capital_energy_and_upkeep(found):
    items, hours = bill(found), value(found, "accelerators") * HOURS
    chips = {k: items[k] * (1 + read(found, f"contingency.{v}.", "1")) * (1 + read(found, f"owners_cost.{v}", "1")
             + read(found, "duty.it.", "1") + read(found, "sales_tax.", "1") * (1 + read(found, "duty.it.", "1")))
             for k, v in (("accelerators", "it"), ("network_and_storage", "network"))}  # fmt: skip
    hardware = yearly(found, "it", "it", sum(chips.values()) + interest(found, "it")) / hours
    staff = value(found, "facility_peak_mw") * read(found, "jobs.permanent", "job/MW")
    upkeep = staff * read(found, "opex.staff_cost.", "USD_2025/job/year")
    upkeep += value(found, "capex_shell_power_usd") * read(found, "opex.maintenance", "1/year")
    upkeep += value(found, "capex_it_usd") * read(found, "opex.it_support", "1/year")
    upkeep += value(found, "capex_usd") * read(found, "opex.insurance", "1/year")
    mwh = value(found, "facility_load_mw") * HOURS
    power = value(found, "lcoe_usd_per_mwh") * mwh / hours
    added = sum(read(found, x, "1") for x in ("owners_cost.shell", "security.sl", "sales_tax.") if x != "security.sl")
    shell = items["shell"] * (1 + read(found, "contingency.shell.", "1"))
    shell *= 1 + added + read(found, "security.sl", "1", ".capex_fraction")
    hall = yearly(found, "shell", "shell", shell + items["land"] + interest(found, "shell")) / hours
    whole = hardware + hall + power + upkeep / hours
    assert value(found, "lcoc_usd_per_accelerator_hour") == pytest.approx(whole, rel=0.01)
    assert value(found, "energy_share_of_cost") == pytest.approx(power / whole, rel=0.01)
    sold, idle = value(found, "utilisation"), read(found, "opex.idle_energy", "1")
    bought = sum(x["usd_per_year"] for x in found.power["portfolio"]) / hours
    saved = bought * (1 - sold) * (1 - idle)
    at_sold = value(found, "lcoc_at_utilisation_usd_per_accelerator_hour")
    assert at_sold == pytest.approx((whole - saved) / sold, rel=0.01)
    tokens = found.tables["serving"]["tokens_per_s_per_accelerator"] * read(found, "serving.fleet_factor", "1")
    assert value(found, "usd_per_million_tokens") == pytest.approx(at_sold * 1e6 / (tokens * 3600), rel=1e-3)


def test_power_is_what_is_bought_and_the_connection():
    found = example("france")
    items, mwh = bill(found), value(found, "facility_load_mw") * HOURS
    bought = {x["technology"]: x for x in found.power["portfolio"]}
    assert sum(x["mwh_per_year"] for x in bought.values()) == pytest.approx(mwh, rel=1e-3)
    wires = sum(read(found, f"country.FRA.price.{x}", "USD_2025/MWh") for x in ("network", "levies"))
    atoms = read(found, "ppa.nuclear.FRA.price", "USD_2025/MWh") + wires
    nuclear = bought["nuclear_ppa"]
    paid_for = nuclear["mw"] * HOURS * read(found, "nuclear.fleet.FRA.availability", "1")  # taken or not
    assert nuclear["usd_per_year"] == pytest.approx(atoms * paid_for, rel=2e-3)
    connection = (
        items["grid"] * (1 + read(found, "contingency.grid.", "1")) * (1 + read(found, "owners_cost.grid", "1"))
    )
    whole = sum(x["usd_per_year"] for x in bought.values())
    whole += yearly(found, "power", "grid", connection + interest(found, "power"))
    assert value(found, "lcoe_usd_per_mwh") == pytest.approx(whole / mwh, rel=0.01)


def test_contracts_are_set_beside_ours_per_mw_of_their_own_basis():
    found = example("france")
    rows = found.tables["customers"]["announced"]
    assert {r["basis"] for r in rows} == {"it", "facility"}
    yearly_payments = {r["ours_usd_per_mw_year"] * value(found, MW_OF[r["basis"]]) for r in rows}
    assert max(yearly_payments) == pytest.approx(min(yearly_payments), rel=1e-9)  # one contract, whatever it is over


def test_emissions_are_the_mix_and_the_diesel():
    found = example("france")
    bought = {x["technology"]: x["mwh_per_year"] for x in found.power["portfolio"]}
    diesel = read(found, "fuel.diesel.carbon", "kg/MWh") / read(found, "tech.diesel.efficiency.", "1")
    mix = read(found, "country.FRA.carbon.average", "kg/MWh")
    mwh = value(found, "facility_load_mw") * HOURS
    kg = mix * (bought["nuclear_ppa"] + bought["grid"]) + diesel * bought["backup"]
    assert value(found, "emissions_kg_per_mwh") == pytest.approx(kg / mwh, rel=1e-3)
    assert value(found, "emissions_t_per_year") == pytest.approx(kg / 1000, rel=1e-3)


def test_water_of_dry_halls_is_what_the_coils_dry_out():
    found = example("france")
    cooling = {k: read(found, f"cooling.{k}", "1") for k in ("liquid_share", "sensible_heat_ratio", "ups_efficiency")}
    lost = 1 / cooling["ups_efficiency"] - 1  # the UPS at part load and the wires add a tenth of a hundredth
    latent = (1 - cooling["liquid_share"] + lost) * (1 / cooling["sensible_heat_ratio"] - 1)
    assert value(found, "wue_m3_per_mwh") == pytest.approx(latent * 3600 / 2430, rel=0.12)
    it_mwh = value(found, "facility_load_mw") / value(found, "pue") * HOURS
    assert value(found, "water_m3_per_year") == pytest.approx(value(found, "wue_m3_per_mwh") * it_mwh, rel=1e-9)


def test_dates_are_sums_of_the_lead_times_on_the_longest_path():
    found = example("france")
    wait = [read(found, f"lead.{k}.", "month") for k in ("site_control", "grid_study", "commissioning")]
    for figure, stage in (("first_power_date", 1), ("full_power_date", 3)):
        months = round(sum(wait) + read(found, f"lead.grid_stage_{stage}.FRA", "month"))
        start = date.fromisoformat(found.question["as_of"])
        year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
        assert value(found, figure) == date(year, month + 1, start.day).isoformat()
