"""The order book: what must be ordered by when, for how much, and what is at risk before each gate opens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gigawatt import buildout
from gigawatt.buildout import Order
from gigawatt.chapters import arithmetic
from gigawatt.chapters.durations import NEW_PLANT, Lead
from gigawatt.chapters.place import Site
from gigawatt.chapters.words import spread_of
from gigawatt.figures import show
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario

QUARTER_MONTHS = 3.0
QUARTERS = 80
SHELL_PARTS = {"transformers": "transformer_first", "switchgear": "switchgear", "cooling": "cooling"}
LATER = ("building", "switchgear", "cooling", "racks")  # what the further halls need too, quarter by quarter
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
TERMS = {"transformers_last": "transformers"}
BASIS = (
    "Orders are as late as the dates allow; the cash flow draws each block over a fixed time before it comes on line, "
    "so that cash paid by a quarter may be more or less than what is at risk here. Both add up to the same bill"
)
UNASKED = "plants"  # the task, in no network, of plants that nothing waits for


@dataclass(frozen=True)
class _Item:
    """What is bought: its terms, task, price and that price in the draws."""

    id: str
    task: str
    usd: Any
    draws: Any
    part: str = ""

    @property
    def label(self) -> str:
        name = LABELS[self.id]
        return f"{name}, {self.part}" if self.part else name


def tables(step: Steps, s: Scenario, site: Site, o: Any, spread: Any) -> dict[str, Any]:
    """Order book and exposure, on the latest dates that move neither first nor full power."""
    if not np.isfinite(central(o.calendar.full_months)):  # without a last date there is no latest order
        return {"order_book": [], "exposure": {"quarters": [], "gates": [], "words": "", "basis": ""}}
    late = {**_late_starts(o), **_unasked(Lead(step, s, site), o)}
    first_share = min(central(o.calendar.ramp["first_hall_mw"]) / central(o.size.facility_peak_mw), 1.0)
    items = list(_items(step, o, spread, first_share))
    book = [(item, list(_orders(step, o, item, late, first_share))) for item in items]
    book = [(item, orders) for item, orders in book if orders]
    book.sort(key=lambda pair: min(x.order_month for x in pair[1]))
    return {
        "order_book": [_row(s, spread, item, orders) for item, orders in book],
        "exposure": _exposure(step, s, o, spread, [x for _, orders in book for x in orders]),
    }


def _late_starts(o: Any) -> dict[str, tuple[float, float]]:
    """Latest start and end of every task: first power holds for what leads to it, full power for the rest.

    Land is paid when site control starts in the schedule, and a stage of the connection is needed when it goes live
    there: halls and tasks beside it count on these dates.
    """
    found: dict[str, tuple[float, float]] = {}
    for plan in (o.calendar.schedule, o.calendar.first_schedule):
        lasting = plan.end_months - plan.start_months
        for i, task in enumerate(plan.ids):
            begin = float(plan.late_start_months[..., i])
            found[task] = (begin, begin + float(lasting[..., i]))
    plan = o.calendar.schedule
    scheduled = ["site_control", *(x.id for x in o.calendar.stages if x.from_grid)]
    for task in (t for t in scheduled if t in plan.ids):
        end, (late_begin, late_end) = float(plan.end_of(task)), found[task]
        found[task] = (end - (late_end - late_begin), end)
    return found


def _unasked(lead: Lead, o: Any) -> dict[str, tuple[float, float]]:
    """Plants that pay but that nothing waits for: built by full power, as the slowest of them takes."""
    end = central(o.calendar.full_months)
    new = [n for n in o.supply.plants if n in NEW_PLANT and n != o.supply.contract]
    months = max((central(lead(NEW_PLANT[n])) for n in new), default=central(lead("backup_generator")))
    return {UNASKED: (max(end - months, 0.0), end)}


def _items(step: Steps, o: Any, spread: Any, first_share: float) -> Iterator[_Item]:
    """Everything on the bill, by what it is ordered as."""
    bill, drawn = o.money.bill, spread.money.bill

    def price(*blocks: str) -> tuple[Any, Any]:
        usd = step(ordered_usd, bill=bill, names=blocks)
        return usd, ordered_usd(bill=drawn, names=blocks)

    def part(of: tuple[Any, Any], share: Any) -> tuple[Any, Any]:
        return step(arithmetic.share_of, value=of[0], share=share), of[1] * central(share)

    yield _Item("land", "site_control", *price("land"))
    shell = price("shell")
    shares = {k: step.fact(f"order.share.{k}", unit="1") for k in (*SHELL_PARTS, "generators")}
    transformers = part(shell, shares["transformers"])
    if any(t.id == "transformer_first" for t in o.calendar.tasks):
        yield _Item("transformers", "transformer_first", *part(transformers, first_share), "first")
        yield _Item("transformers_last", "transformer", *part(transformers, 1.0 - first_share))
    else:  # without a new connection they step down to the halls and come with the switchgear
        yield _Item("transformers", "switchgear", *transformers)
    yield _Item("generators", "generators", *part(shell, shares["generators"]))
    rest = step(left_of, shares=tuple(shares.values()))
    whole = {
        "switchgear": part(shell, shares["switchgear"]),
        "cooling": part(shell, shares["cooling"]),
        "building": part(shell, rest),
        "racks": price("accelerators", "network_and_storage"),
    }
    tasks = {"switchgear": "switchgear", "cooling": "cooling", "building": "shell", "racks": "racks"}
    for name, usd in whole.items():
        yield _Item(name, tasks[name], *part(usd, first_share), "first hall")
        if first_share < 1.0:
            yield _Item(name, tasks[name], *part(usd, 1.0 - first_share), "further halls")
    yield from _power_items(o, price("grid"), price("power_plant"))


def _power_items(o: Any, grid: tuple[Any, Any], plant: tuple[Any, Any]) -> Iterator[_Item]:
    """The connection by stage, and plants by the task that builds them."""
    new = [x for x in o.calendar.stages if x.from_grid and not x.in_place]
    total = sum(x.added_mw for x in new)
    for x in new:
        stage = x.label.partition(", ")[2]
        yield _Item("grid", x.id, grid[0] * x.added_mw / total, grid[1] * x.added_mw / total, stage)
    ids = [t.id for t in o.calendar.tasks]
    plants = [i for i in ids if i.endswith("_plant") and i != "restart_plant"]  # its price pays for a restart
    gas = [x for x in o.calendar.stages if not x.from_grid and not x.after]
    makers = [(i, "plant") for i in plants] + [(x.id, "gas" if x.id.startswith("gas") else "plant") for x in gas]
    if not makers:
        yield _Item("plant", UNASKED, *plant, "that no date waits for")
    for task, kind in makers:  # the bill has one sum for all plants: it is shared evenly
        yield _Item(kind, task, plant[0] / len(makers), plant[1] / len(makers), "" if len(makers) == 1 else task)


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


def left_of(*, shares: tuple[Any, ...]) -> Any:
    """What is left of a whole after its parts; nothing where they exceed it.

    Parameters
    ----------
    shares : tuple of float or array
        Parts. [1]

    Returns
    -------
    float or array
        Rest. [1]
    """
    return np.maximum(1.0 - sum(shares), 0.0)


def _orders(
    step: Steps, o: Any, item: _Item, late: dict[str, tuple[float, float]], first_share: float
) -> Iterator[Order]:
    """One order, or for the further halls one a quarter as their power comes on line."""
    terms = TERMS.get(item.id, item.id)
    usd = central(item.usd)
    if usd <= 0 or item.task not in late:
        return
    deposit = step.fact(f"order.deposit.{terms}", unit="1")
    owed = step.fact(f"order.owed_half_way.{terms}", unit="1")
    begin, end = late[item.task]
    if item.id == "grid":  # all stages are signed with the contract
        begin = min(late["grid_study"][1], begin)
    if item.id == "building":  # the contract runs through the fit-out
        end = late["fit_out"][1]
    if item.part != "further halls":
        yield Order(item.id, item.label, item.task, begin, end, usd, float(deposit), float(owed))
        return
    lead = end - begin
    full = central(o.size.facility_peak_mw)
    months = np.arange(1, QUARTERS + 1) * QUARTER_MONTHS
    online = buildout.online_mw(months, **o.calendar.ramp)
    shares, when = buildout.tranches(
        online_mw=np.maximum(online - first_share * full, 0.0), months=months, full_mw=full * (1.0 - first_share)
    )
    for share, month in zip(shares.tolist(), when.tolist(), strict=True):
        needed = max(month - QUARTER_MONTHS, end)
        yield Order(
            item.id, item.label, "halls", max(needed - lead, begin), needed, usd * share, float(deposit), float(owed)
        )


def _row(s: Scenario, spread: Any, item: _Item, orders: list[Order]) -> dict[str, Any]:
    """One line of the order book."""
    as_of = s.as_of.isoformat()
    begin, end = min(x.order_month for x in orders), min(x.delivery_month for x in orders)
    last = max(x.order_month for x in orders)
    drawn = next((t.duration_months for t in spread.calendar.tasks if t.id == item.task), 0.0)
    slow = float(buildout.quantiles(drawn, (0.9,))[0])
    usd, (low, high) = central(item.usd), spread_of(item.draws)
    first = orders[0]
    return {
        "item": item.id,
        "label": item.label,
        "task": item.task,
        "order_by": buildout.add_months(as_of, begin),
        "order_by_safe": buildout.add_months(as_of, max(min(begin, end - slow), 0.0)),
        "last_order": buildout.add_months(as_of, last) if last > begin else None,
        "needed_by": buildout.add_months(as_of, end),
        "lead_months": end - begin,
        "usd": usd,
        "low": min(low, usd),
        "high": max(high, usd),
        "deposit_usd": usd * first.deposit,
        "owed_half_way_usd": usd * first.owed_half_way,
        "class": next((t.fact_class for t in spread.calendar.tasks if t.id == item.task), "C"),
    }


def _exposure(step: Steps, s: Scenario, o: Any, spread: Any, orders: list[Order]) -> dict[str, Any]:
    """Cash at risk by quarter and before each gate, and in words."""
    as_of = s.as_of.isoformat()
    last = max((x.delivery_month for x in orders), default=0.0)
    names, months = buildout.quarter_ends(as_of, int(np.ceil(last / QUARTER_MONTHS)) + 1)
    owed = np.sum(buildout.at_risk_usd(orders, months), axis=0)
    placed = np.array([sum(x.usd for x in orders if x.order_month <= m) for m in months])
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
