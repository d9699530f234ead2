"""The size: what each limit allows and each target needs, in accelerators; which one binds; what is left over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gigawatt import compute, facility, finance
from gigawatt.chapters.campus import Campus
from gigawatt.chapters.machine import Machine
from gigawatt.chapters.trained import accelerators_to_train
from gigawatt.chapters.work import accelerators_to_serve
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario

LIMITS = ("power", "budget")
TARGETS = ("accelerators", "train", "serve")
WORDS = {
    "power": "the power",
    "budget": "the money",
    "accelerators": "the accelerators asked for",
    "train": "the run to train",
    "serve": "the users to serve",
}


@dataclass(frozen=True)
class Ask:
    """What sizes the campus: limits bind from above, targets from below."""

    power_mw: float | None = None
    budget_usd: Any = None
    accelerators: float | None = None
    train: bool = False
    users: float | None = None

    def without(self, name: str) -> Ask:
        """The same ask with one limit lifted."""
        return replace(self, power_mw=None) if name == "power" else replace(self, budget_usd=None)


@dataclass(frozen=True)
class Size:
    """The campus asked for, and what each limit and target says by itself. Accelerators; MW at peak."""

    accelerators: Any
    it_peak_mw: Any
    facility_peak_mw: Any
    by: dict[str, Any]
    binding: str
    run: dict[str, Any]
    too_small: str = ""  # words, where a limit does not carry even one server
    out_of_reach: str = ""  # words, where no number of accelerators reaches a target

    def allowed(self) -> Any:
        """Accelerators within all limits; None where there is none."""
        limits = [self.by[k] for k in LIMITS if k in self.by]
        return np.minimum.reduce(np.broadcast_arrays(*limits)) if limits else None


def ask_of(step: Steps, s: Scenario) -> Ask:
    """The ask of a scenario, its budget in USD of the price year."""
    budget = None
    if s.budget:
        given = step.given("budget", s.budget.amount, f"{s.budget.currency}_{s.price_year}")
        rate = step.facts.money_factor((s.budget.currency, s.price_year), ("USD", s.price_year))
        if s.budget.currency != "USD":
            fx = next(
                i
                for i in (f"fx.{s.budget.currency}.{s.price_year}", f"fx.{s.budget.currency}.latest")
                if i in step.facts
            )
            rate = step.fact(fx, unit=step.facts[fx].unit)
        budget = step(in_usd, amount=given, usd_per_unit=rate)
    return Ask(s.power_mw, budget, s.accelerators, s.train is not None, s.serve_users)


def in_usd(*, amount: Any, usd_per_unit: Any) -> Any:
    """An amount at the exchange rate of its price year.

    Parameters
    ----------
    amount : float
        Amount in its currency. [-]
    usd_per_unit : float or array
        Exchange rate. [-]

    Returns
    -------
    float or array
        Amount. [USD]
    """
    return amount * usd_per_unit


def size(step: Steps, s: Scenario, ask: Ask, m: Machine, c: Campus, blocks: list[finance.Block]) -> Size:
    """Turn every limit and target into accelerators and take the binding one."""
    by: dict[str, Any] = {}
    run: dict[str, Any] = {}
    kw = step(kilowatt, mw=m.it_mw)
    if ask.power_mw is not None:
        it = step(
            facility.it_peak_from_facility_peak,
            facility_peak_mw=step.given("power at the meter, peak", ask.power_mw, "MW"),
            pue_design_peak=c.pue_design_peak,
        )
        by["power"] = step(
            compute.accelerators_for_it_mw, it_peak_mw=it, kw_per_accelerator=kw, units_per_server=m.units_per_server
        )
    if ask.budget_usd is not None:
        affordable = step(finance.accelerators_for_budget, budget_usd=ask.budget_usd, blocks=blocks)
        by["budget"] = step(compute.whole_servers, accelerators=affordable, units_per_server=m.units_per_server)
    if ask.accelerators is not None:
        by["accelerators"] = step.given("accelerators", ask.accelerators, "accelerator")
    if ask.train:
        needed, run = accelerators_to_train(step, s, m)
        by["train"] = step(up_to_whole_servers, accelerators=needed, units_per_server=m.units_per_server)
    if ask.users is not None:
        needed = accelerators_to_serve(step, s, m, ask.users)
        by["serve"] = step(up_to_whole_servers, accelerators=needed, units_per_server=m.units_per_server)
    limits = {k: by[k] for k in LIMITS if k in by}
    targets = {k: by[k] for k in TARGETS if k in by}
    if targets:
        n = step(largest, **targets)
        binding = max(targets, key=lambda k: central(targets[k]))
    else:
        n = step(smallest, **limits)
        binding = min(limits, key=lambda k: central(limits[k]))
    too_small = ""
    if central(n) < 1.0:
        unit = central(m.units_per_server)
        too_small = f"{WORDS[binding].capitalize()} does not carry one server of {unit:.0f} {m.name}"
    n = step(at_least_one_server, accelerators=n, units_per_server=m.units_per_server)
    it_peak = step(compute.it_peak_mw, accelerators=n, kw_per_accelerator=kw)
    if binding == "power" and not too_small:  # the campus asked for, not the one rounded down to whole racks
        peak = step.given("campus power at the meter, peak", ask.power_mw, "MW")
    else:
        peak = step(facility.facility_peak_from_it_peak, it_peak_mw=it_peak, pue_design_peak=c.pue_design_peak)
    return Size(n, it_peak, peak, by, binding, run, too_small, run.get("out_of_reach", ""))


def at_least_one_server(*, accelerators: Any, units_per_server: Any) -> Any:
    """The smallest campus has one server or rack.

    Parameters
    ----------
    accelerators : float or array
        Accelerators. [-]
    units_per_server : float or array
        Accelerators per server. [-]

    Returns
    -------
    float or array
        Accelerators. [accelerator]
    """
    return np.maximum(accelerators, units_per_server)


def kilowatt(*, mw: Any) -> Any:
    """MW in kW.

    Parameters
    ----------
    mw : float or array
        Power. [MW]

    Returns
    -------
    float or array
        Power. [kW]
    """
    return mw * 1e3


def up_to_whole_servers(*, accelerators: Any, units_per_server: Any) -> Any:
    """Accelerators rounded up to whole servers or racks.

    Parameters
    ----------
    accelerators : float or array
        Needed. [-]
    units_per_server : float or array
        Accelerators per server. [-]

    Returns
    -------
    float or array
        Bought. [accelerator]
    """
    return np.ceil(np.asarray(accelerators, float) / units_per_server - 1e-9) * units_per_server


def smallest(**limits: Any) -> Any:
    """The smallest of what the limits allow.

    Parameters
    ----------
    limits : float or array
        Accelerators by limit. [accelerator]

    Returns
    -------
    float or array
        Accelerators. [accelerator]
    """
    return np.minimum.reduce(np.broadcast_arrays(*limits.values()))[()]


def largest(**targets: Any) -> Any:
    """The largest of what the targets need.

    Parameters
    ----------
    targets : float or array
        Accelerators by target. [accelerator]

    Returns
    -------
    float or array
        Accelerators. [accelerator]
    """
    return np.maximum.reduce(np.broadcast_arrays(*targets.values()))[()]
