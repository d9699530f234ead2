"""The answer of the power room: a page for the terminal, JSON, and the hours as CSV. Computes nothing new."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable
from dataclasses import asdict, fields, is_dataclass
from typing import Any

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gigawatt.answer import plain
from gigawatt.figures import show
from gigawatt.power import firm
from gigawatt.power.account import bus_loads, bus_unserved, lost_load_hours, total_load
from gigawatt.power.explain import Nearest, binding
from gigawatt.power.problem import Answer, Array, Line, Problem, Unbuilt, Violations
from gigawatt.power_case import Case

SCHEMA = 1
NO_PLAN = {
    "infeasible": "NO PLAN: the limits cannot all be met.",
    "unbounded": "NO PLAN: the cost has no lower end; some part earns without a bound. Give it a max_mw.",
    "unsolved": "NO PLAN FOUND: the search ended before it had one; there may be one. A larger --gap asks for less.",
}
MAIN_BUS = "main"
OUTAGES = "firm: "  # what the answer says of outages that no margin could cover
NEAR_EVEN = 1e-3  # a part that is this near to being worth building is a matter of the gap
VISIBLE = 1e-6  # parts and violations below this share of the peak are not worth a word
_NOT_IN_JSON = frozenset({"decision", "load_mw", "price_usd_per_mwh", "cuts"})  # hourly, or for a solver to go on from


# ---- JSON


def power_json(case: Case, answer: Answer, nearest: Nearest | None) -> dict[str, Any]:
    """The answer as plain data: numbers are finite or null.

    Parameters
    ----------
    case : Case
        The case as read. [-]
    answer : Answer
        Figures per year. [-]
    nearest : Nearest or None
        The nearest plan that works, where there is none as asked. [-]

    Returns
    -------
    dict
    """
    found: dict[str, Any] = {"schema": SCHEMA, "case": _case(case), **_figures(answer, case), "nearest": None}
    if nearest is not None:
        moves = [asdict(move) for move in nearest.relaxations]
        found["nearest"] = {"words": nearest.words, "relaxations": moves, "answer": _figures(nearest.answer, case)}
    return plain(found)


def _case(case: Case) -> dict[str, Any]:
    years, steps = case.clock.rows.reshape(-1, case.clock.rows.shape[-1]).shape
    load = total_load(case.problem)
    return {
        "name": case.name,
        "weather_years": years,
        "steps_per_year": steps,
        "step_hours": case.problem.step_hours,
        "year_share": case.year_share,
        "peak_load_mw": float(load.max()),
        "mean_load_mw": float(load.mean()),
        "notes": list(case.notes),
    }


def _figures(answer: Answer, case: Case) -> dict[str, Any]:
    """Every field of the answer but the arrays, with limits in words and prices in five numbers."""
    found = {f.name: _rows(getattr(answer, f.name)) for f in fields(answer) if f.name not in _NOT_IN_JSON}
    found["portfolio"] = [asdict(line) | {"usd_per_year": line.usd_per_year} for line in answer.portfolio]
    words = {(b.name, b.limit): asdict(b) for b in binding(answer)}
    more = ("relaxed_saves_usd_per_year", "words")
    found["limits"] = [
        asdict(limit) | {k: words.get((limit.name, limit.limit), {}).get(k) for k in more} for limit in answer.limits
    ]
    found["unbuilt"] = [asdict(part) | {"words": _worth(part)} for part in answer.unbuilt]
    found["prices_usd_per_mwh"] = _prices(answer)
    found["unserved_hours_per_year"] = _short_hours(answer, case)
    return found


def _rows(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_rows(v) for v in value]
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def _short_hours(answer: Answer, case: Case) -> float:
    """Hours of a year with unserved energy; NaN without a plan. [h/year]"""
    if answer.decision is None:
        return float("nan")
    return lost_load_hours(case.problem, answer.decision.unserved_mw) / case.year_share


def _worth(part: Unbuilt) -> str:
    """What would bring a part in: a lower bound, as a store whose other half is not built either may need more."""
    if part.cheaper_by >= 1.0:
        return "not worth building even for nothing"
    if part.cheaper_by <= NEAR_EVEN:
        return "as good as worth building"
    return f"worth building only if it cost at least {100 * part.cheaper_by:.2g} % less"


def _prices(answer: Answer) -> dict[str, float] | None:
    price, load = answer.price_usd_per_mwh, answer.load_mw
    if not np.isfinite(price).all():
        return None
    weighted = float((price * load).sum() / load.sum())
    five = {"mean": price.mean(), "median": np.median(price), "lowest": price.min(), "highest": price.max()}
    return {"mean_by_load": weighted, **{k: float(v) for k, v in five.items()}}


# ---- hours


def power_hours_csv(case: Case, answer: Answer) -> str:
    """Every step: load, each flow, contents of the stores, price; `load = sources + grid + discharge - charge + rest`.

    With other buses each has its load and what goes unserved there; `load_mw` and the price are those of the main bus,
    `unserved_mw` is all buses'. The flow of a link is what is sent into it, below zero from its far end.

    Parameters
    ----------
    case : Case
        The case as read. [-]
    answer : Answer
        With a decision. [-]

    Returns
    -------
    str
    """
    clock, columns = case.clock, _hour_columns(case.problem, answer)
    rows = clock.rows.ravel().tolist()
    names: dict[str, Iterable[object]] = {"hour": range(len(rows))}
    if clock.rows.ndim == 2:
        names["weather_year"] = np.indices(clock.rows.shape)[0].ravel().tolist()
    if clock.times:
        names["time"] = [clock.times[i] for i in rows]
    cells = [[f"{x:.10g}" for x in values.ravel().tolist()] for values in columns.values()]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*names, *columns])
    writer.writerows(zip(*names.values(), *cells, strict=True))
    return out.getvalue()


def _hour_columns(problem: Problem, answer: Answer) -> dict[str, Array]:
    d = answer.decision
    assert d is not None
    columns = {"load_mw": answer.load_mw}
    columns |= {f"{b.bus}_load_mw": bus_loads(problem)[b.bus] for b in problem.bus_load_mw}
    columns |= {f"{s.name}_mw": x for s, x in zip(problem.sources, d.output_mw, strict=True)}
    columns |= {f"{problem.grid.name}_mw": d.import_mw} if problem.grid else {}
    for i, s in enumerate(problem.stores):
        columns[f"{s.name}_charge_mw"], columns[f"{s.name}_discharge_mw"] = d.charge_mw[i], d.discharge_mw[i]
        columns[f"{s.name}_soc_mwh"] = d.soc_mwh[i]
    columns |= {f"{f.name}_paused_mw": x for f, x in zip(problem.flexible, d.paused_mw, strict=True)}
    columns |= {f"{k.name}_flow_mw": x for k, x in zip(problem.links, d.flow_mw, strict=True)}
    columns |= {f"{bus}_unserved_mw": x for bus, x in bus_unserved(problem, d).items() if bus}
    return columns | {"unserved_mw": d.unserved_mw, "price_usd_per_mwh": answer.price_usd_per_mwh}


# ---- terminal


def power_terminal(case: Case, answer: Answer, nearest: Nearest | None, gap: float = np.inf) -> None:
    """Print the page: headline, portfolio, bounds, limits, prices.

    Parameters
    ----------
    case : Case
        The case as read. [-]
    answer : Answer
        Figures per year. [-]
    nearest : Nearest or None
        The nearest plan that works, where there is none as asked. [-]
    gap : float
        What was asked of the bounds; a wider one is told. [-]
    """
    out = Console(highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else 110)
    c = _case(case)
    years = f"{c['weather_years']} weather years of " if c["weather_years"] > 1 else ""
    size = f"load {_digits(c['mean_load_mw'])} MW on average, {_digits(c['peak_load_mw'])} MW at peak"
    steps = f"{years}{c['steps_per_year']:,} steps of {c['step_hours']:g} h"
    out.print(f"\n{escape(case.name)}: {size}{_buses(case.problem)}; {steps}")
    for note in case.notes:
        out.print(f"[dim]{escape(note)}[/dim]")
    out.print()
    if answer.status == "optimal":
        _plan(out, answer, case, gap=gap)
        return
    out.print(Text(NO_PLAN.get(answer.status, f"NO PLAN: {answer.status}."), style="bold red"))
    if nearest is not None:
        out.print(f"[bold]What must give:[/bold] {escape(nearest.words)}\n")
        _plan(out, nearest.answer, case, "The nearest plan that works: ")


def _buses(problem: Problem) -> str:
    others = [b.bus for b in problem.bus_load_mw]
    return escape(f" ({' + '.join([MAIN_BUS, *others])})") if others else ""


def _plan(out: Console, answer: Answer, case: Case, before: str = "", gap: float = np.inf) -> None:
    if answer.decision is None:
        out.print(f"{before}none; the problem is {answer.status}.")
        return
    out.print(Text(before + _headline(answer, case.problem), style="bold"))
    out.print(Padding(_portfolio(answer, case.problem), (1, 0, 1, 0)))
    out.print(_reliability(answer, case))
    if words := _outages(answer, case):
        out.print(words)
    out.print(_certificate(answer))
    if answer.gap > gap:
        out.print(f"[yellow]The gap is wider than the {gap:.1e} asked for: a cheaper plan may exist[/yellow]")
    if left := [words for words in answer.tried if not words.startswith(OUTAGES)]:
        out.print(f"[dim]Paths left: {escape('; '.join(left))}[/dim]")
    if answer.violations:
        out.print(_violation(answer.violations, answer))
    _limits(out, answer)
    near = [f"{part.name}, {_worth(part)}" for part in answer.unbuilt if NEAR_EVEN < part.cheaper_by < 1.0]
    if near:
        out.print(f"Not built: {escape('; '.join(near))}")
    if prices := _prices(answer):
        spread = ", ".join(f"{k.replace('_', ' ')} {_digits(v)}" for k, v in prices.items())
        where = f" at {MAIN_BUS}" if case.problem.links else ""
        out.print(f"\nMarginal price of one more MWh{where}: {spread} USD/MWh")


def _headline(answer: Answer, problem: Problem) -> str:
    blocks = {s.name: (s.existing_mw, s.unit_mw) for s in problem.sources}
    built = [line for line in answer.portfolio if line.kind in ("source", "store", "grid", "link")]
    parts = [_part(line, *blocks.get(line.name, ())) for line in built if _seen(line, answer)]
    return (
        f"{_digits(answer.cost_usd_per_mwh)} USD/MWh, {_usd(answer.supply_usd_per_year)} a year: "
        f"{', '.join(parts) or 'nothing is built'}."
    )


def _part(line: Line, stands_mw: float = 0.0, block_mw: float = 0.0) -> str:
    energy = f" / {_digits(line.mwh)} MWh" if line.kind == "store" else ""
    blocks = ""
    if block_mw > 0.0:
        number = round((line.mw - stands_mw) / block_mw)
        blocks = f" ({f'{_digits(stands_mw)} + ' if stands_mw else ''}{number} x {_digits(block_mw)})"
    return f"{line.name} {_digits(line.mw)} MW{energy}{blocks}"


def _seen(line: Line, answer: Answer) -> bool:
    least = VISIBLE * float(answer.load_mw.max())
    return max(line.mw, line.mwh) > least


def _portfolio(answer: Answer, problem: Problem) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 1, 0, 1))
    table.add_column("")
    for name in ("MW", "MWh", "GWh/year", "spilled", "fixed USD", "variable USD", "USD/MWh", "t CO2/year"):
        table.add_column(name, justify="right")
    ends = {k.name: f" ({k.from_bus or MAIN_BUS} - {k.to_bus or MAIN_BUS})" for k in problem.links}
    rows = [line for line in answer.portfolio if _seen(line, answer)]
    for line in rows:
        per_mwh = _digits(line.usd_per_year / line.mwh_per_year) if line.mwh_per_year > 0 else ""
        money = (_usd(line.fixed_usd_per_year, ""), _usd(line.variable_usd_per_year, ""))
        energy = (_digits(line.mwh_per_year / 1e3), _digits(line.curtailed_mwh_per_year / 1e3))
        size = (_digits(line.mw), _digits(line.mwh) if line.kind == "store" else "")
        table.add_row(
            escape(line.name + ends.get(line.name, "")),
            *size,
            *energy,
            *money,
            per_mwh,
            _digits(line.emissions_t_per_year),
        )
    total = [sum(getattr(x, n) for x in rows) for n in ("fixed_usd_per_year", "variable_usd_per_year")]
    carbon = sum(x.emissions_t_per_year for x in rows)
    spilled = _digits(answer.curtailed_mwh_per_year / 1e3)
    table.add_row("all", "", "", "", spilled, *(_usd(x, "") for x in total), "", _digits(carbon), style="bold")
    return table


def _reliability(answer: Answer, case: Case) -> str:
    hours = _short_hours(answer, case)
    short = f" in {hours:,.4g} hours a year" if hours else ""
    clean, matched = 100.0 * answer.clean_share_annual, 100.0 * answer.clean_share_hourly
    return (
        f"Unserved {100 * answer.unserved_fraction:.3g} % of the load{short}; "
        f"{_digits(answer.carbon_intensity_kg_per_mwh)} kg CO2/MWh; "
        f"clean {clean:.1f} % over the year, {matched:.1f} % hour by hour"
    )


def _outages(answer: Answer, case: Case) -> str:
    """The firm margin and the expected hours short that outages of units leave; empty where none are asked about."""
    if not firm.asked(case.problem):
        return ""
    hours, most, margin = answer.loss_of_load_hours, case.problem.max_loss_of_load_hours, answer.firm_margin
    if hours is None:
        why = [words.removeprefix(OUTAGES) for words in answer.tried if words.startswith(OUTAGES)]
        return f"[yellow]Outages of units: {escape('; '.join(why)) or 'not counted in this plan'}[/yellow]"
    held = f"firm margin {100 * margin:.3g} % of the peak; " if margin is not None else ""
    limit = f", at most {most / case.year_share:,.4g}" if most is not None else ""
    return f"Outages of units: {held}expected to fall short in {hours:,.3g} hours a year{limit}"


def _certificate(answer: Answer) -> str:
    low, high = (f"{x:,.0f}" for x in (answer.lower_bound_usd_per_year, answer.upper_bound_usd_per_year))
    return (
        f"Certified: this plan costs {high} USD a year, no plan less than {low}; gap {max(answer.gap, 0.0):.1e} "
        f"(path {escape(answer.path)})"
    )


def _violation(violations: Violations, answer: Answer) -> str:
    """The largest violation, as a share of the peak (limits: of the limit; energy burnt: of the load)."""
    peak = float(answer.load_mw.max())
    energy = max(sum(line.mwh_per_year for line in answer.portfolio), 1.0)
    scales = {"limits": 1.0, "simultaneous_mwh_per_year": energy}
    shares = {k: v / scales.get(k, peak) for k, v in asdict(violations).items()}
    name = max(shares, key=lambda k: shares[k])
    if shares[name] <= VISIBLE:
        return f"Recomputed from the dispatch alone: no constraint broken by more than {shares[name]:.0e} of the peak"
    return (
        f"[yellow]Largest violation: {name} = {asdict(violations)[name]:.3g}, {shares[name]:.1e} of its scale[/yellow]"
    )


def _limits(out: Console, answer: Answer) -> None:
    bound = binding(answer)
    if bound:
        out.print("\n[bold]What the limits cost[/bold]")
    for b in bound:
        out.print(f" {escape(b.name)} {_digits(b.limit)}{_unit(b.unit)}: {escape(b.words)}")
    held = {(b.name, b.limit) for b in bound}
    slack = [x for x in answer.limits if (x.name, x.limit) not in held]
    if slack:
        words = (f"{x.name} {_digits(x.value)} of {_digits(x.limit)}{_unit(x.unit)}" for x in slack)
        out.print(f"[dim]Limits that cost nothing: {escape('; '.join(words))}[/dim]")


def _unit(unit: str) -> str:
    return "" if unit in ("1", "-") else f" {unit}"


def _usd(amount: float, unit: str = "USD") -> str:
    return show(amount, None, None, unit) if amount else "0"


def _digits(amount: float) -> str:
    """Four significant digits: what a gap of 1e-4 supports."""
    return f"{float(f'{amount:.4g}'):,.10g}" if abs(amount) > VISIBLE else "0"
