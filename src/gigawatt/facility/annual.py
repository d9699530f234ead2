"""From hours to a year and to the design peak; the choice among cooling systems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .air import OutdoorAir, outdoor_air, relative_humidity_from_wet_bulb


@dataclass(frozen=True, slots=True)
class CoolingChoice:
    """The cheapest allowed cooling system per site, with its reason."""

    index: Any  # into the candidates
    name: Any  # str, or array of str per site
    annual_cost_usd: Any  # energy above IT + water, all candidates, candidate axis first
    allowed: Any  # candidate axis first
    conflict: Any  # True where nothing was allowed and the least thirsty candidate stands in
    words: Any  # str, or array of str per site


def annual_pue(pue: Any, *, it_load_mw: Any) -> Any:
    """Energy-weighted PUE over the hours given.

    Parameters
    ----------
    pue : array (..., hour)
        Hourly PUE; hours without IT load may be NaN. [-]
    it_load_mw : float or array (..., hour)
        IT load; a constant is as good as any. [MW]

    Returns
    -------
    float or array (...)
        Facility energy over IT energy. [-]

    References
    ----------
    .. [1] ISO/IEC 30134-2:2026, PUE.

    Examples
    --------
    >>> round(float(annual_pue([1.1, 1.3], it_load_mw=[3.0, 1.0])), 3)
    1.15
    """
    return _weighted(pue, it_load_mw)


def annual_wue(wue_m3_per_mwh: Any, *, it_load_mw: Any) -> Any:
    """Energy-weighted water use per IT energy over the hours given.

    Parameters
    ----------
    wue_m3_per_mwh : array (..., hour)
        Hourly make-up water per IT energy. [m3/MWh]
    it_load_mw : float or array (..., hour)
        IT load. [MW]

    Returns
    -------
    float or array (...)
        Water over IT energy. [m3/MWh]

    References
    ----------
    .. [1] ISO/IEC 30134-9:2022, WUE.

    Examples
    --------
    >>> float(annual_wue([0.0, 2.0], it_load_mw=1.0))
    1.0
    """
    return _weighted(wue_m3_per_mwh, it_load_mw)


def _weighted(values: Any, it_load_mw: Any) -> Any:
    values, load = np.broadcast_arrays(np.asarray(values, float), np.asarray(it_load_mw, float))
    running = load > 0  # an idle hour has no PUE and no weight
    energy = np.where(running, load, 0.0).sum(-1)
    total = (np.where(running, values, 0.0) * np.where(running, load, 0.0)).sum(-1)
    return np.where(energy > 0, total / np.where(energy > 0, energy, 1.0), np.nan)[()]


def apply_overhead_residual(pue: Any, *, residual: Any) -> Any:
    """Scale the overhead (PUE - 1) by a residual, e.g. one per draw.

    Parameters
    ----------
    pue : float or array
        PUE of the physics with central parameters. [-]
    residual : float or array
        Real overhead over modelled overhead; shape (draw, 1) against hours. [-]

    Returns
    -------
    float or array
        PUE with the residual. [-]

    Examples
    --------
    >>> apply_overhead_residual(1.2, residual=0.5)
    1.1
    """
    return 1.0 + (pue - 1.0) * residual


def design_air(air: OutdoorAir, *, quantile: Any, margin_k: Any) -> OutdoorAir:
    """Outdoor air to design for: a high quantile of dry bulb and of wet bulb, each by itself, plus a margin.

    Taking both high at once is the usual caution: the first sizes dry systems, the second towers.

    Parameters
    ----------
    air : OutdoorAir
        The hours of one or more years, shape (..., hour). [-]
    quantile : float
        Share of hours at or below the design value, e.g. 0.996. [-]
    margin_k : float or array
        Added to both: warming over the life, heat island, recirculation of exhaust air. [K]

    Returns
    -------
    OutdoorAir
        Shape (..., 1), so that it passes through `cooling_hours` like a year of one hour.

    References
    ----------
    .. [1] ASHRAE Handbook - Fundamentals (2021), chapter 14: 0.4 % annual cooling design conditions.
    """
    dry = np.quantile(air.temperature_c, quantile, axis=-1, keepdims=True) + margin_k
    wet = np.minimum(np.quantile(air.wet_bulb_c, quantile, axis=-1, keepdims=True) + margin_k, dry)
    pressure = np.mean(np.broadcast_to(air.pressure_pa, np.shape(air.temperature_c)), axis=-1, keepdims=True)
    humidity = relative_humidity_from_wet_bulb(dry, wet_bulb_c=wet, pressure_pa=pressure)
    return outdoor_air(dry, relative_humidity=humidity, pressure_pa=pressure, wet_bulb=wet)


def pue_at_design(pue_in_design_air: Any, *, hourly_pue: Any, peak_hour_quantile: Any) -> Any:
    """PUE to design for: in the design air, or in nearly the worst hour of the year, whichever is higher.

    The hours matter for air-side cooling: its chillers start on warm humid air well below the design temperatures, and
    then carry everything at once.

    Parameters
    ----------
    pue_in_design_air : float or array (...)
        PUE in the design air, at full IT load. [-]
    hourly_pue : array (..., hour)
        PUE of all hours, at full IT load. [-]
    peak_hour_quantile : float or array (draw,)
        Share of hours to be covered, e.g. 0.9995 leaves out four. [-]

    Returns
    -------
    float or array (...)
        PUE at design. [-]

    Examples
    --------
    >>> float(pue_at_design(1.12, hourly_pue=[1.11, 1.12, 1.32], peak_hour_quantile=1.0))
    1.32
    """
    return np.maximum(pue_in_design_air, np.quantile(np.asarray(hourly_pue, float), peak_hour_quantile, axis=-1))


def design_peak_pue(pue_at_design: Any, *, ups_recharge_share: Any, design_margin: Any) -> Any:
    """Ratio of the highest draw at the meter to the IT load the facility is built for.

    Parameters
    ----------
    pue_at_design : float or array
        PUE of the cooling system at design (`pue_at_design`). [-]
    ups_recharge_share : float or array
        UPS batteries charging again after an outage, over IT power. [-]
    design_margin : float or array
        Rest of the engineering margin over IT power: offices, ageing, commissioning tolerances, stranded phases. [-]

    Returns
    -------
    float or array
        Design-peak facility power over IT power. [-]

    Examples
    --------
    >>> round(design_peak_pue(1.2, ups_recharge_share=0.05, design_margin=0.02), 2)
    1.27
    """
    return pue_at_design + ups_recharge_share + design_margin


def choose_cooling(
    names: Sequence[str],
    *,
    pue: Any,
    wue_m3_per_mwh: Any,
    it_energy_mwh_per_year: Any,
    power_price_usd_per_mwh: Any,
    water_price_usd_per_m3: Any,
    water_stress: Any,
    water_stress_limit: float,
    thirsty_wue_m3_per_mwh: float,
    suitable: Any = True,
    wanted: str | None = None,
) -> CoolingChoice:
    """Cheapest cooling in energy and water among those that the site and the user allow.

    Where water stress is above the limit, systems that use more than `thirsty_wue_m3_per_mwh` are out. If nothing is
    left, the least thirsty suitable candidate stands in and `conflict` is True: the answer says so, it does not raise.

    Parameters
    ----------
    names : sequence of str
        Candidates, in the order of axis 0 below. [-]
    pue : array (candidate, ...)
        Annual PUE per candidate and site; other axes are free. [-]
    wue_m3_per_mwh : array (candidate, ...)
        Annual water use per candidate and site. [m3/MWh]
    it_energy_mwh_per_year : float or array (...)
        IT energy of a year. [MWh/year]
    power_price_usd_per_mwh : float or array (...)
        Price of electricity at the site. [USD/MWh]
    water_price_usd_per_m3 : float or array (...)
        Price of water at the site. [USD/m3]
    water_stress : float or array (...)
        Withdrawal over available freshwater, SDG 6.4.2 as a fraction; NaN means unknown and counts as no limit. [-]
    water_stress_limit : float
        Stress above which thirsty systems are out. [-]
    thirsty_wue_m3_per_mwh : float
        Water use above which a system counts as thirsty. [m3/MWh]
    suitable : bool or array (candidate, ...)
        False where a candidate cannot cool the racks or the place has no sea. [-]
    wanted : str, optional
        The user's wish: only this candidate is considered. [-]

    Returns
    -------
    CoolingChoice
        Index, name, costs, what was allowed, and why.
    """
    if wanted is not None and wanted not in names:
        raise ValueError(f"wanted cooling is {wanted!r}; expected one of {', '.join(names)}")
    args = (pue, wue_m3_per_mwh, it_energy_mwh_per_year, power_price_usd_per_mwh, water_price_usd_per_m3, water_stress)
    pue, wue, energy, power_price, water_price, stress = _candidates_first(len(names), *args)
    cost = energy * ((pue - 1.0) * power_price + wue * water_price)
    fits = np.broadcast_to(_pad(suitable, cost.ndim), cost.shape) & np.isfinite(cost)
    if wanted is not None:
        wish = np.array([n == wanted for n in names]).reshape((-1,) + (1,) * (cost.ndim - 1))
        fits = fits & wish
    stressed = stress > water_stress_limit
    allowed = fits & ~(stressed & (wue > thirsty_wue_m3_per_mwh))
    conflict = ~allowed.any(0)
    least_water = np.where(fits | ~fits.any(0), wue, np.inf).argmin(0)
    index = np.where(conflict, least_water, np.where(allowed, cost, np.inf).argmin(0))
    words = _reasons(names, index, conflict, stressed.any(0), wanted)
    name = np.asarray(names, dtype=object)[index]
    if cost.ndim == 1:
        return CoolingChoice(int(index), str(name), cost, allowed, bool(conflict), str(words))
    return CoolingChoice(index, name, cost, allowed, conflict, words)


def _pad(values: Any, ndim: int) -> Any:
    values = np.asarray(values)
    return values.reshape(values.shape + (1,) * (ndim - values.ndim)) if values.ndim else values


def _candidates_first(n: int, pue: Any, wue: Any, *per_site: Any) -> list[Any]:
    pue, wue = np.asarray(pue, float), np.asarray(wue, float)
    for name, a in (("pue", pue), ("wue_m3_per_mwh", wue)):
        if a.ndim == 0 or a.shape[0] != n:
            raise ValueError(f"{name} has shape {a.shape}; expected the {n} candidates on axis 0")
    sites = [np.asarray(a, float) for a in per_site]
    shape = np.broadcast_shapes(pue.shape[1:], wue.shape[1:], *(a.shape for a in sites))
    first = [np.broadcast_to(_pad(a, 1 + len(shape)), (n, *shape)) for a in (pue, wue)]
    return first + [np.broadcast_to(a, (n, *shape)) for a in sites]


def _reasons(names: Sequence[str], index: Any, conflict: Any, stressed: Any, wanted: str | None) -> Any:
    def one(i: int, none_allowed: bool, dry_place: bool) -> str:
        if none_allowed:
            return f"{names[i]}: no candidate fits the water stress, the racks and the wish; this uses the least water"
        if wanted is not None:
            return f"{names[i]}: as asked for"
        if dry_place:
            return f"{names[i]}: lowest cost of power and water among those that use little water (water stress)"
        return f"{names[i]}: lowest cost of power and water"

    return np.vectorize(one, otypes=[object])(index, conflict, stressed)[()]
