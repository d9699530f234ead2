"""Robust choice: which strategy is best on average, in bad draws, in the worst regret, and how often at all.

Every strategy that the question allows is told on the same draws, and its cash flow by quarter gives the price that an
accelerator-hour must fetch in each. So that a late strategy is not the best for spending nothing, the hours that are
wanted before it is there are rented abroad, at what that costs beyond its own hours. In a named scenario the strategies
are weighed again on changed facts: the power design stays as chosen, the bridge is sized for the new dates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gigawatt import buildout, finance, gates
from gigawatt.chapters import bridge as bridge_plan
from gigawatt.chapters import cash_inputs, payments, strategies, sureness
from gigawatt.chapters.joint import Scales, Weighed
from gigawatt.chapters.sizing import Ask, ask_of
from gigawatt.facts import Facts
from gigawatt.plan import prepare, tell
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.uncertainty.design import Array, Bench, row
from gigawatt.uncertainty.ensemble import FAN_MONTHS
from gigawatt.uncertainty.odds import percent
from gigawatt.uncertainty.sample import Joint
from gigawatt.uncertainty.what_if import WhatIf, named

MOST_DRAWS = 200  # of each strategy in money by quarter: enough for an expectation, a P90 and shares of a few per cent
LIMIT_DRAWS = 1000  # of each strategy beside budget and date: a chance is then known to 1.6 % or better
GRID = FAN_MONTHS  # months at which the ramps are compared
MIDDLE = 0.5 * payments.QUARTER_MONTHS
RULES = {
    "expected": "best on average",
    "p90": "best in bad draws (P90)",
    "regret": "least regret over the scenarios",
    "often": "most often best",
    "limits": "likeliest to keep the limits",
}


@dataclass(frozen=True, eq=False)
class Option:
    """One strategy in all draws: what an hour costs, capital, full power; and in the scenarios.

    Parameters
    ----------
    weighed : Weighed
        On central values. [-]
    price : array (draw,)
        Price that an accelerator-hour must fetch, with what is rented abroad until the campus is there. [USD/h]
    capex_usd : array (draw,)
        Capital with the bridge. [USD]
    months : array (draw,)
        Full power, from the as-of date. [months]
    plan : array (draw,)
        Whether it is a plan at all in the draw. [-]
    regret_usd : dict of str to float
        Scenario -> what it costs beyond the best strategy there, over the life of the hardware. [USD]
    """

    weighed: Weighed
    price: Array
    capex_usd: Array
    months: Array
    plan: NDArray[np.bool_]
    regret_usd: dict[str, float]

    @property
    def words(self) -> str:
        return self.weighed.strategy.words


@dataclass(frozen=True, eq=False)
class Choice:
    """All options of a question, and which is best by which rule."""

    options: tuple[Option, ...]
    scenarios: tuple[WhatIf, ...]
    best: dict[str, int]
    share_best: Array
    within: dict[str, Array]  # limit -> share of draws that keep it, by option

    def json(self) -> dict[str, Any]:
        """As in the published schema."""
        rows = [
            {
                "strategy": o.words,
                "bridge_mw": o.weighed.bridge.mw if o.weighed.bridge else 0.0,
                "price_expected": float(np.mean(o.price)),
                "price_p10": float(np.quantile(o.price, 0.1)),
                "price_p90": float(np.quantile(o.price, 0.9)),
                "capex_p90_usd": float(np.quantile(o.capex_usd, 0.9)),
                "full_months_p50": float(np.quantile(o.months, 0.5)),
                "regret_usd": o.regret_usd,
                "worst_regret_usd": max(o.regret_usd.values(), default=None),
                "share_best": float(self.share_best[i]),
                "probability": {k: float(v[i]) for k, v in self.within.items()},
                "best": [rule for rule, j in self.best.items() if j == i],
            }
            for i, o in enumerate(self.options)
        ]
        told = [{"id": x.id, "name": x.name, "reason": x.reason} for x in self.scenarios]
        return {"rows": rows, "scenarios": told, "words": self.words, "draws": self.draws}

    @property
    def draws(self) -> int:
        """Draws of each strategy."""
        return len(self.options[0].price) if self.options else 0

    @property
    def words(self) -> list[str]:
        """What the rules choose."""
        if not self.options:
            return ["No strategy passes the gates: there is nothing to choose from."]
        by_option: dict[int, list[str]] = {}
        for rule, i in self.best.items():
            by_option.setdefault(i, []).append(RULES[rule])
        if len(by_option) == 1:
            i = next(iter(by_option))
            return [
                f"{self.options[i].words} is best by every rule, and in {percent(self.share_best[i])} of the draws."
            ]
        return [
            f"{_first_capital(', '.join(rules))}: {self.options[i].words} "
            f"(best in {percent(self.share_best[i])} of draws)."
            for i, rules in by_option.items()
        ]


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def choose(
    bench: Bench, *, draws: int = MOST_DRAWS, scenarios: Sequence[str] | None = None, scales: Scales | None = None
) -> Choice:
    """Tell every strategy on the same draws and in the named scenarios.

    Parameters
    ----------
    bench : Bench
        The question decided. [-]
    draws : int
        Draws of the question: the first of them are used, ``MOST_DRAWS`` and ``LIMIT_DRAWS``. [draw]
    scenarios : sequence of str, optional
        Ids of scenarios; all where not given. [-]
    scales : Scales, optional
        Strategies of the question that were weighed before. [-]

    Returns
    -------
    Choice

    Raises
    ------
    ScenarioError
        For unknown names of scenarios.
    """
    wanted = named(scenarios)
    d, s = bench.decision, bench.scenario.model_copy(update={"draws": min(draws, MOST_DRAWS)})
    base = scales or Scales(d.step, s, d.shared, tell, prepare)
    ask = Ask(power_mw=central(d.outcome.size.facility_peak_mw))
    weighed = [base.weigh(x, ask) for x in base.all(ask)]
    weighed = [w for w in weighed if w.answer != gates.NO]
    when = _wanted(s, weighed)
    regrets = [regret(_losses(base, bench.facts, x, weighed, ask, when)) for x in wanted]
    joint = Joint(bench.sampler(draws), np.arange(min(draws, LIMIT_DRAWS)))
    options = [
        _option(base, bench, w, joint, when, {x.id: float(r[i]) for x, r in zip(wanted, regrets, strict=True)})
        for i, w in enumerate(weighed)
    ]
    if not options:
        return Choice((), tuple(wanted), {}, np.zeros(0), {})
    prices = np.stack([o.price for o in options])
    best, often = best_by(prices, np.stack([list(o.regret_usd.values()) for o in options]) if wanted else None)
    within = _within(bench, joint, options)
    if within and np.max(within["all"]) > 0.0:
        best["limits"] = int(np.argmax(within["all"]))
    return Choice(tuple(options), tuple(wanted), best, often, within)


def _wanted(s: Scenario, weighed: Sequence[Weighed]) -> float:
    """Month from which the hours are wanted: the deadline, else when the fastest strategy is whole."""
    if s.deadline is not None:
        return buildout.months_between(s.as_of.isoformat(), s.deadline.isoformat())
    return min((w.full_months for w in weighed), default=0.0)


def regret(losses: Array) -> Array:
    """What each choice loses beyond the best one.

    Parameters
    ----------
    losses : array (option,)
        Loss of each choice in one scenario. [USD]

    Returns
    -------
    array (option,)
        At least 0. [USD]

    Examples
    --------
    >>> regret(np.array([5.0, 3.0, 9.0])).tolist()
    [2.0, 0.0, 6.0]
    """
    return np.asarray(losses - np.min(losses)) if len(losses) else np.zeros(0)


def best_by(prices: Array, regrets: Array | None) -> tuple[dict[str, int], Array]:
    """Index of the best option by each rule, and how often each is best over the draws.

    Parameters
    ----------
    prices : array (option, draw)
        What each costs in each draw; the same draws. [any unit]
    regrets : array (option, scenario) or None
        Regret in each scenario. [any unit]

    Returns
    -------
    dict of str to int, array (option,)
        Ties go to the first. [-], [1]

    Examples
    --------
    The first is best on average, the second never ruins:

    >>> prices, regrets = np.array([[1.0, 1.0, 1.0, 4.4], [2.0, 2.0, 2.0, 2.0]]), np.array([[0.0, 9.0], [1.0, 0.0]])
    >>> best, often = best_by(prices, regrets)
    >>> best, often.tolist()
    ({'expected': 0, 'p90': 1, 'regret': 1, 'often': 0}, [0.75, 0.25])

    References
    ----------
    .. [1] L. J. Savage, "The theory of statistical decision", Journal of the American Statistical Association 46
       (1951) 55-67, doi:10.1080/01621459.1951.10500768 (minimax regret).
    """
    often = np.bincount(np.argmin(prices, axis=0), minlength=len(prices)) / prices.shape[1]
    best = {
        "expected": int(np.argmin(np.mean(prices, axis=1))),
        "p90": int(np.argmin(np.quantile(prices, 0.9, axis=1))),
    }
    if regrets is not None and regrets.size:
        best["regret"] = int(np.argmin(np.max(regrets, axis=1)))
    return {**best, "often": int(np.argmax(often))}, often


def _losses(base: Scales, known: Facts, what: WhatIf, weighed: Sequence[Weighed], ask: Ask, when: float) -> Array:
    """What each strategy costs in a scenario over the life of the hardware; all that stands where no chips come."""
    if what.refused:
        return np.array([w.capex_usd - central(w.outcome.money.capex_it) for w in weighed])
    there = Scales(
        Steps(what.facts(known), base.step.price_year), base.s, base.shared(_asked(base, ask)), tell, prepare
    )
    there._shared = base._shared  # the power design is chosen before the scenario comes true
    life, out = _life_months(there), []
    for w in weighed:
        x = there.weigh(w.strategy, ask)
        rent = None if x.outcome.money.rent_abroad is None else central(x.outcome.money.rent_abroad)
        late = float(late_months(np.asarray(x.online(np.array(GRID))), when))
        out.append(float(with_rent(x.price, rent, late, life)) * x.hours)
    return np.array(out)


def _life_months(scales: Scales) -> float:
    return central(scales.step.fact("life.it", unit="month"))


def late_months(online: Array, when: float) -> Any:
    """Months by which the campus is late, each part of it by itself, up to the horizon.

    Parameters
    ----------
    online : array (..., time)
        Share of the campus on line at the times of ``GRID``. [1]
    when : float
        Month from which all of it is wanted. [months]

    Returns
    -------
    float or array (...)
        Mean over the campus. [months]
    """
    step = GRID[1] - GRID[0]
    part = np.clip((np.array(GRID) + step - when) / step, 0.0, 1.0)
    return np.sum((1.0 - np.clip(online, 0.0, 1.0)) * part, axis=-1) * step


def with_rent(price: Any, rent: Any, late: Any, life_months: float) -> Any:
    """Cost of an own hour with the hours rented until the campus is there, in so far as these are dearer.

    Parameters
    ----------
    price, rent : float or array
        Of an own hour, of one rented abroad; None where none can be had. [USD/h]
    late : float or array
        Months late, mean over the campus. [months]
    life_months : float
        Life of the hardware, in which the own hours are sold. [months]

    Returns
    -------
    float or array
        Cost of an own hour. [USD/h]

    Examples
    --------
    Five years of own hours at 3 USD, and one year late, rented at 4 USD:

    >>> float(with_rent(3.0, 4.0, 12.0, 60.0))
    3.2
    """
    return price if rent is None else price + late / life_months * np.maximum(rent - price, 0.0)


def _asked(base: Scales, ask: Ask) -> strategies.Supply:
    return next(x.supply for x in base.all(ask) if x.supply.name == strategies.ASKED)


def _option(base: Scales, bench: Bench, w: Weighed, joint: Joint, when: float, regrets: dict[str, float]) -> Option:
    """A strategy on draws: its calendar with the bridge, its cash by quarter, the price that it needs."""
    shared = replace(base.shared(w.strategy.supply), bridge=w.bridge)
    ask = sureness.held_ask(bench.decision.ask, bench.decision.outcome)  # the campus that was asked for, not its power

    def told(draws: Joint) -> tuple[Steps, Any]:
        step = Steps(bench.facts, w.question.price_year, draws)
        return step, tell(step, w.question, shared, ask)

    many, every = told(joint)[1], joint.n
    n = min(every, MOST_DRAWS)
    drawn, o = told(joint.first(n))
    question = w.question.model_copy(update={"draws": n})
    ends = payments.QUARTER_MONTHS * (1.0 + np.arange(payments.MOST_QUARTERS))
    middle = np.concatenate([[-1e6], ends + MIDDLE])
    added = np.diff(buildout.online_mw(middle, **o.calendar.ramp), axis=-1) / o.calendar.ramp["full_mw"]
    given = cash_inputs.inputs(drawn, question, base.site, o, ends, added)
    i = bridge_plan.in_cash(drawn, question, base.site, given, ends, w.bridge, o)
    book = finance.ledger(blocks=i.blocks, sales=i.sales, terms=i.terms)
    price = finance.required_price(
        book=book,
        sales=i.sales,
        terms=i.terms,
        price_path=finance.real_path(book=book),
        return_per_year=i.equity_return,
        levered=True,
    )
    online = buildout.online_mw(np.array(GRID), **o.calendar.ramp) / o.calendar.ramp["full_mw"]
    price = with_rent(price, o.money.rent_abroad, late_months(online, when), _life_months(base))
    plan = np.broadcast_to(sureness.feasible(many), (every,))
    return Option(w, row(price, n), row(many.money.capex, every), row(many.calendar.full_months, every), plan, regrets)


def _within(bench: Bench, joint: Joint, options: Sequence[Option]) -> dict[str, Array]:
    """Share of draws of each option that keep budget, date, both; a draw without a plan keeps none."""
    s = bench.scenario
    budget = ask_of(Steps(bench.facts, s.price_year, joint), s).budget_usd  # at the exchange rate of the draw
    held: dict[str, list[Any]] = {}
    for o in options:
        kept = []
        if budget is not None:
            kept.append(o.plan & (o.capex_usd <= budget * (1.0 + sureness.ROUNDING)))
            held.setdefault("within_budget", []).append(np.mean(kept[-1]))
        if s.deadline is not None:
            kept.append(o.plan & (o.months <= buildout.months_between(s.as_of.isoformat(), s.deadline.isoformat())))
            held.setdefault("by_deadline", []).append(np.mean(kept[-1]))
        if kept:
            held.setdefault("all", []).append(np.mean(np.logical_and.reduce(kept)))
    return {k: np.array(v) for k, v in held.items()}
