"""What a plan over the phases costs at other prices and in phases of other lengths, what is built and run held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gigawatt.units import HOURS_PER_YEAR

from .phases import PhasedAnswer, PhasedProblem, costs, discounted_years, resale_usd_per_mw


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Money of a plan, by what is built and by what runs; present value at the start.

    Parameters
    ----------
    built_usd, resale_usd : dict of str to array (draw,)
        By capacity: coming, standing and going, resale taken off; the resale in it. [USD]
    running_usd : dict of str to array (draw,)
        By plant, over all phases. [USD]
    running_mwh : dict of str to array (draw,)
        Energy by plant, each MWh at its present value. [MWh]
    bridging_usd, bridging_mwh : dict of str to array (draw,)
        The same without the last phase. [USD, MWh]
    served_mwh : array (draw,)
        Load served, each MWh at its present value. [MWh]
    """

    built_usd: dict[str, Any]
    resale_usd: dict[str, Any]
    running_usd: dict[str, Any]
    running_mwh: dict[str, Any]
    bridging_usd: dict[str, Any]
    bridging_mwh: dict[str, Any]
    served_mwh: Any

    @property
    def supply_usd(self) -> Any:
        """Everything but load that is not served. [USD]"""
        return sum(self.built_usd.values()) + sum(self.running_usd.values())


def held(problem: PhasedProblem, answer: PhasedAnswer) -> Held:
    """A plan at the prices of a problem, what it builds, runs and serves held.

    Parameters
    ----------
    problem : PhasedProblem
        Its prices, rate and lengths of phases are numbers or arrays over draws, years (draw, phase); limits, load and
        availability are not asked. [-]
    answer : PhasedAnswer
        The plan, of a problem with the same parts and as many phases. [-]

    Returns
    -------
    Held
        At the prices that the plan was made for, its cost. [USD]
    """
    years = np.atleast_2d(problem.years)
    rate = np.atleast_1d(problem.rate_per_year)[:, None]
    end = np.cumsum(years, axis=1)
    begin = end - years
    weight = discounted_years(start_year=begin, years=years, rate_per_year=rate)
    comes, goes = (1.0 + rate) ** -begin, (1.0 + rate) ** -end
    parts: dict[str, Any] = {name: rest for name, *rest in costs(problem)}
    built: dict[str, Any] = {}
    resale: dict[str, Any] = {}
    for b in answer.built:
        part, capex, fixed, removal = parts[b.name]
        used = resale_usd_per_mw(
            capex_usd_per_mw=capex,
            resale_share=part.resale_share,
            age_years=end[:, b.last] - begin[:, b.first],
            life_years=part.life_years,
        )
        sold = b.mw * goes[:, b.last] * used
        gone = goes[:, b.last] * removal if b.last < years.shape[1] - 1 else 0.0
        paid = b.mw * (comes[:, b.first] * capex + weight[:, b.first : b.last + 1].sum(axis=1) * fixed + gone)
        built[b.name] = built.get(b.name, 0.0) + paid - sold
        resale[b.name] = resale.get(b.name, 0.0) + sold
    price = {p.name: p.variable_usd_per_mwh for p in problem.plants}
    hours = HOURS_PER_YEAR / (np.shape(problem.load_mw)[1] * problem.step_hours)
    none = np.zeros(len(weight))
    usd, mwh = {n: none for n in price}, {n: none for n in price}
    early_usd, early_mwh, served = dict(usd), dict(mwh), none
    for p, account in enumerate(answer.accounts):
        if account is None:
            continue
        worth = hours * weight[:, p]
        served = served + worth * account.served_mwh_per_year
        for line in (x for x in account.lines if x.name in price):
            energy = worth * line.mwh_per_year
            money = energy * np.asarray(price[line.name], float)
            usd[line.name], mwh[line.name] = usd[line.name] + money, mwh[line.name] + energy
            if p < len(answer.accounts) - 1:
                early_usd[line.name] = early_usd[line.name] + money
                early_mwh[line.name] = early_mwh[line.name] + energy
    return Held(built, resale, usd, mwh, early_usd, early_mwh, served)
