"""What a screen says, shared by terminal and page: columns, counts, the question in words. Computes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gigawatt.figures import FIGURES, display_unit, show
from gigawatt.screen.rank import COST

if TYPE_CHECKING:
    from gigawatt.screen import Screen

VERDICTS = {"yes": "yes", "yes_if": "yes, if", "no": "no", None: "failed"}
CONSTRAINTS = {
    "chips": "chips",
    "power": "power",
    "payer": "payer",
    "money": "money",
    "land": "land",
    "water": "water",
    "hazard": "hazard",
    "war": "war",
    "moratorium": "local rules",
    "time": "date",
    "calendar": "calendar",
    "facts": "facts",
    "": "",
}
NONE = "–"


@dataclass(frozen=True)
class Column:
    """A column of the table: heading, what it means, text of a row, whether it is set as a number, what it sorts by."""

    title: str
    means: str
    text: Callable[[dict[str, Any]], str]
    number: bool = True
    sorts: Callable[[dict[str, Any]], Any] | None = None


def label(name: str) -> str:
    """What a figure is called."""
    return FIGURES[name].label


def cell(row: dict[str, Any], name: str) -> str:
    """A figure to the digits its range supports, without unit; months for dates; a dash where there is none."""
    figure = row["figures"].get(name) or {}
    value = figure.get("value")
    if value is None:
        return NONE
    if isinstance(value, str):
        return value[:7]
    unit = "" if name.startswith("pue") else figure["unit"]
    return show(value, figure["low"], figure["high"], unit, with_unit=unit == "1")


def binding(row: dict[str, Any]) -> str:
    """What binds: the constraint and its sentence."""
    b = row["binding"]
    name = CONSTRAINTS.get(b["constraint"], b["constraint"])
    return f"{name}: {b['words']}" if name else str(b["words"])


def conditions(row: dict[str, Any]) -> str:
    """The gates that still ask for a letter."""
    return ", ".join(CONSTRAINTS.get(c, c) for c in row["conditions"])


def _size(row: dict[str, Any]) -> str:
    return NONE if row["verdict"] == "no" else cell(row, "facility_peak_mw")


def _megawatts(row: dict[str, Any]) -> Any:
    return None if row["verdict"] == "no" else (row["figures"].get("facility_peak_mw") or {}).get("value")


def _figure(title: str, name: str, means: str = "") -> Column:
    def value(row: dict[str, Any]) -> Any:
        return (row["figures"].get(name) or {}).get("value")

    dated = FIGURES[name].unit == "date"  # dates sort as text
    return Column(title, means or label(name), lambda row: cell(row, name), True, None if dated else value)


def _plain(title: str, name: str) -> Column:
    """A figure to three digits: between sites of one country the common part of its range does not matter."""

    def value(row: dict[str, Any]) -> Any:
        return (row["figures"].get(name) or {}).get("value")

    return Column(title, label(name), lambda row: NONE if value(row) is None else f"{value(row):,.3g}", True, value)


def _fact(title: str, name: str, means: str, number: bool = True) -> Column:
    def text(row: dict[str, Any]) -> str:
        value = row.get("site_facts", {}).get(name)
        return NONE if value is None else f"{value:,.3f}" if name == COST else f"{value:,.3g}" if number else str(value)

    return Column(title, means, text, number, (lambda row: row.get("site_facts", {}).get(name)) if number else None)


COUNTRY = (
    Column("country", "place", lambda row: str(row["name"]), False),
    Column("verdict", "verdict", lambda row: VERDICTS[row["verdict"]], False),
    Column(
        "MW", "largest campus that is not refused, or the one asked for: peak, at the meter", _size, True, _megawatts
    ),
    _figure("full power", "full_power_date"),
    _figure("USD/h", "lcoc_usd_per_accelerator_hour"),
    _figure("of peak", "share_of_peak_demand"),
)
SITE = (
    Column("site", "place", lambda row: str(row["site"]), False),
    Column("verdict", "verdict", lambda row: VERDICTS[row["verdict"]], False),
    _fact(
        "USD/h", COST, "cost of an accelerator-hour, all sold, with its share of the fibre: what sites are ranked by"
    ),
    _plain("USD/MWh", "lcoe_usd_per_mwh"),
    _plain("PUE", "pue"),
    _plain("PUE peak", "pue_design_peak"),
    _plain("m3/MWh", "wue_m3_per_mwh"),
    _fact("class", "connection_class", "connection: 1 at a load centre, 2 a line away, 3 remote"),
    _fact("line km", "load_centre_km", "great-circle distance to the nearest town fed by a transmission substation"),
    _fact("ms", "round_trip_ms", "round trip in fibre to the nearest city of a million people"),
    _fact("solar", "solar_mw_per_mw", "own solar that pays, MW per MW of campus"),
)
BINDING = Column("what binds", "what stops a larger campus, or refuses or delays the one asked for", binding, False)


def columns(found: Screen) -> tuple[Column, ...]:
    """The columns of a screen; a figure that it is sorted by gets one of its own."""
    own = COUNTRY if found.request["kind"] == "countries" else SITE
    shown = {label(found.sort)} if found.sort in FIGURES else set()
    if shown and not any(c.means in shown for c in own) and found.sort != "facility_peak_mw":
        unit = display_unit(FIGURES[found.sort].unit.format(year=found.request["question"].get("price_year", 2025)))
        own = (*own, _figure(found.sort.split("_usd")[0].replace("_", " ") + (f" {unit}" if unit else ""), found.sort))
    return (*own, BINDING) if found.request["kind"] == "countries" else own


def question(found: Screen) -> str:
    """The question in one line."""
    asked = {k: v for k, v in found.request["question"].items() if k != "as_of"}
    words = "; ".join(f"{k.replace('_', ' ')} {v}" for k, v in asked.items())
    if found.request["kind"] == "sites":
        return f"Sites in {found.request['country']}: {words or 'a campus of the usual size'}"
    many = len(found.rows)
    return f"{many} {'place' if many == 1 else 'places'}: {words or 'nothing given, so the largest campus of each'}"


def counted(found: Screen) -> str:
    """How many of each verdict."""
    n = Counter(row["verdict"] for row in found.rows)
    partial = sum(1 for row in found.rows if row["verdict"] == "yes_if" and row["binding"]["constraint"] == "facts")
    words = [f"{n[v]} {VERDICTS[v]}" for v in ("yes", "yes_if", "no", None) if n[v]]
    text = "; ".join(words)
    return text + (f"; of {partial} only the chip gate was judged, their other facts are to come" if partial else "")


def rule(found: Screen) -> str:
    """How the rows are ordered, and what money and dates mean."""
    asked = found.request["question"]
    if found.sort == "headline" and found.request["kind"] == "sites":
        order = "Order: verdict, then the cost of an accelerator-hour with the line and the fibre of the site"
    elif found.sort == "headline":
        order = "Order: yes before yes, if before no; then the largest campus; ties by date, then cost"
    else:
        name = label(found.sort) if found.sort in FIGURES else found.sort.replace("_", " ")
        order = f"Order: {name[:1].lower()}{name[1:]}"
    year = asked.get("price_year", 2025)
    return f"{order}. USD of {year}; USD/h: an accelerator-hour, all sold; as of {asked['as_of']}."
