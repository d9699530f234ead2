"""How sure a plan is: draws in which it keeps its limits, its budget and its date."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gigawatt import buildout
from gigawatt.chapters.sizing import Ask
from gigawatt.record import Draws, Steps, central
from gigawatt.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Whole:
    """Draws of whole plans, made before the plan is written: its words, gates and tables rest on them.

    Parameters
    ----------
    draws : Draws
        Some of them, from which the tables of the plan are told. [-]
    figures : mapping of str to array (draw,)
        Figures of the plan made anew in every draw; dates in months from the as-of date. [unit of the figure]
    by_deadline : float or None
        Share of draws in which the chosen design keeps the deadline; None without one. [1]
    """

    draws: Draws
    figures: Mapping[str, Any]
    by_deadline: float | None

    def seen(self, spread: Any) -> Any:
        """An outcome on draws with the cost and the dates of the whole plans."""
        capex, first, full = (self.figures[x] for x in ("capex_usd", "first_power_date", "full_power_date"))
        calendar = replace(spread.calendar, first_months=first, full_months=full)
        return replace(spread, money=replace(spread.money, capex=capex), calendar=calendar)


Tell = Callable[..., Any]
ROUNDING = 1e-9


def held_ask(ask: Ask, o: Any) -> Ask:
    """What sizes the design once it is chosen: its power where that sized it, else its accelerators."""
    if o.size.binding == "power":
        return Ask(power_mw=ask.power_mw)
    return replace(ask, accelerators=central(o.size.accelerators), budget_usd=None, train=False, users=None)


def feasible(o: Any) -> Any:
    """Whether each draw has a plan that keeps the limits: supply, one server, power for what is wanted, date, cost."""
    if o.size.out_of_reach or o.supply.relief:
        return False
    finite = np.isfinite(o.calendar.full_months) & np.isfinite(o.money.lcoc_full)
    one = [np.asarray(x) >= 1.0 for x in o.size.by.values()]
    power = [np.asarray(o.size.by["power"]) * (1.0 + ROUNDING) >= o.size.accelerators] if "power" in o.size.by else []
    return np.logical_and.reduce(np.broadcast_arrays(finite, *one, *power))


def probability(s: Scenario, *, capex_usd: Any, budget_usd: Any, full_months: Any, kept: Any) -> dict[str, Any]:
    """Share of draws that keep the budget, the date, both; None where there is none. A draw without a plan keeps none.

    Parameters
    ----------
    s : Scenario
        The question. [-]
    capex_usd, budget_usd, full_months : float or array (draw,)
        Cost of the design, the budget in the same money or None, full power from the as-of date. [USD, USD, month]
    kept : bool or array (draw,)
        Whether the draw keeps the limits of the question. [-]
    """
    money = None if budget_usd is None else (np.asarray(capex_usd) <= np.asarray(budget_usd) * (1.0 + ROUNDING)) & kept
    date = None
    if s.deadline:
        date = (np.asarray(full_months) <= buildout.months_between(s.as_of.isoformat(), s.deadline.isoformat())) & kept

    def share(x: Any) -> float | None:
        return None if x is None else float(np.mean(x))

    both = None if money is None or date is None else money & date
    return {"within_budget": share(money), "by_deadline": share(date), "both": share(both)}


def quick(drawn: Steps, s: Scenario, shared: Any, tell: Tell, ask: Ask, o: Any, spread: Any) -> dict[str, Any]:
    """What the plan's own draws say, in which weather and power mix are shared."""
    assert drawn.draws is not None
    held, budget = spread, None
    if ask.budget_usd is not None:  # what binds in a draw would size it anew: the design is held to its budget
        held = tell(drawn, s, shared, held_ask(ask, o), paid=o.paid)
        budget = ask.budget_usd
    kept = feasible(held)
    n = drawn.draws.n
    chances = probability(
        s, capex_usd=held.money.capex, budget_usd=budget, full_months=held.calendar.full_months, kept=kept
    )
    return {
        "draws": n,
        "weather_years": 1,
        "remade": False,
        "infeasible_draws": n - int(np.sum(np.broadcast_to(kept, (n,)))),
        "probability": chances,
        "drivers": [],
    }
