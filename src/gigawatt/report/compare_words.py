"""What a comparison says, shared by terminal, Markdown and page: its rows, claims that disagree, findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gigawatt.chapters.apart import speed
from gigawatt.compare.announced import SCOPE_WORDS, WHOLE
from gigawatt.compare.one_run import one_run
from gigawatt.figures import Figure, show
from gigawatt.units import in_percent

if TYPE_CHECKING:
    from gigawatt.compare import Comparison
    from gigawatt.compare.entries import Entry

PLAIN_SCOPES = ("all_in", "shell_power", "it")
NONE, OURS = "–", "~"
VERDICTS = {"yes": "yes", "yes_if": "yes, if", "no": "no", "": "not judged"}
SIZED = {"power": "the power", "accelerators": "the accelerators", "money": "the money"}
ANNOUNCED, PLANNED, RATIO = "Announced", "Our plan for it", "Announced over ours"
TONNES_PER_MEGATONNE = 1e6
SAME = 0.01  # a range narrower than this share of the value is that of rounding to whole servers


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table: its section, label, and a cell per programme."""

    section: str
    label: str
    cells: tuple[str, ...]


def lines(c: Comparison) -> list[Line]:
    """The rows of the one table."""
    made: list[tuple[str, str, Callable[[Entry], str]]] = [
        (ANNOUNCED, f"money, USD of {c.terms.price_year}", lambda e: _or_ours(e, e.announced.usd, "capex_usd", "USD")),
        (ANNOUNCED, "what the money is", lambda e: SCOPE_WORDS.get(e.announced.scope, "all-in")),
        (ANNOUNCED, "power at the meter, MW", lambda e: _or_ours(e, e.announced.facility_mw, "facility_peak_mw", "")),
        (ANNOUNCED, "IT power, MW", lambda e: _or_ours(e, e.announced.it_mw, "it_load_mw", "")),
        (ANNOUNCED, "accelerators", lambda e: _or_ours(e, e.announced.accelerators, "accelerators", "")),
        (ANNOUNCED, "type", lambda e: e.announced.accelerator or f"{OURS}{e.planned_with}"),
        (ANNOUNCED, "USD per GW, on its scope", _stated_per_gw),
        (ANNOUNCED, "first power", lambda e: _day(e, e.announced.first_date, "first_power_date")),
        (ANNOUNCED, "full power", lambda e: _day(e, e.announced.full_date, "full_power_date")),
        (PLANNED, "planned for", _planned_for),
        (PLANNED, "planned with", lambda e: e.planned_with or NONE),
        (PLANNED, "verdict", lambda e: VERDICTS.get(e.answer, e.answer)),
        (PLANNED, "cost all-in, USD", lambda e: _span(e, "capex_usd", "USD")),
        (PLANNED, "of which shell and power, USD", lambda e: _span(e, "capex_shell_power_usd", "USD")),
        (PLANNED, "USD per GW, all-in", lambda e: _span(e, "all_in_usd_per_gw", "USD")),
        (PLANNED, "USD per GW, shell and power", lambda e: _span(e, "shell_power_usd_per_gw", "USD")),
        (PLANNED, "power at the meter, MW", lambda e: _span(e, "facility_peak_mw", "")),
        (PLANNED, "accelerators", lambda e: _span(e, "accelerators", "")),
        (PLANNED, "H100-equivalents", lambda e: _span(e, "h100_equivalents", "")),
        (PLANNED, "delivered in training, FLOP/s", lambda e: _span(e, "delivered_flop_per_s", "FLOP/s")),
        (PLANNED, "as one run over its sites", _one_run),
        (PLANNED, "sold accelerator-hour, USD", lambda e: _span(e, "lcoc_at_utilisation_usd_per_accelerator_hour", "")),
        (PLANNED, "CO2, million t/year", lambda e: _span(e, "emissions_t_per_year", "", 1 / TONNES_PER_MEGATONNE)),
        (PLANNED, "full power", _full_power),
        (PLANNED, "share of peak demand", lambda e: _span(e, "share_of_peak_demand", "1")),
        (PLANNED, "watts per inhabitant", lambda e: _span(e, "watts_per_head", "")),
        (PLANNED, "USD per inhabitant", lambda e: _span(e, "capex_usd_per_head", "")),
        (PLANNED, "cost over yearly GDP", lambda e: _span(e, "capex_share_of_gdp", "1")),
        *((RATIO, label, _ratio(figure, given)) for (figure, given), label in RATIOS.items()),
    ]
    rows = [Line(section, label, tuple(cell(e) for e in c.entries)) for section, label, cell in made]
    return [row for row in rows if any(cell != NONE for cell in row.cells)]


RATIOS = {
    ("money", "power"): "money over our cost of that power",
    ("money", "accelerators"): "money over our cost of those accelerators",
    ("power", "money"): "power over what the money buys",
    ("power", "accelerators"): "power over what they need",
    ("accelerators", "power"): "accelerators over what the power carries",
    ("accelerators", "money"): "accelerators over what the money buys",
    ("months", "power"): "months promised over our months",
}


def _one_run(e: Entry) -> str:
    """Slow-down and bandwidth of one training run over all sites of a programme."""
    found = one_run(e.rebuilt)
    if found is None:
        return NONE
    need = speed(found["synchronous"]["link_needed_gbit_per_s"])
    return f"{in_percent(found['slow_down'], 1)} slower, {need} between {found['sites']} sites"


def figure(e: Entry, name: str) -> Figure | None:
    """A figure of the plan or of the comparison, where it has a value."""
    f = e.figures.get(name) or e.same.get(name)
    return f if f is not None and f.value is not None else None


def number(x: float, unit: str = "", low: float | None = None, high: float | None = None) -> str:
    """A number in a readable scale, without its unit."""
    return show(x, x if low is None else low, x if high is None else high, unit, with_unit=unit == "1")


def _or_ours(e: Entry, stated: float | None, name: str, unit: str) -> str:
    """The number announced, else ours with its mark."""
    if stated is not None:
        return number(stated, unit)
    f = figure(e, name)
    return f"{OURS}{number(*_numbers(f, unit))}" if f else NONE


def _numbers(f: Figure, unit: str) -> tuple[float, str, float, float]:
    return float(f.value or 0.0), unit, float(f.low or 0.0), float(f.high or 0.0)


def _span(e: Entry, name: str, unit: str, factor: float = 1.0) -> str:
    """Value and range, the scale said once: 400 bn (340-560)."""
    f = figure(e, name)
    if f is None or isinstance(f.value, str):
        return NONE
    value, low, high = (float(x or 0.0) * factor for x in (f.value, f.low, f.high))
    text = number(value, unit, low, high)
    if high - low <= SAME * abs(value):
        return number(value, unit)
    ends = [number(x, unit, low, high) for x in (low, high)]
    scale = text.partition(" ")[2] if not unit.startswith("FLOP") else ""
    if scale and all(x.endswith(f" {scale}") for x in ends):
        ends = [x.removesuffix(f" {scale}") for x in ends]
    return f"{text} ({ends[0]}–{ends[1]})"


def _day(e: Entry, stated: str, name: str) -> str:
    if stated:
        return stated[:7]
    f = figure(e, name)
    if f is None:
        return NONE
    return f"{OURS}{str(f.value)[:7]}"


def _full_power(e: Entry) -> str:
    f = figure(e, "full_power_date")
    return f"{str(f.value)[:7]} ({str(f.low)[:4]}–{str(f.high)[:4]})" if f else NONE


def _stated_per_gw(e: Entry) -> str:
    a = e.announced
    if a.usd is None:
        return NONE
    f = figure(e, "facility_peak_mw")
    mw = a.facility_mw or (float(f.value) if f and isinstance(f.value, (int, float)) else None)
    if not mw or (a.facility_mw is None and e.sized_by == "money"):
        return NONE
    return f"{'' if a.facility_mw else OURS}{number(a.usd / mw * 1e3, 'USD')}"


def _planned_for(e: Entry) -> str:
    if e.sized_by in SIZED:
        many = "1 campus" if e.sites == 1 else f"{e.sites} campuses"
        return f"{SIZED[e.sized_by]}; {many}"
    return {"saved": "a saved plan", "question": "the question"}.get(e.sized_by, "its ladder's headline")


def _ratio(name: str, given: str) -> Callable[[Entry], str]:
    def cell(e: Entry) -> str:
        found = next((b for b in e.beside if (b.figure, b.given) == (name, given)), None)
        return NONE if found is None or found.ratio is None else f"{found.ratio:.2f}"

    return cell


def disagreements(c: Comparison) -> Iterator[str]:
    """Claims on one thing that differ, side by side."""
    for e in c.entries:
        if e.programme is None:
            continue
        for quantity in dict.fromkeys(x.quantity for x in e.programme.claims):
            claims = e.programme.all(quantity)
            if len(claims) > 1:
                said = "; ".join(_claim(x.value, x.fact.unit, x.basis, x.words) for x in claims)
                yield f"{e.id}, {QUANTITIES.get(quantity, quantity)}: {said}"


QUANTITIES = {
    "money": "money",
    "mw": "power",
    "it_mw": "IT power",
    "accelerators": "accelerators",
    "full_date": "full power",
    "first_date": "first power",
}


def _claim(value: float | str, unit: str, basis: str, words: str) -> str:
    text = str(value) if isinstance(value, str) else show(value, value, value, unit)
    about = ", ".join(x for x in (SCOPE_WORDS.get(basis, basis) if basis != "unknown" else "", words) if x)
    return f"{text} ({about})" if about else text


def findings(c: Comparison) -> Iterator[str]:
    """One sentence per programme: what its money is beside our cost, or what it would build."""
    for e in c.entries:
        best = next((b for b in e.beside if b.figure == "money"), None)
        aside = "" if e.announced.scope in ("", *PLAIN_SCOPES) else f" ({SCOPE_WORDS.get(e.announced.scope, '')})"
        if best is not None and best.ratio is not None:
            ours = _bn(best.ours.value, best.ours.low, best.ours.high)
            what = "power" if best.given == "power" else "accelerators"
            scope = "all-in" if e.announced.scope in WHOLE else f"for {SCOPE_WORDS[e.announced.scope]}"
            agrees = best.ours.low <= best.announced <= best.ours.high
            verdict = "within our range" if agrees else f"{best.ratio:.2g} times ours"
            cost = "costs" if what == "power" else "cost"
            yield (
                f"{e.name}: {number(best.announced, 'USD')} USD announced{aside}; the {what} announced {cost} {ours} "
                f"USD {scope} by our plan: {verdict}."
            )
        elif e.sized_by == "money" and e.announced.usd:
            mw, n = (_span(e, name, "") for name in ("facility_peak_mw", "accelerators"))
            money = number(e.announced.usd, "USD")
            yield f"{e.name}: {money} USD{aside} would build {mw} MW with {n} accelerators, spent on that alone."


def _bn(value: float, low: float, high: float) -> str:
    ends = " to ".join(number(x, "USD", low, high) for x in (low, high))
    return f"{number(value, 'USD', low, high)} ({ends})"


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart: title, unit, what was announced and ours with its range."""

    title: str
    unit: str
    name: str
    announced: Callable[[Entry], float | None]

    def stated(self, e: Entry) -> float | None:
        return self.announced(e)

    def ours(self, e: Entry) -> tuple[float, float, float] | None:
        f = figure(e, ON_SCOPE.get(e.announced.scope, self.name) if self.name == "capex_usd" else self.name)
        if f is None or isinstance(f.value, str):
            return None
        return float(f.value or 0.0), float(f.low or 0.0), float(f.high or 0.0)


def _per_gw(e: Entry) -> float | None:
    a = e.announced
    return a.usd / a.facility_mw * 1e3 if a.usd and a.facility_mw and a.scope in WHOLE else None


ON_SCOPE = {"shell_power": "capex_shell_power_usd", "it": "capex_it_usd"}
CHARTS = (
    Chart("Money on the scope announced, USD", "", "capex_usd", lambda e: e.announced.usd),
    Chart("Power at the meter, MW", "", "facility_peak_mw", lambda e: e.announced.facility_mw),
    Chart("Accelerators", "", "accelerators", lambda e: e.announced.accelerators),
    Chart("H100-equivalents", "", "h100_equivalents", lambda e: None),
    Chart("USD per GW, all-in", "", "all_in_usd_per_gw", _per_gw),
    Chart("A sold accelerator-hour, USD", "", "lcoc_at_utilisation_usd_per_accelerator_hour", lambda e: None),
    Chart("CO2, t/year", "", "emissions_t_per_year", lambda e: None),
)


def sources(e: Entry) -> Iterator[tuple[str, ...]]:
    """Every claim of a programme with its source and class."""
    for c in e.programme.claims if e.programme else ():
        value = str(c.value) if isinstance(c.value, str) else show(c.value, c.value, c.value, c.fact.unit)
        about = ", ".join(x for x in (SCOPE_WORDS.get(c.basis, c.basis), c.words) if x)
        name = c.quantity.replace("_", " ")
        yield e.id, name, f"{value} ({about})" if about else value, c.fact.fact_class, c.source


def foot(c: Comparison) -> str:
    """What marks and bases mean."""
    return (
        f"{OURS} not announced: our estimate. Ranges are P10 to P90. USD of {c.terms.price_year}; power at the meter "
        f"unless it says IT; accelerators are packages; as of {c.terms.as_of.isoformat()}."
    )
