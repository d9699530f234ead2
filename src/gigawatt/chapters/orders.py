"""The order book: what must be ordered by when, for how much, and what is at risk before each gate opens."""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt import buildout
from gigawatt.buildout import Order
from gigawatt.chapters import bridge as bridges
from gigawatt.chapters.durations import Lead
from gigawatt.chapters.payments import KINDS, Line, quarter_grid
from gigawatt.chapters.place import Site
from gigawatt.chapters.words import spread_of
from gigawatt.figures import show
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario

LABELS = {
    "land": "land",
    "grid": "grid connection",
    "transformers": "transformers",
    "transformers_last": "transformers, last",
    "switchgear": "switchgear and power distribution",
    "generators": "backup generators",
    "cooling": "cooling plant",
    "building": "building and fit-out",
    "racks": "accelerators, network and storage",
    "gas": "gas engines or turbines",
    "plant": "power plants",
}
BASIS = (
    "Orders are as late as the dates allow. What is owed should an order be cancelled is what has been paid on it: "
    "cash at risk, draw-down of capital and interest during construction follow one schedule"
)


def tables(
    step: Steps, s: Scenario, site: Site, o: Any, spread: Any, bridge: bridges.Bridge | None = None
) -> dict[str, Any]:
    """Order book and exposure, on the latest dates that move neither first nor full power."""
    book = [_row(s, spread, line, *_priced(step, line, o, spread)) for line in o.paid.lines] + _bridge_rows(
        step, s, site, bridge
    )
    found = [(row, orders) for row, orders in book if row["usd"] != 0.0]
    found.sort(key=lambda pair: min(x.order_month for x in pair[1]))
    if not found:  # without a last date there is no latest order
        return {"order_book": [], "exposure": {"quarters": [], "gates": [], "words": "", "basis": ""}}
    orders = [x for _, placed in found for x in placed]
    return {"order_book": [row for row, _ in found], "exposure": _exposure(step, s, o, spread, orders)}


def _label(line: Line) -> str:
    name = LABELS[line.item]
    return f"{name}, {line.part}" if line.part else name


def _priced(step: Steps, line: Line, o: Any, spread: Any) -> tuple[float, Any]:
    """What a line costs, and in the draws."""
    blocks = KINDS[line.kind]
    usd = central(step(ordered_usd, bill=o.money.bill, names=blocks))
    return usd * line.share, ordered_usd(bill=spread.money.bill, names=blocks) * line.share


def ordered_usd(*, bill: Any, names: tuple[str, ...]) -> Any:
    """Price of some blocks of the bill with all that comes on top but interest.

    Parameters
    ----------
    bill : Bill
        The bill. [USD]
    names : tuple of str
        Blocks. [-]

    Returns
    -------
    float or array
        Price. [USD]
    """
    return sum(b.total_usd - b.interest_usd for b in bill.blocks if b.name in names)


def _row(s: Scenario, spread: Any, line: Line, usd: float, draws: Any) -> tuple[dict[str, Any], list[Order]]:
    """One line of the order book, with its orders."""
    as_of, orders = s.as_of.isoformat(), line.orders(usd, _label(line))
    begin, end = min(x.order_month for x in orders), min(x.delivery_month for x in orders)
    last = max(x.order_month for x in orders)
    drawn = next((t.duration_months for t in spread.calendar.tasks if t.id == line.task), 0.0)
    slow = float(buildout.quantiles(drawn, (0.9,))[0])
    low, high = spread_of(draws)
    return {
        "item": line.item,
        "label": _label(line),
        "task": line.task,
        "order_by": buildout.add_months(as_of, begin),
        "order_by_safe": buildout.add_months(as_of, max(min(begin, end - slow), 0.0)),
        "last_order": buildout.add_months(as_of, last) if last > begin else None,
        "needed_by": buildout.add_months(as_of, end),
        "lead_months": end - begin,
        "usd": usd,
        "low": min(low, usd),
        "high": max(high, usd),
        "deposit_usd": usd * line.deposit,
        "owed_half_way_usd": usd * line.owed_half_way,
        "class": next((t.fact_class for t in spread.calendar.tasks if t.id == line.task), "C"),
    }, orders


def _bridge_rows(
    step: Steps, s: Scenario, site: Site, bridge: bridges.Bridge | None
) -> list[tuple[dict[str, Any], list[Order]]]:
    """The bridge's machines, and the sets that need not be bought beside them."""
    as_of, lead = s.as_of.isoformat(), Lead(step.aside(), s, site)
    found = []
    for lot in bridge.bought if bridge else ():
        x = bridges.lot_order(lead, lot)
        begin, end = (buildout.add_months(as_of, m) for m in (x.order_month, x.delivery_month))
        row = {"item": x.id, "label": x.label, "task": x.task, "order_by": begin, "order_by_safe": begin}
        row |= {"last_order": None, "needed_by": end, "lead_months": x.delivery_month - x.order_month}
        row |= dict.fromkeys(("usd", "low", "high"), x.usd)
        row |= {"deposit_usd": x.usd * x.deposit, "owed_half_way_usd": x.usd * x.owed_half_way, "class": "C"}
        found.append((row, [x]))
    return found


def paid_by_quarter(o: Any, usd: dict[str, float], orders: list[Order], ends: Any) -> Any:
    """What has been paid by the end of each quarter, which is what cancelling everything costs then.

    Parameters
    ----------
    o : Outcome
        With the payment schedule. [1]
    usd : dict
        Cost by kind of payment, without interest. [USD]
    orders : list of Order
        Those of the bridge, which are in no schedule. [USD]
    ends : array (quarter,)
        Ends of the quarters. [month]

    Returns
    -------
    array (quarter,)
        Paid so far. [USD]
    """
    total = np.zeros(len(ends))
    for kind, cost in usd.items():
        total += cost * np.cumsum(o.paid.by_quarter[kind].sum(axis=0))[: len(ends)]
    for x in orders:
        total += buildout.at_risk_usd([x], ends)[0]
    return total


def _exposure(step: Steps, s: Scenario, o: Any, spread: Any, orders: list[Order]) -> dict[str, Any]:
    """Cash at risk by quarter and before each gate, and in words."""
    last = max(x.delivery_month for x in orders)
    names, ends = quarter_grid(s)
    count = min(int(np.searchsorted(ends, last)) + 2, len(ends))
    names, ends = names[:count], ends[:count]
    usd = {kind: central(ordered_usd(bill=o.money.bill, names=blocks)) for kind, blocks in KINDS.items()}
    beside = [x for x in orders if x.id.startswith("bridge_")]
    owed = paid_by_quarter(o, usd, beside, ends)
    placed = np.array([sum(x.usd for x in orders if x.order_month <= m) for m in ends])
    gates = [g for i, words in buildout.GATES.items() if (g := _gate(step, s, o, spread, orders, i, words)) is not None]
    gates.sort(key=lambda g: g["date"] or "9999")
    return {
        "quarters": [
            {"quarter": q, "ordered_usd": float(a), "at_risk_usd": float(b)}
            for q, a, b in zip(names, placed, owed, strict=True)
        ],
        "gates": gates,
        "words": _sentence(s, gates),
        "basis": BASIS,
    }


def _gate(
    step: Steps, s: Scenario, o: Any, spread: Any, orders: list[Order], task: str, words: str
) -> dict[str, Any] | None:
    """What is at risk on the day a gate opens, and when it opens late; None where there is nothing to wait for.

    What the network has wait for the gate is not ordered before it; and nothing more is ordered once it is late.
    """
    plan, drawn = o.calendar.schedule, spread.calendar.schedule
    if task not in plan.ids or float(plan.end_of(task)) <= 0.0:
        return None
    month = float(plan.end_of(task))
    late = drawn.end_of(task) if task in drawn.ids else plan.end_of(task)
    waiting = buildout.followers(o.calendar.tasks, task)
    early = tuple(x for x in orders if x.task not in waiting and x.order_month <= month)
    usd = step(buildout.at_risk_before_usd, orders=early, gate_months=month)
    high = float(np.quantile(buildout.at_risk_before_usd(early, late), 0.9))
    as_of = s.as_of.isoformat()
    return {
        "gate": task,
        "words": words,
        "date": buildout.add_months(as_of, month),
        "date_p90": buildout.add_months(as_of, float(buildout.quantiles(late, (0.9,))[0])),
        "at_risk_usd": float(usd),
        "at_risk_p90_usd": max(high, float(usd)),
    }


def _sentence(s: Scenario, gates: list[dict[str, Any]]) -> str:
    """What a minister has to know: how much is at risk before which gate."""
    worst = max(gates, key=lambda g: (g["at_risk_usd"], g["at_risk_p90_usd"]), default=None)
    unit = f"USD_{s.price_year}"
    if worst is None or worst["at_risk_p90_usd"] <= 0:
        return "No order need be placed before the gates are open"
    now, later = (show(worst[k], None, None, unit) for k in ("at_risk_usd", "at_risk_p90_usd"))
    late = f"{later} where it comes late, by {worst['date_p90'][:7]}"
    if worst["at_risk_usd"] <= 0:
        return f"Nothing is at risk before {worst['words']}, if it comes by {worst['date'][:7]}; {late}"
    return f"By {worst['date'][:7]}, before {worst['words']}, {now} are at risk; {late}"
