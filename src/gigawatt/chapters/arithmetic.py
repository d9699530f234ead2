"""The small arithmetic between formulas, each a step of its own so that ``explain`` shows it."""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt import finance
from gigawatt.units import MMBTU_PER_MWH


def facility_mw_per_accelerator(*, it_mw: Any, pue_design_peak: Any) -> Any:
    """Facility power at peak per accelerator.

    Parameters
    ----------
    it_mw : float or array
        IT power per accelerator at peak. [MW]
    pue_design_peak : float or array
        Design-peak facility over IT power. [-]

    Returns
    -------
    float or array
        Facility power. [MW]
    """
    return it_mw * pue_design_peak


def cost_per_accelerator(*, usd_per_mw: Any, mw: Any) -> Any:
    """Cost per accelerator of something priced per MW.

    Parameters
    ----------
    usd_per_mw : float or array
        Unit cost. [USD/MW]
    mw : float or array
        Power per accelerator on the same basis. [MW]

    Returns
    -------
    float or array
        Cost. [USD]
    """
    return usd_per_mw * mw


def land_per_accelerator(*, mw: Any, land_ha_per_mw: Any, usd_per_m2: Any) -> Any:
    """Price of the land under one accelerator.

    Parameters
    ----------
    mw : float or array
        Facility power per accelerator. [MW]
    land_ha_per_mw : float or array
        Site area. [ha/MW]
    usd_per_m2 : float or array
        Price of land. [USD/m2]

    Returns
    -------
    float or array
        Cost. [USD]
    """
    return mw * land_ha_per_mw * 1e4 * usd_per_m2


def capex_all_in(*, bill: finance.Bill) -> Any:
    """Everything on the bill, interest during construction included.

    Parameters
    ----------
    bill : Bill
        The bill. [USD]

    Returns
    -------
    float or array
        Sum. [USD]
    """
    return bill.capex_usd


def capex_shell_power(*, bill: finance.Bill) -> Any:
    """Shell, grid connection and own power plant, with contingency.

    Parameters
    ----------
    bill : Bill
        The bill. [USD]

    Returns
    -------
    float or array
        Sum. [USD]
    """
    return bill.capex_shell_power_usd


def capex_it(*, bill: finance.Bill) -> Any:
    """Accelerators, network and storage, with contingency.

    Parameters
    ----------
    bill : Bill
        The bill. [USD]

    Returns
    -------
    float or array
        Sum. [USD]
    """
    return bill.capex_it_usd


def raised(*, value: Any, share: Any) -> Any:
    """A value and a share of it more.

    Parameters
    ----------
    value : float or array
        Value. [-]
    share : float or array
        What comes on top. [-]

    Returns
    -------
    float or array
        Sum. [-]
    """
    return value * (1.0 + share)


def blocks_total(*, bill: finance.Bill, names: tuple[str, ...]) -> Any:
    """Total of some blocks, with everything borne on them.

    Parameters
    ----------
    bill : Bill
        The bill. [USD]
    names : tuple of str
        Blocks. [-]

    Returns
    -------
    float or array
        Sum. [USD]
    """
    return sum(bill.block(n).total_usd for n in names)


def block_markup(*, bill: finance.Bill, name: str) -> Any:
    """What a block costs in all over its overnight cost; 1 where it costs nothing.

    Parameters
    ----------
    bill : Bill
        The bill. [USD]
    name : str
        Block. [-]

    Returns
    -------
    float or array
        Ratio. [1]
    """
    b = bill.block(name)
    overnight = np.asarray(b.overnight_usd, float)
    return np.where(overnight > 0, b.total_usd / np.where(overnight > 0, overnight, 1.0), 1.0)[()]


def plant_cost_per_year(
    *, usd_per_mw_year: Any, upkeep_usd_per_mw_year: Any, facility_peak_mw: Any, markup: Any
) -> Any:
    """Yearly fixed cost of the campus's own plants.

    Parameters
    ----------
    usd_per_mw_year : float or array
        Annuity and fixed O&M per MW of campus. [USD/MW/year]
    upkeep_usd_per_mw_year : float or array
        The fixed O&M in it, to which nothing is added. [USD/MW/year]
    facility_peak_mw : float or array
        Campus. [MW]
    markup : float or array
        Contingency, owner's cost and interest over overnight cost. [-]

    Returns
    -------
    float or array
        Cost. [USD/year]
    """
    annuity = usd_per_mw_year - upkeep_usd_per_mw_year
    return (annuity * markup + upkeep_usd_per_mw_year) * facility_peak_mw


def cost_of_energy(*, usd_per_mw_year: Any, facility_peak_mw: Any) -> Any:
    """Yearly cost of energy bought and fuel burnt.

    Parameters
    ----------
    usd_per_mw_year : float or array
        Per MW of campus. [USD/MW/year]
    facility_peak_mw : float or array
        Campus. [MW]

    Returns
    -------
    float or array
        Cost. [USD/year]
    """
    return usd_per_mw_year * facility_peak_mw


def total(*, parts: tuple[Any, ...]) -> Any:
    """Sum of parts.

    Parameters
    ----------
    parts : tuple of float or array
        Parts in one unit. [USD]

    Returns
    -------
    float or array
        Sum. [USD]
    """
    return sum(parts)


def minus(*, value: Any) -> Any:
    """The negative of a value: a decline as a change.

    Parameters
    ----------
    value : float or array
        Decline. [1/year]

    Returns
    -------
    float or array
        Change. [1/year]
    """
    return -value


def real_change(*, change_per_year: Any, inflation_per_year: Any) -> Any:
    """Yearly change of a price in constant money.

    Parameters
    ----------
    change_per_year, inflation_per_year : float or array
        Change of the quoted price, and inflation. [1/year]

    Returns
    -------
    float or array
        Real change. [1/year]
    """
    return finance.real_rate(nominal_per_year=change_per_year, inflation_per_year=inflation_per_year)


def share(*, part: Any, whole: Any) -> Any:
    """Part over whole.

    Parameters
    ----------
    part, whole : float or array
        In one unit. [-]

    Returns
    -------
    float or array
        Share. [1]
    """
    return part / whole


def debt(*, investment_usd: Any, share: Any, granted: Any = 0.0) -> Any:
    """Debt on an investment.

    Parameters
    ----------
    investment_usd : float or array
        Investment. [USD]
    share : float or array
        Debt over what is not granted. [-]
    granted : float or array
        Public grant over investment. [-]

    Returns
    -------
    float or array
        Debt. [USD]
    """
    return investment_usd * (1.0 - granted) * share


def cost_after_grant(
    *, cost_usd_per_hour: Any, capital_usd_per_year: Any, upkeep_usd_per_year: Any, granted: Any, hours: Any
) -> Any:
    """Full cost of a sold hour to owners who need not earn back a public grant.

    Parameters
    ----------
    cost_usd_per_hour : float or array
        Full cost. [USD/h]
    capital_usd_per_year : float or array
        Annuities of the investments, upkeep of own plants included. [USD/year]
    upkeep_usd_per_year : float or array
        That upkeep. [USD/year]
    granted : float or array
        Public grant over investment. [-]
    hours : float or array
        Hours sold. [h/year]

    Returns
    -------
    float or array
        Cost. [USD/h]
    """
    return cost_usd_per_hour - granted * (capital_usd_per_year - upkeep_usd_per_year) / hours


def hours_sold(*, accelerators: Any, sold_fraction: Any) -> Any:
    """Accelerator-hours sold in a year.

    Parameters
    ----------
    accelerators : float or array
        Accelerators. [-]
    sold_fraction : float or array
        Share of hours sold. [-]

    Returns
    -------
    float or array
        Hours. [h/year]
    """
    return accelerators * finance.HOURS_PER_YEAR * sold_fraction


def payments(*, price: Any, hours: Any) -> Any:
    """What the payer of contracted hours owes a year.

    Parameters
    ----------
    price : float or array
        Price. [USD/h]
    hours : float or array
        Hours. [h/year]

    Returns
    -------
    float or array
        Payments. [USD/year]
    """
    return price * hours


def per_month(*, value: Any) -> Any:
    """A yearly amount per month.

    Parameters
    ----------
    value : float or array
        Per year. [USD/year]

    Returns
    -------
    float or array
        Per month. [USD/month]
    """
    return value / finance.MONTHS_PER_YEAR


def left_over(*, budget_usd: Any, capex_usd: Any) -> Any:
    """Budget that the plan leaves unspent; negative where it falls short.

    Parameters
    ----------
    budget_usd, capex_usd : float or array
        Budget and all-in cost. [USD]

    Returns
    -------
    float or array
        Rest. [USD]
    """
    return budget_usd - capex_usd


def available(*, forced: Any, planned: Any) -> Any:
    """Availability of a plant: one less its outages.

    Parameters
    ----------
    forced, planned : float or array
        Shares of the year out of service. [-]

    Returns
    -------
    float or array
        Availability. [1]
    """
    return 1.0 - forced - planned


def plant_lcoe(
    *,
    capex_usd_per_mw: Any,
    fom_usd_per_mw_year: Any,
    rate_per_year: Any,
    life_years: Any,
    capacity_factor: Any,
    running_usd_per_mwh: Any,
) -> Any:
    """Levelised cost of a plant that runs whenever it can.

    Parameters
    ----------
    capex_usd_per_mw : float or array
        Overnight cost. [USD/MW]
    fom_usd_per_mw_year : float or array
        Fixed O&M. [USD/MW/year]
    rate_per_year : float or array
        Real cost of capital. [1/year]
    life_years : float or array
        Life. [year]
    capacity_factor : float or array
        Energy over energy at full power. [-]
    running_usd_per_mwh : float or array
        Fuel and variable O&M. [USD/MWh]

    Returns
    -------
    float or array
        Levelised cost. [USD/MWh]

    References
    ----------
    .. [1] W. Short et al., NREL/TP-462-5173, 1995, simple levelised cost of energy.
    """
    annuity = finance.capital_recovery_factor(rate_per_year=rate_per_year, years=life_years) * capex_usd_per_mw
    return (annuity + fom_usd_per_mw_year) / (finance.HOURS_PER_YEAR * capacity_factor) + running_usd_per_mwh


def gas_delivered(*, hub_usd_per_mmbtu: Any, delivery_usd_per_mmbtu: Any, hhv_over_lhv: Any) -> Any:
    """Gas at the burner per MWh of net heat, from a hub price per MMBtu of gross heat.

    Parameters
    ----------
    hub_usd_per_mmbtu, delivery_usd_per_mmbtu : float or array
        Hub price, and transport to the plant. [USD/MMBtu]
    hhv_over_lhv : float or array
        Gross over net calorific value. [-]

    Returns
    -------
    float or array
        Price. [USD/MWh]
    """
    return (hub_usd_per_mmbtu + delivery_usd_per_mmbtu) * MMBTU_PER_MWH * hhv_over_lhv


def sum_of(*, parts: tuple[Any, ...]) -> Any:
    """Sum of costs per MWh.

    Parameters
    ----------
    parts : tuple of float or array
        Costs. [USD/MWh]

    Returns
    -------
    float or array
        Sum. [USD/MWh]
    """
    return sum(parts)


def yearly_fixed(
    *, capex_usd_per_mw: Any, fom_usd_per_mw_year: Any, nominal_per_year: Any, inflation_per_year: Any, life_years: Any
) -> Any:
    """Annuity at the real cost of capital, plus fixed O&M.

    Parameters
    ----------
    capex_usd_per_mw : float or array
        Overnight cost per MW or MWh. [USD/MW]
    fom_usd_per_mw_year : float or array
        Fixed O&M. [USD/MW/year]
    nominal_per_year, inflation_per_year : float or array
        Cost of capital and inflation. [1/year]
    life_years : float or array
        Life. [year]

    Returns
    -------
    float or array
        Yearly cost. [USD/MW/year]
    """
    real = finance.real_rate(nominal_per_year=nominal_per_year, inflation_per_year=inflation_per_year)
    return (
        capex_usd_per_mw * finance.capital_recovery_factor(rate_per_year=real, years=life_years) + fom_usd_per_mw_year
    )


def share_of(*, value: Any, share: Any) -> Any:
    """A share of a value.

    Parameters
    ----------
    value : float or array
        Value. [USD/MW]
    share : float or array
        Share, per year where yearly. [1/year]

    Returns
    -------
    float or array
        Part. [USD/MW/year]
    """
    return value * share


def available_energy(*, mw: Any, availability: Any) -> Any:
    """Energy of a year that a contract must pay for: all that is available.

    Parameters
    ----------
    mw : float
        Capacity contracted. [MW]
    availability : float or array (hour,)
        Output one MW can give. [-]

    Returns
    -------
    float
        Energy. [MWh/year]
    """
    return mw * float(np.mean(availability)) * finance.HOURS_PER_YEAR


def beyond(*, mw: Any, existing_mw: Any) -> Any:
    """Capacity beyond what stands already.

    Parameters
    ----------
    mw, existing_mw : float
        Capacity in all, and standing. [MW]

    Returns
    -------
    float
        New capacity. [MW]
    """
    return mw - existing_mw


def same_energy(*, mw: Any, yield_ratio: Any) -> Any:
    """Capacity that gives the energy planned where the sun or wind of the site is another.

    Parameters
    ----------
    mw : float
        Capacity planned. [MW]
    yield_ratio : float or array (draw,)
        Resource of the site over the one planned with. [-]

    Returns
    -------
    float or array (draw,)
        Capacity to buy. [MW]
    """
    return mw / yield_ratio


def larger(*, a: Any, b: Any) -> Any:
    """The larger of two powers.

    Parameters
    ----------
    a, b : float or array
        Powers. [MW]

    Returns
    -------
    float or array
        Power. [MW]
    """
    return np.maximum(a, b)


def smaller(*, a: Any, b: Any) -> Any:
    """The smaller of two powers.

    Parameters
    ----------
    a, b : float or array
        Powers. [MW]

    Returns
    -------
    float or array
        Power. [MW]
    """
    return np.minimum(a, b)


def weighted(*, price: Any, weight: Any) -> Any:
    """Mean price paid: mean of the year times the ratio that the dispatch's timing gives.

    Parameters
    ----------
    price : float or array
        Mean price. [USD/MWh]
    weight : float
        Price at the hours of purchase over the mean price. [-]

    Returns
    -------
    float or array
        Price. [USD/MWh]
    """
    return price * weight


def load_ratio(*, pue: Any, average_to_peak: Any, pue_design_peak: Any, central_mean: float) -> Any:
    """Mean load per MW of campus on this pass over that of the optimum.

    Parameters
    ----------
    pue : float or array
        Annual PUE. [-]
    average_to_peak : float or array
        Mean IT load over peak. [-]
    pue_design_peak : float or array
        Design-peak facility over IT power. [-]
    central_mean : float
        Mean load of the optimum per MW of campus. [-]

    Returns
    -------
    float or array
        Ratio. [1]
    """
    return pue * average_to_peak / pue_design_peak / central_mean


def energy_at_margin(
    *, mwh: Any, load_mwh: float, load_ratio: Any, others_mwh: tuple[Any, ...], others_more: tuple[Any, ...]
) -> Any:
    """Energy of a source that gives or saves the difference where load, sun and wind are not those of the optimum.

    Parameters
    ----------
    mwh : float
        Energy in the optimum. [MWh/year]
    load_mwh : float
        Load in the hours in which this source would give more. [MWh/year]
    load_ratio : float or array
        Load of this pass over that of the optimum. [-]
    others_mwh : tuple of float
        What sun and wind give in these hours. [MWh/year]
    others_more : tuple of array
        What they give more, over that. [-]

    Returns
    -------
    float or array
        Energy. [MWh/year]
    """
    given = sum(x * more for x, more in zip(others_mwh, others_more, strict=True))
    return np.maximum(mwh + (load_ratio - 1.0) * load_mwh - given, 0.0)


def energy_with_more(*, mwh: Any, at_margin_mwh: Any, more: Any) -> Any:
    """Energy used of sun or wind where there is more or less of it: in the hours in which another source runs.

    Parameters
    ----------
    mwh : float
        Energy used in the optimum. [MWh/year]
    at_margin_mwh : float
        Of it, in hours in which another source would give more. [MWh/year]
    more : float or array
        What is given beyond the optimum's, over that. [-]

    Returns
    -------
    float or array
        Energy. [MWh/year]
    """
    return mwh + at_margin_mwh * more


def beyond_planned(*, ratio: Any) -> Any:
    """What is given beyond what was planned with.

    Parameters
    ----------
    ratio : float or array
        Given over planned. [-]

    Returns
    -------
    float or array
        Over planned. [-]
    """
    return ratio - 1.0


def energy_of_load(*, mwh: Any, load_ratio: Any) -> Any:
    """Load of a year on this pass.

    Parameters
    ----------
    mwh : float
        Load of the optimum. [MWh/year]
    load_ratio : float or array
        Load of this pass over that of the optimum. [-]

    Returns
    -------
    float or array
        Energy. [MWh/year]
    """
    return mwh * load_ratio


def capacity_at_load(*, mw: Any, load_ratio: Any) -> Any:
    """Capacity of a plan made for another load: hours of the same shape, all of it larger or smaller.

    Parameters
    ----------
    mw : float
        Capacity in the optimum. [MW]
    load_ratio : float or array
        Load of this pass over that of the optimum. [-]

    Returns
    -------
    float or array
        Capacity. [MW]
    """
    return mw * load_ratio


def energy_cost(*, mwh: Any, usd_per_mwh: Any) -> Any:
    """Yearly cost of energy of one source, per MW of campus.

    Parameters
    ----------
    mwh : float or array
        Energy. [MWh/year]
    usd_per_mwh : float or array
        Price. [USD/MWh]

    Returns
    -------
    float or array
        Cost. [USD/year]
    """
    return mwh * usd_per_mwh


def cost_of(*, mw: Any, usd_per_mw: Any) -> Any:
    """Amount times unit cost.

    Parameters
    ----------
    mw : float
        Capacity per MW of campus. [MW]
    usd_per_mw : float or array
        Unit cost. [USD/MW]

    Returns
    -------
    float or array
        Cost. [USD]
    """
    return mw * usd_per_mw
