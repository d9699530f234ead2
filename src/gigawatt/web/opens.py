"""Numbers of the sections that open to what is behind them, and words for the page where the report names a command."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from markupsafe import Markup

from gigawatt.figures import FIGURES
from gigawatt.web.language import Language
from gigawatt.web.texts import N_

Link = Callable[[str, str], str]
# Sections whose numbers are no figures of the plan: the figures they are steps to, or rest on.
BEHIND = {
    "What binds": ("facility_peak_mw", "accelerators", "full_power_date"),
    "What it hangs on": ("capex_usd", "full_power_date", "lcoc_at_utilisation_usd_per_accelerator_hour"),
    "Other sizes": ("capex_usd", "share_of_peak_demand", "capex_share_of_gdp", "full_power_date"),
    "The bill": ("capex_usd", "capex_shell_power_usd", "capex_it_usd"),
    "Cost of an accelerator-hour": ("lcoc_usd_per_accelerator_hour", "lcoe_usd_per_mwh"),
    "Cash and returns": (
        "lcoc_at_utilisation_usd_per_accelerator_hour",
        "market_price_usd_per_accelerator_hour",
        "break_even_utilisation",
        "public_money_usd",
    ),
    "Beside published costs": ("capex_usd", "capex_shell_power_usd", "it_load_mw"),
    "Who pays": (
        "utilisation",
        "market_price_usd_per_accelerator_hour",
        "lcoc_at_utilisation_usd_per_accelerator_hour",
        "rent_abroad_usd_per_accelerator_hour",
    ),
    "Power": ("lcoe_usd_per_mwh", "facility_load_mw", "cfe_share"),
    "Build-out": ("first_power_date", "full_power_date"),
    "Bridging power": ("first_power_date", "full_power_date", "lcoe_usd_per_mwh"),
    "Orders and cash at risk": ("capex_usd", "full_power_date"),
    "Accelerators on line": ("accelerators", "capex_it_usd", "full_power_date"),
    "What waiting costs": ("cost_of_delay_usd_per_month",),
    "Compute": ("peak_flop_per_s", "mfu", "goodput"),
    "Network, storage, power swings, sites": ("accelerators", "mfu", "goodput", "tokens_per_s"),
    "Footprint": ("emissions_kg_per_mwh", "emissions_marginal_kg_per_mwh", "water_m3_per_year"),
    "Security and law": ("largest_run_100_days_flop", "capex_usd"),
    "How sure": ("capex_usd", "full_power_date"),
    "For the press": (
        "accelerators",
        "capex_usd",
        "public_money_usd",
        "first_power_date",
        "full_power_date",
        "share_of_peak_demand",
        "jobs_construction_peak",
        "jobs_permanent",
        "water_m3_per_year",
        "emissions_kg_per_mwh",
        "lcoc_at_utilisation_usd_per_accelerator_hour",
        "market_price_usd_per_accelerator_hour",
    ),
    "Next steps": ("facility_peak_mw", "accelerators", "full_power_date"),
}
SAID_HERE = {
    "; --draws 10000 makes whole plans.": "; the longer run above makes whole plans.",
    "The tables of all hours come with --hours.": "Any fortnight can be chosen below.",
    "The letter behind a task is its class of evidence.": (
        "The letter behind a task is its class of evidence. Each bar opens to the lead times behind it, and so does "
        "its name in the table."
    ),
    "Each figure opens into its equation, inputs and pages with: gigawatt explain PLAN.json ID": (
        "Each underlined figure opens to its equation, inputs and pages."
    ),
}
INTRODUCED = N_("Behind these numbers")
_NUMBER = re.compile(r'<data value="(figure|fact|source):([^"]+)">(.*?)</data>', re.DOTALL)


def here(body: str) -> str:
    """A section of the report in the words of a page, which has buttons where a terminal has options."""
    for written, said in SAID_HERE.items():
        body = body.replace(written, said)
    return body


def linked(body: str, link: Link) -> str:
    """A section whose figures, facts and sources open to what is behind."""
    return _NUMBER.sub(lambda found: str(link(f"{found[1]}:{found[2]}", Markup(found[3]))), body)


def behind(title: str, figures: Collection[str], lang: Language, link: Link) -> str:
    """The figures that the numbers of a section are steps to, as links; nothing where there is none."""
    names = [name for name in BEHIND.get(title, ()) if name in figures]
    if not names:
        return ""
    shown = Markup(", ").join(link(f"figure:{name}", lang.t(FIGURES[name].label)) for name in names)
    said = Markup('<p class="note no-print">{}{} {}</p>').format(lang.t(INTRODUCED), lang.colon, shown)
    return str(said)  # to be joined with what is HTML already
