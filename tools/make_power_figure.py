"""Write docs/power_method.svg: three days of an invented site, solved by the power room, and how its bounds close.

Usage: PYTHONPATH=src python3 tools/make_power_figure.py [--check]

Left: the least-cost dispatch, its water values and the store's content. Right: every other capacity held, the cost over
solar, with the trials and cuts of one run of the bundle from a poor start. Nothing is drawn that was not computed.
"""

import sys
from dataclasses import dataclass, replace
from html import escape
from itertools import combinations
from pathlib import Path
from unittest.mock import patch

import numpy as np

from gigawatt.power import bundle, sizing
from gigawatt.power.account import accounted
from gigawatt.power.cuts import evaluate
from gigawatt.power.dispatch import decided
from gigawatt.power.form import formed
from gigawatt.power.problem import Import, Problem, Source, Store

PATH = Path(__file__).resolve().parent.parent / "docs" / "power_method.svg"
HOURS, GAP, START_MW, MOST_MW = 72, 1e-4, 40.0, 400.0
RADIUS = 0.3  # first radius of trust: wide enough for the eye
SOLAR, GRID, GAS, BATTERY, WATER, CUT = "#e8a317", "#7db7dc", "#9a9a9a", "#2a9d78", "#00589b", "#c4510a"
INK, DULL, PALE, FULL, EMPTY = "#222222", "#555555", "#d9d9d9", "#d5ecdf", "#e4e4e4"
NUMBERED = 5  # trials with a number of their own; the later ones lie too close


def problem():
    """Three days, the second one dull, which stand for a year; costs are round numbers, not facts."""
    hour, year = np.arange(HOURS), HOURS / 8760.0
    daily = 2.0 * np.pi / 24.0
    sun = np.array([1.0, 0.4, 0.75])[hour // 24] * np.maximum(np.sin(np.pi * (hour % 24 + 0.5 - 6.0) / 12.0), 0.0)
    price = 58.0 + 28.0 * np.cos(daily * (hour % 24 - 19)) - 30.0 * sun + np.array([0.0, 16.0, 4.0])[hour // 24]
    nothing = {"carbon_intensity_kg_per_mwh": 0.0, "clean_share": 0.0}
    return Problem(
        load_mw=94.0 + 6.0 * np.sin(daily * (hour % 24 - 9)),
        voll_usd_per_mwh=3000.0,
        sources=(
            Source(
                name="solar",
                availability=sun,
                fixed_usd_per_mw_year=55e3 * year,
                variable_usd_per_mwh=0.0,
                max_mw=MOST_MW,
                **nothing | {"clean_share": 1.0},
            ),
            Source(
                name="gas",
                availability=1.0,
                fixed_usd_per_mw_year=50e3 * year,
                variable_usd_per_mwh=95.0,
                existing_mw=100.0,
                max_mw=100.0,
                **nothing,
            ),
        ),
        grid=Import(
            price_usd_per_mwh=price,
            connection_usd_per_mw_year=30e3 * year,
            demand_charge_usd_per_mw_year=0.0,
            limit_mw=50.0,
            **nothing,
        ),
        stores=(
            Store(
                name="battery",
                power_usd_per_mw_year=10e3 * year,
                energy_usd_per_mwh_year=18e3 * year,
                charge_efficiency=0.95,
                discharge_efficiency=0.95,
                self_discharge_per_hour=0.0,
                max_power_mw=300.0,
                max_energy_mwh=1500.0,
            ),
        ),
    )


@dataclass(frozen=True, slots=True)
class Run:
    """Trials of one run over one capacity: sizes in MW, costs and cuts in USD per MWh of load."""

    size: np.ndarray
    cost: np.ndarray
    intercept: np.ndarray
    slope: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    curve_mw: np.ndarray
    curve: np.ndarray


def searched(case, form, best):
    """Size solar alone from a poor start, every other capacity as in `best`; note each evaluation and its cut."""
    i = form.names.index("solar")
    low, high, start = (best.size.copy() for _ in range(3))
    low[i], high[i], start[i] = 0.0, MOST_MW / form.unit_mw, START_MW / form.unit_mw
    alone = replace(form, lower=low, upper=high)
    per_mwh = form.unit_mw / float(case.load_mw.sum())
    trials, cuts, costs = [], [], []

    def cost_of(size):
        slope = np.empty(len(size))
        intercept = evaluate(best.stack, form.cost, np.append(size, 1.0), slope, sizing.workspace(form), np.inf)
        return intercept, slope

    def noted(stack, cost, size, slope, duals, cutoff):
        found = evaluate(stack, cost, size, slope, duals, cutoff)
        trials.append(size[:-1].copy())
        cuts.append((found + slope @ np.where(np.arange(len(slope)) == i, 0.0, size[:-1]), slope[i]))
        return found

    with (
        patch.object(sizing, "sized", bundle.sized.py_func),
        patch.object(sizing, "NEAR", RADIUS),
        patch.object(bundle, "evaluate", noted),
    ):
        sizing.size_form(alone, gap=GAP, opening=start)
    for size in trials:  # what each trial costs is priced from its dispatch, as any upper bound
        plan = decided(case, form, replace(best, size=size, duals=sizing.workspace(form)))
        costs.append(accounted(case, plan).objective_usd_per_year / form.unit_mw)
    intercept = (np.array([a for a, _ in cuts]) + form.offset) * per_mwh
    slope = np.array([b for _, b in cuts]) * per_mwh / form.unit_mw
    cost = np.array(costs) * per_mwh
    curve_mw = np.linspace(0.0, MOST_MW, 201)
    curve = []
    for mw in curve_mw:
        size = best.size.copy()
        size[i] = mw / form.unit_mw
        a, b = cost_of(size)
        curve.append((a + b @ size + form.offset) * per_mwh)
    return Run(
        size=np.array([s[i] for s in trials]) * form.unit_mw,
        cost=cost,
        intercept=intercept,
        slope=slope,
        lower=np.array([least(intercept[: k + 1], slope[: k + 1]) for k in range(len(cuts))]),
        upper=np.minimum.accumulate(cost),
        curve_mw=curve_mw,
        curve=np.array(curve),
    )


def least(intercept, slope):
    """The least of the highest of some lines over the box."""
    at = [0.0, MOST_MW]
    for j, k in combinations(range(len(slope)), 2):
        if slope[j] != slope[k]:
            at.append((intercept[k] - intercept[j]) / (slope[j] - slope[k]))
    return min(float((intercept + slope * x).max()) for x in at if 0.0 <= x <= MOST_MW)


class Panel:
    """A rectangle of the page with its own scales; collects elements of the drawing."""

    def __init__(self, out, left, top, width, height, x_range, y_range):
        self.out, self.left, self.top, self.width, self.height = out, left, top, width, height
        self.x_range, self.y_range = x_range, y_range

    def x(self, value):
        low, high = self.x_range
        return self.left + self.width * (value - low) / (high - low)

    def y(self, value):
        low, high = self.y_range
        return self.top + self.height * (1.0 - (value - low) / (high - low))

    def path(self, xs, ys, **style):
        points = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in zip(xs, ys, strict=True))
        element(self.out, "polyline", points=points, **{"fill": "none", "stroke_width": 2} | style)

    def area(self, xs, low, high, **style):
        points = [(x, y) for x, y in zip(xs, high, strict=True)] + [(x, y) for x, y in zip(xs, low, strict=True)][::-1]
        text = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        element(self.out, "polygon", points=text, **style)

    def words(self, x, y, text, **style):
        label(self.out, self.x(x), self.y(y), text, **style)

    def band(self, low, high, fill):
        size = {"width": f"{self.x(high) - self.x(low):.1f}", "height": self.height}
        element(self.out, "rect", x=f"{self.x(low):.1f}", y=self.top, fill=fill, **size)

    def axes(self, heading, y_ticks, x_ticks=(), y_name=""):
        for i, line in enumerate(heading):
            label(self.out, self.left - 42, self.top - 13 - 20 * (len(heading) - 1 - i), line, size=16, weight="bold")
        for value in y_ticks:
            self.path(self.x_range, (value, value), stroke=PALE, stroke_width=1)
            label(self.out, self.left - 7, self.y(value) + 5, f"{value:g}", anchor="end")
        for value, text in x_ticks:
            label(self.out, self.x(value), self.top + self.height + 20, text, anchor="middle")
        label(self.out, self.left + 4, self.top + 16, y_name, fill=DULL)


def element(out, name, **attributes):
    """Append one element; underscores in names become hyphens."""
    text = " ".join(f'{k.replace("_", "-")}="{escape(str(v))}"' for k, v in attributes.items())
    out.append(f"<{name} {text}/>")


def label(out, x, y, text, *, size=15, anchor="start", weight="normal", fill=INK):
    """Append words."""
    style = f'font-size="{size}" text-anchor="{anchor}" font-weight="{weight}" fill="{fill}"'
    if text:
        out.append(f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(text)}</text>')


def steps(values):
    """Hourly values as the corners of a staircase."""
    edges = np.repeat(np.arange(HOURS + 1), 2)[1:-1]
    return edges, np.repeat(values, 2)


def spans(mask):
    """Runs of True as (first, end)."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(int), [0]))))
    return list(zip(edges[::2], edges[1::2], strict=True))


def dispatch_panels(out, case, plan, water, price):
    """Left: supply, worth of stored energy, content."""
    size, held = plan.store_energy_mwh[0], plan.soc_mwh[0]
    days = [(12 + 24 * i, text) for i, text in enumerate(("day 1, sun", "day 2, dull", "day 3, some sun"))]
    supply = Panel(out, 52, 40, 505, 215, (0, HOURS), (0, 270))
    worth = Panel(out, 52, 315, 505, 140, (0, HOURS), (0, 112))
    store = Panel(out, 52, 515, 505, 115, (0, HOURS), (0, 680))
    full, empty = (spans(near) for near in (held > size * (1 - 1e-9), held < size * 1e-9))
    for panel in (worth, store):
        for marks, fill in ((full, FULL), (empty, EMPTY)):
            for first, end in marks:  # of hours at whose end it is so
                panel.band(first + 0.6, end + 0.4, fill)
    supply.axes(["Who carries the load, hour by hour"], (0, 100, 200), (), "MW")
    base = np.zeros(HOURS)
    flows = [(plan.import_mw, GRID), (plan.output_mw[1], GAS), (plan.discharge_mw[0], BATTERY)]
    for flow, colour in [*flows, (plan.output_mw[0], SOLAR)]:
        supply.area(steps(base)[0], steps(base)[1], steps(base + flow)[1], fill=colour)
        base = base + flow
    could = plan.source_mw[0] * np.broadcast_to(case.sources[0].availability, HOURS) - plan.output_mw[0]
    dashed = {"fill": "none", "stroke": SOLAR, "stroke_dasharray": "3 3"}
    supply.area(steps(base)[0], steps(base)[1], steps(base + could)[1], **dashed)
    supply.path(*steps(case.load_mw), stroke="white", stroke_width=5)
    supply.path(*steps(case.load_mw), stroke=INK, stroke_width=2.5)
    supply.words(16, 232, "spilled (dashed)", fill="#8a5a00")
    for x, y, words in ((12.3, 144, "into the"), (12.3, 122, "battery"), (36.2, 118, "into it"), (60, 133, "into it")):
        supply.words(x, y, words, anchor="middle")
    for x, y, words in ((23, 112, "load"), (27, 20, "grid"), (20.6, 66, "gas"), (27.9, 66, "battery")):
        supply.words(x, y, words, anchor="middle", weight="bold")
    supply.words(36, 68, "solar", anchor="middle", weight="bold")
    worth.axes(["Worth of a stored MWh: rises only while full, falls only when empty"], (0, 50, 100))
    worth.path(*steps(price), stroke="#777777", stroke_width=1.5, stroke_dasharray="4 2")
    worth.path(*steps(water), stroke=WATER, stroke_width=3)
    worth.words(27, 72, "water value", anchor="middle", fill=WATER, weight="bold")
    worth.words(HOURS - 0.5, 100, "hourly price", anchor="end", fill=DULL)
    worth.words(0.6, 100, "USD/MWh", fill=DULL)
    store.axes(["What the store holds"], (0, 250, 500), days)
    at = np.arange(HOURS + 1)
    store.area(at, np.zeros(HOURS + 1), np.append(held[-1], held), fill=BATTERY, opacity=0.75)
    store.path((0, HOURS), (size, size), stroke=BATTERY, stroke_dasharray="5 3", stroke_width=1.5)
    store.words(0.6, 590, f"MWh, size {size:.0f}", fill=DULL)
    for marks, y, words in ((full, 250, "full"), (empty, 110, "empty")):
        for first, end in marks:
            store.words((first + 1 + end) / 2, y, words, anchor="middle")


def bound_panels(out, run):
    """Right: the cost over one capacity with its cuts, and the bounds after each evaluation."""
    count = len(run.size)
    cost = Panel(out, 642, 60, 300, 250, (0, MOST_MW), (58, 94))
    sizes = [(x, f"{x}") for x in (0, 100, 200, 300)]
    cost.axes(["Cost over solar capacity, and the", "straight lines below it: cuts"], (60, 70, 80, 90), sizes)
    label(out, cost.left + cost.width, cost.top + 16, "USD per MWh of load", fill=DULL, size=14, anchor="end")
    label(out, cost.left + cost.width, cost.top + cost.height + 20, "MW", anchor="end")
    for a, b in zip(run.intercept, run.slope, strict=True):
        at = sorted(np.clip([(y - a) / b for y in cost.y_range], 0.0, MOST_MW))
        cost.path(at, [a + b * x for x in at], stroke=CUT, stroke_width=1)
    cost.path(run.curve_mw, run.curve, stroke=INK, stroke_width=2.5)
    for k, (x, y) in enumerate(zip(run.size, run.cost, strict=True)):
        element(out, "circle", cx=f"{cost.x(x):.1f}", cy=f"{cost.y(y):.1f}", r=4, fill=CUT)
        if k < NUMBERED:
            cost.words(x + 7, y + 1.0, f"{k + 1}", weight="bold", fill=CUT)
    rest = f"{NUMBERED + 1} to {count}"
    cost.words(run.size[-1], run.cost[-1] + 1.6, rest, weight="bold", fill=CUT, anchor="middle")
    both = Panel(out, 642, 404, 300, 150, (0.6, count + 0.4), (15, 92))
    ticks = [(k + 1, f"{k + 1}") for k in range(count)]
    both.axes(["The best plan found (upper) and", "what no plan undercuts (lower)"], (20, 40, 60, 80), ticks)
    xs = np.arange(1, count + 1)
    both.area(xs, run.lower, run.upper, fill="#f4dccb")
    for bound, colour in ((run.upper, INK), (run.lower, CUT)):
        both.path(xs, bound, stroke=colour, stroke_width=2.5)
        for x, y in zip(xs, bound, strict=True):
            element(out, "circle", cx=f"{both.x(x):.1f}", cy=f"{both.y(y):.1f}", r=3, fill=colour)
    both.words(count, 68, "upper bound", weight="bold", anchor="end")
    both.words(count, 50, "lower bound", weight="bold", fill=CUT, anchor="end")
    gap = 1.0 - run.lower / run.upper
    shown = ", ".join(f"{percent(gap[k])} after {k + 1}" for k in (0, count // 2, count - 1))
    label(out, both.left, 602, "evaluations; the gap is")
    label(out, both.left - 42, 624, shown, weight="bold")


def percent(gap):
    """A share in percent, to two digits."""
    return f"{100 * gap:.0f} %" if gap > 0.1 else f"{100 * gap:.2g} %"


def text():
    """The drawing."""
    case = problem()
    form = formed(case)
    best = sizing.size_form(form, gap=0.01 * GAP)
    plan = decided(case, form, best)
    run = searched(case, form, best)
    out = []
    dispatch_panels(out, case, plan, best.duals.water, best.duals.clear)
    bound_panels(out, run)
    words = description(case, plan, best, run)
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 662" role="img" aria-labelledby="title desc"'
        ' font-family="Helvetica, Arial, sans-serif">\n<title id="title">One site: water values and bounds</title>\n'
        f'<desc id="desc">{escape(words)}</desc>\n<rect width="960" height="662" fill="white"/>\n'
    )
    return head + "\n".join(out) + "\n</svg>\n"


def description(case, plan, best, run):
    """The figure in words."""
    (solar, gas), load, water = plan.source_mw, case.load_mw, best.duals.water
    store = f"{plan.store_power_mw[0]:.0f} MW and {plan.store_energy_mwh[0]:.0f} MWh"
    first, last = (percent(1.0 - run.lower[k] / run.upper[k]) for k in (0, -1))
    return (
        f"Three days of an invented site with a load of {load.min():.0f} to {load.max():.0f} MW. The plan builds"
        f" {solar:.0f} MW of solar, a connection of {plan.connection_mw:.0f} MW and a battery of {store};"
        f" {gas:.0f} MW of gas stand. The sun charges the battery by day and is partly spilled on days 1 and 3;"
        f" battery, grid and gas carry the nights. The water value lies between {water.min():.0f} and"
        f" {water.max():.0f} USD/MWh; it is constant while the battery is neither full nor empty, rises only where"
        f" it is full and falls only where it is empty. Right: with the other capacities held, the cost falls from"
        f" {run.curve[0]:.0f} USD per MWh of load without solar to {run.curve.min():.1f} and rises again to"
        f" {run.curve[-1]:.1f}. From {START_MW:.0f} MW the search makes {len(run.size)} evaluations; each gives"
        f" a straight line below the curve, and the gap between upper and lower bound closes from {first} to {last}."
    )


if __name__ == "__main__":
    if "--check" not in sys.argv:
        PATH.write_text(text(), encoding="utf-8")
    elif PATH.read_text(encoding="utf-8") != text():
        sys.exit(f"{PATH.name} is not what the solver gives: run PYTHONPATH=src python3 tools/make_power_figure.py")
