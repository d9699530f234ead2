"""The words and figure names of the page: what codes are called, which figures a table shows."""

VERDICT = {"yes": "✓ YES", "yes_if": "◐ YES, IF", "no": "✕ NO"}
STATE = {"yes": "✓ open", "yes_if": "◐ if", "no": "✕ closed"}
RUNG = {"yes": "✓ yes", "yes_if": "◐ yes, if", "no": "✕ no"}
CLASSES = {"A": "measured", "B": "stated", "C": "analogy or assumption"}
GATES = {
    "chips": "Licence for the chips",
    "power": "Power",
    "payer": "Someone who pays",
    "money": "Money",
    "land": "Land",
    "water": "Water",
    "hazard": "Natural hazards",
    "war": "War",
    "moratorium": "Local rules",
    "time": "Date",
}
ITEMS = {
    "shell": "halls with electrical and cooling plant",
    "grid": "grid connection",
    "power_plant": "own power plants",
    "network_and_storage": "network and storage",
    "contingency_shell_power": "contingency on halls and power",
    "contingency_it": "contingency on accelerators",
    "contingency_all_in": "contingency on the rest",
    "owners_cost": "owner's cost",
    "duty": "import duty",
    "sales_tax": "sales tax not recovered",
    "interest_during_construction": "interest during construction",
}
SCOPES = {"shell_power": "shell and power", "it": "accelerators and network", "all_in": "on top"}
BLOCKS = {"hardware": "accelerators and network", "shell": "halls", "power": "power", "running": "other running cost"}
BASES = {
    "accelerators": "accelerators and network",
    "all_in": "everything, all-in",
    "it": "accelerators and network",
    "shell_power": "shell and power",
    "shell": "halls only",
}
FIXED = "not varied"
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
COOLING = {
    "liquid_dry": "liquid to the chip, dry coolers outside",
    "liquid_tower": "liquid to the chip, cooling towers outside",
    "air_cooled_chiller": "air-cooled chillers",
    "water_side": "water-side free cooling",
    "air_side": "outside air",
}
LAWS = {
    "eu-gpai": "EU, general-purpose AI models",
    "eu-systemic": "EU, models with systemic risk",
    "kr-framework": "South Korea, AI framework act",
    "us-ca-sb53": "California, SB 53",
    "us-ny-raise": "New York, RAISE act",
    "us-eo14110": "United States, Executive Order 14110",
}
TILES = (
    "facility_peak_mw",
    "accelerators",
    "capex_usd",
    "unspent_usd",
    "first_power_date",
    "full_power_date",
    "lcoc_at_utilisation_usd_per_accelerator_hour",
    "market_price_usd_per_accelerator_hour",
    "lcoe_usd_per_mwh",
    "share_of_peak_demand",
    "emissions_kg_per_mwh",
    "water_m3_per_year",
)
OWN_MONEY = ("capex_usd", "unspent_usd")
FOOTPRINT = (
    "emissions_t_per_year",
    "cfe_share",
    "water_m3_per_year",
    "wue_m3_per_mwh",
    "land_km2",
    "share_of_peak_demand",
    "share_of_national_generation",
    "largest_contingency_mw",
    "net_exports_twh",
)
COMPUTE = (
    "accelerators",
    "peak_flop_per_s",
    "mfu",
    "goodput",
    "training_flop_per_day",
    "largest_run_100_days_flop",
    "tokens_per_s",
    "users_served",
    "users_served_per_inhabitant",
    "usd_per_million_tokens",
)
ROOT_FIGURES = ("capex_usd", "lcoc_usd_per_accelerator_hour", "lcoe_usd_per_mwh")
