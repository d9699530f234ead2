"""Texts that stand for ids of the plan: gates, tasks, authorities, technologies, lines of the bill, units.

The keys are ids of ours, never sentences. ``N_`` marks a text for the catalogue; pages look it up with ``t``.
"""

from __future__ import annotations


def N_(text: str) -> str:
    """Marks a text for the catalogue that is looked up elsewhere."""
    return text


ANSWERS = {"yes": N_("Yes"), "yes_if": N_("Yes, if"), "no": N_("No")}
STATES = {"yes": N_("open"), "yes_if": N_("conditional"), "no": N_("closed")}
CLASSES = {
    "A": N_("A: measured"),
    "B": N_("B: stated"),
    "C": N_("C: analogy or assumption"),
}
GATES = {
    "chips": N_("Chip licence"),
    "power": N_("Power supply"),
    "payer": N_("Someone who pays"),
    "money": N_("Money"),
    "land": N_("Land"),
    "water": N_("Water"),
    "hazard": N_("Natural hazards"),
    "war": N_("War"),
    "moratorium": N_("Moratorium and rules"),
    "time": N_("Deadline"),
}
TASKS = {
    "site_control": N_("site control"),
    "permits": N_("permits"),
    "finance": N_("lenders' examination and documents"),
    "financing_close": N_("financing close"),
    "licence": N_("export licence for the accelerators"),
    "contract": N_("supply contract"),
    "grid_study": N_("grid study, queue and connection contract"),
    "transformer_first": N_("first transformers"),
    "transformer": N_("last transformers"),
    "switchgear": N_("switchgear"),
    "generators": N_("backup generators"),
    "substation_works": N_("substation, ground works"),
    "substation": N_("substation, erection and tests"),
    "substation_full": N_("last transformers, erection and tests"),
    "shell": N_("shell of the first hall"),
    "cooling": N_("cooling plant"),
    "fit_out": N_("fit-out of the first hall"),
    "racks": N_("delivery of the first racks"),
    "first_hall": N_("first hall ready"),
    "first_power": N_("commissioning of the first hall"),
    "halls": N_("further halls"),
    "full_power": N_("commissioning of the last hall"),
    "permanent_power": N_("permanent power whole"),
}
STAGES = {  # tasks that carry their size: the number follows
    "grid_0": N_("existing connection, {power}"),
    "grid": N_("grid connection, {power}"),
    "gas": N_("own gas engines, {power}"),
    "gas_full": N_("own gas engines, {power}"),
    "battery": N_("own battery, {power}"),
    "solar": N_("own solar, {power}"),
}
PLANTS = {  # tasks of a new plant: what comes before the ground is broken, and what then
    "nuclear_licence": N_("new reactor, siting and licence"),
    "nuclear_plant": N_("new reactor, construction"),
    "restart_licence": N_("closed reactor, inspection and licence"),
    "restart_plant": N_("closed reactor, repair and return to service"),
    "smr_licence": N_("small modular reactor, design and licence"),
    "smr_plant": N_("small modular reactor, construction"),
    "solar_licence": N_("solar plant, land, permits and connection"),
    "solar_plant": N_("solar plant, construction"),
    "wind_licence": N_("wind farm, measurement, permits and connection"),
    "wind_plant": N_("wind farm, construction"),
    "hydro_licence": N_("hydro plant, studies and licence"),
    "hydro_plant": N_("hydro plant, construction"),
    "geothermal_licence": N_("geothermal plant, exploration and test wells"),
    "geothermal_plant": N_("geothermal plant, wells and plant"),
}
TECHNOLOGIES = {
    "nuclear_ppa": N_("nuclear by contract"),
    "nuclear": N_("nuclear"),
    "restart": N_("a restarted reactor"),
    "smr": N_("small reactors"),
    "gas": N_("gas"),
    "solar": N_("solar"),
    "wind": N_("wind"),
    "hydro": N_("hydro"),
    "geothermal": N_("geothermal"),
    "battery": N_("battery"),
    "backup": N_("backup generators"),
    "grid": N_("grid"),
}
AUTHORITIES = {  # by the English name in the facts: only those that name an office, not a proper name
    "an anchor tenant": N_("an anchor tenant"),
    "lenders": N_("lenders"),
    "the builder": N_("the builder"),
    "the accelerator vendor": N_("the accelerator vendor"),
    "the gas network operator": N_("the gas network operator"),
    "the largest generator": N_("the largest generator"),
    "the transmission system operator": N_("the transmission system operator"),
    "the investment agency": N_("the investment agency"),
    "the energy regulator": N_("the energy regulator"),
    "the ministry of finance": N_("the ministry of finance"),
    "Ministry of Finance": N_("the ministry of finance"),
    "the water authority": N_("the water authority"),
    "the nuclear regulator and a reactor vendor": N_("the nuclear regulator and a reactor vendor"),
    "BIS (US Bureau of Industry and Security)": N_("BIS (US Bureau of Industry and Security)"),
    "MIGA, or a property insurer": N_("MIGA, or a property insurer"),
    "MIGA and DFC": N_("MIGA and DFC"),
    "MIGA and ATIDI": N_("MIGA and ATIDI"),
    "a property insurer": N_("a property insurer"),
    "the local utility": N_("the local utility"),
    "the prefect and the basin water agency": N_("the prefect and the basin water agency"),
    "State Agency of Water Resources": N_("the State Agency of Water Resources"),
    "Gas Transmission System Operator of Ukraine": N_("the Gas Transmission System Operator of Ukraine"),
    "Ukrenergo": N_("Ukrenergo"),
    "Energoatom": N_("Energoatom"),
    "UkraineInvest": N_("UkraineInvest"),
}
AREAS = {
    "continental-europe": N_("Continental Europe"),
    "nordic": N_("the Nordic area"),
    "great-britain": N_("Great Britain"),
    "baltic": N_("the Baltic states"),
    "ireland": N_("the island of Ireland"),
}
SIZED_BY = {
    "power": N_("the power"),
    "budget": N_("the money"),
    "accelerators": N_("the accelerators asked for"),
    "train": N_("the run to train"),
    "serve": N_("the users to serve"),
}
BILL = {
    "shell": N_("halls and electrical plant"),
    "grid": N_("grid connection"),
    "power_plant": N_("own power plant"),
    "accelerators": N_("accelerators"),
    "network_and_storage": N_("network and storage"),
    "land": N_("land"),
    "contingency_shell_power": N_("contingency, halls and power"),
    "contingency_it": N_("contingency, IT"),
    "contingency_all_in": N_("contingency, everything"),
    "owners_cost": N_("owner's cost"),
    "security": N_("security"),
    "duty": N_("import duty"),
    "sales_tax": N_("sales tax"),
    "interest_during_construction": N_("interest during construction"),
    "bridge": N_("bridging power"),
}
OPERATING_MODELS = {
    "anchor_lease": N_("a company of its own with an anchor tenant"),
    "hyperscaler": N_("a hyperscaler that uses it itself"),
    "colocation": N_("a cloud that sells at the market"),
    "ppp": N_("a public-private company"),
    "state": N_("the state"),
    "merchant": N_("a company without a tenant, on the open market"),
}
MOMENTS = {  # of a delay
    "ground": N_("before ground is broken"),
    "half": N_("half way through construction"),
    "chips": N_("halls and power ready, accelerators late"),
    "power": N_("halls ready, first racks delivered, power late"),
    "bought": N_("everything built and bought before power is there"),
}
COOLING = {
    "liquid_dry": N_("liquid cooling with dry coolers"),
    "liquid_tower": N_("liquid cooling with cooling towers"),
    "water_side": N_("air cooling with water-side economiser"),
    "air_side": N_("air cooling with outside air"),
    "air_chiller": N_("air cooling with chillers"),
}
ROOMS = {
    "compute": N_("Compute"),
    "facility": N_("Facility"),
    "finance": N_("Money and cost"),
    "power": N_("Energy"),
    "demand": N_("Users"),
    "emissions": N_("Emissions"),
    "gates": N_("The country"),
    "buildout": N_("Calendar"),
}
UNITS = {  # as figures.display_unit writes them
    "kW": N_("kW"),
    "MW": N_("MW"),
    "GW": N_("GW"),
    "TW": N_("TW"),
    "MWh": N_("MWh"),
    "GWh": N_("GWh"),
    "TWh": N_("TWh"),
    "m3": N_("m³"),
    "km2": N_("km²"),
    "kg": N_("kg"),
    "t": N_("tonnes"),
    "h": N_("h"),
    "day": N_("day"),
    "month": N_("month"),
    "months": N_("months"),
    "year": N_("year"),
    "years": N_("years"),
    "ms": N_("ms"),
    "s": N_("s"),
    "token": N_("tokens"),
    "FLOP": N_("FLOP"),
    "USD": N_("USD"),
}
SCALES = (N_("M"), N_("bn"), N_("tn"))
