"""A training run on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from gigawatt.chapters.apart import SHORT, speed
from gigawatt.chapters.training_job import PARTS
from gigawatt.units import in_percent

if TYPE_CHECKING:
    from gigawatt.multi_site import Sites
    from gigawatt.training_run import Layout, TrainingRun

FORMATS = {"matmul": ", {precision}", "attention": ", 16 bit", "vocabulary": ", 16 bit"}  # of products
LEAST = 0.0005  # share of a step below which a part is not printed
MWH_PER_GWH = 1e3
GB = 1e9
APART = 0.02  # between two estimates of goodput, from which both are printed


def terminal(run: TrainingRun) -> None:
    """Print a run: the answer in a sentence, then step, memory, plans, and what it takes to finish."""
    console = Console(highlight=False, soft_wrap=True)
    b = run.best
    low, high = run.tokens_per_s_range
    console.print(
        f"[bold]{run.model}[/bold] on {run.accelerators:,} {run.accelerator}, {run.precision}: "
        f"[bold]{b.tokens_per_s_per_accelerator:,.0f} tokens/s[/bold] per accelerator "
        f"(80 %: {low:,.0f} to {high:,.0f}), MFU {in_percent(b.mfu, 1)}, HFU {in_percent(b.hfu, 1)}"
    )
    first, last = run.days_range
    console.print(
        f"{run.tokens:.3g} tokens ({run.flop:.2g} FLOP) in [bold]{run.days:,.1f} days[/bold] "
        f"(80 %: {first:,.1f} to {last:,.1f}) at a goodput of {in_percent(run.goodput, 1)}{_bill(run)}"
    )
    console.print(_goodput(run))
    console.print(f"Largest useful cluster: {run.largest_useful:,} accelerators; {run.largest_useful_why}")
    console.print(
        f"A step is {run.batch:,} sequences of {run.sequence:,} tokens; software of {run.software:.1f}; "
        f"{run.weighed:,} plans weighed, {run.fitting:,} fit into {run.usable_memory_gb:,.0f} GB"
    )
    console.print(f"Network: {_levels(run)}{_power(run)}\n")
    console.print(_step(b, run.precision))
    console.print(_memory(b))
    console.print(_plans(run))
    if run.over is not None:
        _sites(console, run.over)
    for remark in run.remarks:
        console.print(f"Note: {remark}")


def _goodput(run: TrainingRun) -> str:
    """What failures leave, beside the first-order estimate where that breaks, and the spares."""
    words = f"Operator: {run.operator}; in the run {run.used:,} of {run.accelerators:,} accelerators; "
    if run.spares is not None:
        words += f"{in_percent(run.spares, 2)} standing by keep it up {in_percent(run.at_full_size, 1)} of the time; "
        words += f"{in_percent(run.spares_needed, 2)} would for 99 hours of 100"
    else:
        words += (
            f"{in_percent(run.spares_needed, 2)} of them standing by would keep it at full size for 99 hours of 100"
        )
    if run.goodput_first_order < run.goodput - APART:
        words += f"; a first-order estimate of goodput would say {in_percent(max(run.goodput_first_order, 0.0))}"
    return words


def _bill(run: TrainingRun) -> str:
    words = ""
    if run.it_energy_mwh is not None:
        words += f"; {run.it_energy_mwh / MWH_PER_GWH:,.2f} GWh of IT energy"
    if run.cost_usd is not None:
        words += f"; {run.cost_usd / 1e6:,.1f} M USD of 2025 {run.cost_basis}"
    return words


def _power(run: TrainingRun) -> str:
    """Swing of the draw, on a line of its own."""
    p = run.power_swing
    if p is None:
        return ""
    return (
        f"\nPower: {p.it_mw:,.1f} MW of IT; the draw falls by {p.step_mw:,.1f} MW at {p.mw_per_s:,.0f} MW/s every "
        f"{p.period_s:,.2f} s, for {in_percent(p.waiting_share)} of it; a store of {p.store_mw:,.1f} MW and "
        f"{p.store_kwh:,.1f} kWh holds the mean; a stop drops {p.stop_mw:,.1f} MW (class C)"
    )


def _levels(run: TrainingRun) -> str:
    """Bandwidth of an accelerator by level, of the links and as collectives reach it."""
    return "; ".join(
        f"{x.name} of {x.accelerators:,.0f}: {x.bytes_per_s / GB:,.0f} GB/s, {x.reached_bytes_per_s / GB:,.0f} reached"
        for x in run.levels
    )


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for i, name in enumerate(columns):
        table.add_column(name, justify="left" if i == 0 else "right", no_wrap=i == 0)
    return table


def _step(b: Layout, precision: str) -> Table:
    """Parts of a step, of communication what is exposed; beside it what runs behind work."""
    table = _table(f"Step: {b.step_s:.3f} s", "part", "s", "share", "hidden behind work, s")
    for name, seconds in sorted(b.breakdown_s.items(), key=lambda kv: -kv[1]):
        hidden = b.hidden_s.get(name, 0.0)
        if max(seconds, hidden) >= LEAST * b.step_s:
            words = PARTS[name] + FORMATS.get(name, "").format(precision=precision)
            share = in_percent(seconds / b.step_s, 1)
            table.add_row(words, f"{seconds:.4f}", share, f"({hidden:.4f})" if name in b.hidden_s else "")
    return table


def _memory(b: Layout) -> Table:
    table = _table("Memory of the fullest accelerator", "part", "GB")
    for name, size in b.memory_gb.items():
        table.add_row(name, f"{size:,.1f}")
    table.add_row("all", f"{sum(b.memory_gb.values()):,.1f}")
    return table


def _plans(run: TrainingRun) -> Table:
    names = ("tp", "pp", "dp", "cp", "ep", "vp", "mb", "recompute", "zero")
    table = _table("Best plan and runners-up", *names, "step s", "MFU", "GB")
    for layout in (run.best, *run.runners_up):
        cells: list[Any] = [str(layout.degrees[n]) for n in names]
        size = sum(layout.memory_gb.values())
        table.add_row(*cells, f"{layout.step_s:.3f}", in_percent(layout.mfu, 1), f"{size:,.0f}")
    return table


def _sites(console: Console, s: Sites) -> None:
    """What several sites cost: each way to keep them together, and the links."""
    table = _table(
        f"{s.sites} sites of {s.accelerators_each:,}, ring of {s.ring_km:,.0f} km, links of {speed(s.link_gbit_per_s)}",
        "sites keep together",
        "exchange s",
        "slower by",
        "goodput",
        "days",
        f"link to lose {in_percent(s.within)}",
        "its fibre, M USD",
    )
    for w in s.ways:
        low, high = w.slow_down_range
        link = "none" if w.link_needed_gbit_per_s is None else speed(w.link_needed_gbit_per_s)
        table.add_row(
            ("◆ " if w.method == s.best else "") + SHORT[w.method],
            f"{w.exchange_s:,.2f}",
            in_percent(w.slow_down, 1) + (f" ({in_percent(low)}–{in_percent(high)})" if high > low else ""),
            in_percent(w.goodput, 1),
            f"{w.days:,.1f}",
            link,
            "–" if w.fibre_usd is None else f"{w.fibre_usd / 1e6:,.1f}",
        )
    console.print(table)
    console.print(
        f"{s.words} One place: {s.days_in_one_place:,.1f} days. These links: {s.fibre_pairs} fibre pairs, "
        f"{s.fibre_usd / 1e6:,.1f} M USD of 2025 and {s.fibre_usd_per_year / 1e6:,.1f} M a year, class C."
    )
    if s.spare_each:
        console.print(f"{s.spare_each:,} accelerators of each site are spares: the rest divides into degrees.")
