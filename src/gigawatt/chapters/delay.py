"""What a delay costs, by when it strikes: capital committed by then, value lost, margin lost, less cheaper chips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gigawatt import buildout, finance, fleet
from gigawatt.chapters import arithmetic, payments
from gigawatt.chapters.calendar import Calendar
from gigawatt.chapters.money import MODELS, Money, Rates
from gigawatt.chapters.place import Site
from gigawatt.chapters.words import spread_of
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.units import in_percent

MONTHS = (1, 3, 6, 12, 24)
AHEAD = 32  # months of build-out looked at beyond the moment of the delay
MOMENTS = {
    "ground": "before ground is broken: permits, financing or land late",
    "half": "half way through construction: works stopped, equipment late",
    "chips": "shell and power ready, accelerators late: licence or vendor",
    "power": "shell ready, first racks delivered, power late",
    "bought": "everything built and bought before power is there",
}
LEAST_SHARE = 0.005  # a share that would be printed as nought is not worth a clause
WAITING_PAYS = " Below nothing: hardware not yet ordered gets cheaper faster than the wait costs."


@dataclass(frozen=True)
class Terms:
    """What a delay is priced with; central or draws."""

    shell_usd: Any
    hardware_usd: Any
    capex_usd: Any
    opex_usd_per_year: Any
    hours_per_month: Any
    price: Any
    full_cost: Any
    rate_shell: Any
    rate_it: Any
    value_decline: Any
    price_decline: Any
    deposit: Any
    early_share: Any
    fixed_price_share: Any
    grace: Any
    long_stop: Any
    drawdown: Any
    order: Any


def terms(step: Steps, s: Scenario, site: Site, m: Money, r: Rates, laid: Any) -> Terms:
    """Collect them from the money of the plan, its layout (size, calendar, payments) and the facts."""
    hours = step(arithmetic.hours_sold, accelerators=laid.size.accelerators, sold_fraction=m.utilisation)
    longer = payments.stretch(laid.paid, laid.calendar).get(payments.SHELL, 1.0) if step.draws else 1.0
    return Terms(
        shell_usd=m.capex_shell_power,
        hardware_usd=m.capex_it,
        capex_usd=m.capex,
        opex_usd_per_year=m.opex_per_year,
        hours_per_month=step(arithmetic.per_month, value=hours),
        price=m.lcoc_sold if m.market is None else m.market,
        full_cost=m.lcoc_sold,
        rate_shell=r.shell,
        rate_it=r.it,
        value_decline=step.fact("fleet.value_decline", unit="1/year"),
        price_decline=step.fact("fleet.price_decline", unit="1/year"),
        deposit=step.fact("order.deposit.racks", unit="1"),
        early_share=step.fact("delay.early_share", unit="1"),
        fixed_price_share=step.fact(f"delay.fixed_price.{MODELS[s.operating_model]}", unit="1"),
        grace=step.fact("delay.grace", unit="month"),
        long_stop=step.fact("delay.long_stop", unit="month"),
        drawdown=step(payments.shell_months, paid=laid.paid, stretch=longer, facts=laid.paid.facts),
        order=step.fact(*site.ids("lead.racks.{}"), unit="month"),
    )


def one_month(step: Steps, calendar: Calendar, t: Terms) -> finance.Delay:
    """One month without power when the shell is ready and the first racks are there."""
    c = step(committed, first_months=calendar.first_months, ramp=calendar.ramp, terms=t, moment="power", months=1)
    return step(priced, terms=t, committed=c, fixed_price_share=t.fixed_price_share, months=1)


def foreseen(step: Steps, calendar: Calendar, t: Terms) -> finance.Delay:
    """One month of waiting that is known before ground is broken: nothing stands idle, no price is fixed yet."""
    c = step(committed, first_months=calendar.first_months, ramp=calendar.ramp, terms=t, moment="ground", months=1)
    return step(priced, terms=t, committed=c, fixed_price_share=0.0, months=1)


def committed(*, first_months: Any, ramp: dict[str, Any], terms: Terms, moment: str, months: int) -> fleet.Committed:
    """Shares of shell and of hardware that are paid, on site, on order or not yet ordered when a delay strikes.

    Parameters
    ----------
    first_months : float or array
        First power. [month]
    ramp : dict
        When power and halls come, as `buildout.online_mw` takes them. [MW, month]
    terms : Terms
        Draw-down of shells, delivery time of hardware, share paid before ground is broken. [month, -]
    moment : str
        One of `MOMENTS`. [-]
    months : int
        Months of delay. [month]

    Returns
    -------
    Committed
        Shares. [-]
    """
    first = np.asarray(first_months, float)
    none = np.zeros((*first.shape, months))
    if moment == "ground":
        return fleet.Committed(terms.early_share + 0.0 * first, none, none, 1.0 + 0.0 * first)
    if moment == "bought":
        return fleet.Committed(1.0 + 0.0 * first, none + 1.0, none, 0.0 * first)
    first = np.broadcast_arrays(first, terms.drawdown, terms.order)[0]  # one date may stand beside many draw-downs
    at = first - (0.5 * np.asarray(terms.drawdown) if moment == "half" else 0.0)
    ahead = ramp | {
        "first_hall_months": np.asarray(ramp["first_hall_months"]) - at,
        "stage_months": np.asarray(ramp["stage_months"]) - at[..., None],
    }
    horizon = max(AHEAD, months)
    coming = buildout.online_mw(np.arange(float(horizon)), **ahead)
    found = fleet.committed_at(
        coming_mw=np.broadcast_to(coming, (*first.shape, horizon)),
        full_mw=float(ramp["full_mw"]),
        months=months,
        drawdown_months=np.broadcast_to(terms.drawdown, first.shape),
        order_months=np.broadcast_to(terms.order, first.shape),
    )
    if moment == "chips":  # what is on order does not come
        return fleet.Committed(found.shell, none, found.hardware + found.on_order, found.unordered)
    return found


def priced(*, terms: Terms, committed: fleet.Committed, fixed_price_share: Any, months: int) -> finance.Delay:
    """`finance.cost_of_delay` of shares of this campus.

    Parameters
    ----------
    terms : Terms
        Money, rates and contracts. [USD, 1/year, -]
    committed : Committed
        Shares of shell and hardware. [-]
    fixed_price_share : float or array
        Share of hours under a price fixed before the delay. [-]
    months : int
        Months of delay. [month]

    Returns
    -------
    Delay
        By cause. [USD]
    """
    t = terms
    shell = (np.asarray(t.shell_usd) * committed.shell)[..., None]
    hardware_usd = np.asarray(t.hardware_usd)[..., None]
    on_site = hardware_usd * committed.hardware[..., :months]
    paid = on_site + hardware_usd * committed.on_order[..., :months] * np.clip(t.deposit, 0.0, 1.0)[..., None]
    whole = shell + paid
    rate = shell * np.asarray(t.rate_shell)[..., None] + paid * np.asarray(t.rate_it)[..., None]
    standing = np.asarray(t.opex_usd_per_year / t.capex_usd)[..., None] * (shell + on_site) / finance.MONTHS_PER_YEAR
    return finance.cost_of_delay(
        committed_usd=whole,
        idle_hardware_usd=on_site,
        unordered_hardware_usd=t.hardware_usd * committed.unordered,
        rate_per_year=np.mean(rate, axis=-1) / np.maximum(np.mean(whole, axis=-1), 1.0),
        value_decline_per_year=t.value_decline,
        price_decline_per_year=t.price_decline,
        standing_usd_per_month=standing,
        contracted_hours_per_month=t.hours_per_month,
        price_usd_per_accelerator_hour=t.price,
        lcoc_usd_per_accelerator_hour=t.full_cost,
        fixed_price_share=fixed_price_share,
        grace_months=t.grace,
        long_stop_months=t.long_stop,
    )


def table(step: Steps, drawn: Steps, s: Scenario, site: Site, o: Any, spread: Any) -> dict[str, Any]:
    """Cost by moment and by months, central with P10 and P90, and the published way of pricing beside it."""
    mid = terms(step, s, site, o.money, o.rates, o)
    draws = terms(drawn, s, site, spread.money, spread.rates, spread)
    rows = [row for moment in MOMENTS for row in _rows(moment, mid, draws, o.calendar, spread.calendar)]
    n = central(o.size.accelerators)
    published = {
        "usd_per_accelerator_hour": step.fact("delay.published_rent", unit="USD/h"),
        "rate_per_year": step.fact("delay.published_rate", unit="1/year"),
    }
    naive = [
        {"months": m, "usd": float(finance.rental_of_idle_accelerators(accelerators=n, months=m, **published))}
        for m in MONTHS
    ]
    at_first = committed(
        first_months=o.calendar.first_months, ramp=o.calendar.ramp, terms=mid, moment="power", months=1
    )
    return {
        "rows": rows,
        "moments": MOMENTS,
        "per_month_usd": float(o.delay.total_usd),
        "naive": naive,
        "shell_paid_share": float(at_first.shell),
        "hardware_on_site_share": float(at_first.hardware[..., 0]),
        "hardware_not_ordered_share": float(at_first.unordered),
        "words": _words(rows, naive, at_first),
    }


def _rows(moment: str, mid: Terms, draws: Terms, calendar: Calendar, drawn: Calendar) -> list[dict[str, Any]]:
    """Delays at one moment: causes, total and its range. Nobody has fixed a price before ground is broken."""
    pairs = ((mid, calendar), (draws, drawn))
    shares = [
        committed(first_months=c.first_months, ramp=c.ramp, terms=t, moment=moment, months=max(MONTHS))
        for t, c in pairs
    ]
    rows = []
    for months in MONTHS:
        d, spread = (
            priced(
                terms=t,
                committed=c,
                fixed_price_share=0.0 if moment == "ground" else t.fixed_price_share,
                months=months,
            )
            for t, c in zip((mid, draws), shares, strict=True)
        )
        low, high = spread_of(spread.total_usd)
        total = float(d.total_usd)
        rows.append(
            {
                "moment": moment,
                "months": months,
                "carry_usd": float(d.carry_usd),
                "ageing_usd": float(d.ageing_usd),
                "standing_usd": float(d.standing_usd),
                "margin_usd": float(d.margin_usd),
                "cheaper_usd": -float(d.cheaper_usd),
                "usd": total,
                "low": min(low, total),
                "high": max(high, total),
            }
        )
    return rows


def _words(rows: list[dict[str, Any]], naive: list[dict[str, Any]], at_first: fleet.Committed) -> str:
    """What the table says, in two sentences."""
    year = {r["moment"]: r["usd"] for r in rows if r["months"] == 12}
    pays = any(r["usd"] < 0 for r in rows)
    half = next(r for r in rows if r["moment"] == "half" and r["months"] == 12)
    rent = next(x["usd"] for x in naive if x["months"] == 12)
    found = {**year, "low": half["low"], "high": half["high"], "rent": rent}
    scale, unit = (1e9, "bn") if max(map(abs, found.values())) >= 1e9 else (1e6, "M")
    usd = {k: f"{round(v / scale, 2) + 0.0:,.2f}" for k, v in found.items()}
    return (
        f"A year late costs {usd['power']} {unit} USD when the shell is ready and power is not, {usd['ground']} {unit} "
        f"before ground is broken, {usd['half']} {unit} half way through construction (P10 to P90: {usd['low']} to "
        f"{usd['high']}) and {usd['bought']} {unit} with everything bought; the published way, rent for every "
        f"accelerator whether bought or not, says {usd['rent']} {unit}. "
        + _beside_rent(year["power"], rent, at_first)
        + (WAITING_PAYS if pays else "")
    )


def _beside_rent(ours: float, rent: float, at_first: fleet.Committed) -> str:
    """Why a year without power costs less, or more, than rent for every accelerator."""
    there, unordered = float(at_first.hardware[..., 0]), float(at_first.unordered)
    at = f"at that moment {in_percent(there)} of the hardware is on site"
    if ours >= rent:
        return f"Ours is higher because {at}: it ages and bears interest while it waits, and so does the shell."
    if unordered >= LEAST_SHARE:
        at += f" and {in_percent(unordered)} is not even ordered: it costs neither interest nor rent"
    return f"Ours is lower because {at}, and what is lost on an hour is the margin, not the revenue."
