"""What an audit says, shared by terminal, Markdown and page. Computes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gigawatt.report.compare_words import VERDICTS

if TYPE_CHECKING:
    from gigawatt.compare.audit import Audit, Check

STATES = {"fits": "fits", "short": "does not fit", "spare": "more than enough"}
SCOPES = {
    "all_in": "as the whole cost",
    "shell_power": "as shell and power only",
    "it": "as accelerators and network only",
    "contribution": "as public money with private beside it",
    "facility": "at the meter",
    "it_power": "as IT power",
    "": "",
}
BUILT = (
    "facility_peak_mw",
    "it_load_mw",
    "accelerators",
    "capex_usd",
    "capex_shell_power_usd",
    "lcoc_at_utilisation_usd_per_accelerator_hour",
    "full_power_date",
    "share_of_peak_demand",
    "capex_share_of_gdp",
)


def title(c: Check) -> str:
    """What is checked against what, on which scope."""
    key = "it_power" if (c.part, c.scope) == ("power", "it") else c.scope
    scope = f", {SCOPES[key]}" if key else ""
    return f"{c.part} against {c.against}{scope}"


def built(a: Audit) -> Iterator[tuple[str, str]]:
    """Our plan of the announcement: label and value with range."""
    many = f"; {a.rebuilt.sites} campuses of one size" if a.rebuilt.sites > 1 else ""
    yield "place", f"{a.rebuilt.scenario.place.name}{many}"
    yield "verdict", VERDICTS.get(a.rebuilt.answer, "")
    for name in BUILT:
        f = a.figures[name]
        if f.value is not None:
            yield f.label, f.text_with_range
    for name in ("h100_equivalents", "all_in_usd_per_gw"):
        yield a.same[name].label, a.same[name].text_with_range


def foot(a: Audit) -> str:
    """Bases, in a line."""
    notes = "".join(f"{note[:1].upper()}{note[1:]}. " for note in a.notes)
    return (
        f"{notes}Ranges are P10 to P90; money of {a.terms.price_year}; power at the meter unless it says IT; as of "
        f"{a.terms.as_of.isoformat()}."
    )
