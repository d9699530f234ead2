"""Power: share of the peak, largest contingency, who generates it, the named source, the connection."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gigawatt.units import HOURS_PER_YEAR, in_mw

from .verdict import NO, YES, YES_IF, Gate, Letter, make_gate
from .words import figure, known, percent


def share_gate(
    *,
    place: str,
    grid_mw: float,
    national_peak_mw: float | None,
    share_if: float,
    share_no: float,
    fact_class: str,
    source: str,
    grid_operator: str,
) -> Gate:
    """How large is the grid load beside the national (or system) peak?

    Parameters
    ----------
    place : str
        Name of the country or system. [-]
    grid_mw : float
        Peak drawn from the grid: the campus less its own firm plants. [MW]
    national_peak_mw : float or None
        Peak demand. [MW]
    share_if, share_no : float
        Above the first the operator must consent; above the second it is a no. [-]
    fact_class, source : str
        Of the peak. [-]
    grid_operator : str
        Who must consent. [-]

    Returns
    -------
    Gate
        Examples in the tests: 1,000 MW of Kenya's 2,444 MW is a no.
    """
    ask = f"consent to {in_mw(grid_mw)} at one point, and the system's peak and firm reserve of the years to come"
    letter = Letter(grid_operator, ask, "the power gate", "grid_study")
    if not known(national_peak_mw):
        return make_gate("power", YES_IF, "C", f"The peak demand of {place} is not known", "", letter)
    share = grid_mw / float(national_peak_mw or np.nan)
    words = f"{in_mw(grid_mw)} is {percent(share)} of the peak of {place}, {in_mw(float(national_peak_mw or 0))}"
    numbers = (share, share_no, "1")
    if share > share_no:
        words = f"{words}, above {percent(share_no)}, our limit for one new load"
        return make_gate("power", NO, fact_class, words, source, letter, numbers)
    if share > share_if:
        return make_gate("power", YES_IF, fact_class, f"{words}: the operator must agree", source, letter, numbers)
    return make_gate("power", YES, fact_class, words, source, letter, numbers)


def largest_by_share(*, national_peak_mw: float, share: float) -> float:
    """Largest grid load within a share of peak: the inverse of ``share_gate``, for the nearest plan that works.

    Parameters
    ----------
    national_peak_mw : float
        Peak demand. [MW]
    share : float
        Share of it. [-]

    Returns
    -------
    float
        Load. [MW]
    """
    return national_peak_mw * share


def contingency_gate(
    *,
    area: str,
    trip_block_mw: float,
    contingency_mw: float | None,
    fact_class: str,
    source: str,
    grid_operator: str,
) -> Gate:
    """Can the system lose the largest block of the campus at once?

    Parameters
    ----------
    area : str
        Synchronous area. [-]
    trip_block_mw : float
        Largest part of the campus that one fault can trip. [MW]
    contingency_mw : float or None
        Largest loss the area is planned to survive. [MW]
    fact_class, source : str
        Of the contingency. [-]
    grid_operator : str
        Who must agree. [-]

    Returns
    -------
    Gate
    """
    ask = (
        f"the largest block it may lose in one fault, against a campus block of {in_mw(trip_block_mw)}, and fault rules"
    )
    letter = Letter(grid_operator, ask, "the size of a block and the number of feeds", "grid_study")
    if not known(contingency_mw):
        return make_gate("power", YES_IF, "C", f"The largest loss {area} is planned for is not known", "", letter)
    limit = float(contingency_mw or 0.0)
    words = f"A trip block of {in_mw(trip_block_mw)} is {'below' if trip_block_mw <= limit else 'above'} the largest"
    words = f"{words} contingency of {area}, {in_mw(limit)}"
    state = YES if trip_block_mw <= limit else YES_IF
    if state == YES_IF:
        words = f"{words}: it must be split into at least {int(np.ceil(trip_block_mw / limit))} or ride through faults"
    return make_gate("power", state, fact_class, words, source, letter, (trip_block_mw, limit, "MW"))


def supply_gate(
    *,
    place: str,
    campus_twh: float,
    own_twh: float,
    generation_twh: float | None,
    net_exports_twh: float | None,
    shortage_mw: float,
    share_no: float,
    fact_class: str,
    source: str,
    generator: str,
) -> Gate:
    """Who generates it: exports to spare, plants the campus brings, or neither?

    Parameters
    ----------
    place : str
        Name of the country or system. [-]
    campus_twh : float
        Electricity of a year. [TWh]
    own_twh : float
        Part of it from plants that the campus brings. [TWh]
    generation_twh, net_exports_twh : float or None
        National generation and net exports of a year (imports negative). [TWh]
    shortage_mw : float
        Power missing at peak today; 0 where supply is adequate. [MW]
    share_no : float
        Share of what the country generates and imports net above which existing plants cannot carry it. [-]
    fact_class, source : str
        Of the balance. [-]
    generator : str
        Whom to ask. [-]

    Returns
    -------
    Gate
    """
    bought = max(campus_twh - own_twh, 0.0)
    letter = Letter(generator, f"{figure(bought)} TWh a year over 12 years: volume, hours and price",
                    "who generates it, and the power price", "source")  # fmt: skip
    if not known(generation_twh):
        return make_gate("power", YES_IF, "C", f"The electricity balance of {place} is not known", "", letter)
    generation = float(generation_twh or np.nan)
    imports = max(-float(net_exports_twh or 0.0), 0.0) if known(net_exports_twh) else 0.0
    words = f"The campus buys {figure(bought)} TWh a year"
    share = bought / (generation + imports)  # a country that lives on a neighbour's plants is as large as its use
    numbers = (share, share_no, "1")
    if bought == 0.0:
        return make_gate("power", YES, fact_class, "The campus brings its own plants", source, letter, numbers)
    if shortage_mw > 0:
        words = f"{place} is short of {in_mw(shortage_mw)} at peak: expect to be asked for firm plants of its own"
        return make_gate("power", YES_IF, fact_class, words, source, letter, numbers)
    if share > share_no:
        own = f"beside {figure(own_twh)} TWh of its own" if own_twh > 0 else "and brings no plants"
        makes = "generates and imports" if imports else "generates"
        words = f"{words}, {percent(share)} of what {place} {makes} ({figure(generation + imports)} TWh), {own}"
        return make_gate("power", NO, fact_class, words, source, letter, numbers)
    if known(net_exports_twh) and float(net_exports_twh or 0.0) >= bought:
        words = f"{words}; {place} exports {figure(float(net_exports_twh or 0.0))} TWh net"
        return make_gate("power", YES, fact_class, words, source, letter, numbers)
    balance = _balance_words(net_exports_twh)
    part = percent(bought / generation)
    words = f"{words}, {part} of what {place} generates, {balance}: new or spare plants must be named"
    return make_gate("power", YES_IF, fact_class, words, source, letter, numbers)


def _balance_words(net_exports_twh: float | None) -> str:
    if not known(net_exports_twh):
        return "with an unknown trade balance"
    x = float(net_exports_twh or 0.0)
    return f"which {'exports' if x >= 0 else 'imports'} {figure(abs(x))} TWh net" if x else "which trades none"


def source_gate(
    *,
    technology: str,
    wanted_mw: float,
    fleet_mw: float | None,
    banned: bool,
    build_months: float | None,
    fact_class: str,
    source: str,
    owner: str,
    fleet_twh: float | None = None,
) -> Gate:
    """Can the source that was named deliver: a contract on the fleet, a new plant with its date, or a ban?

    Parameters
    ----------
    technology : str
        Named source, such as ``nuclear`` or ``gas``. [-]
    wanted_mw : float
        Power wanted from it. [MW]
    fleet_mw : float or None
        What exists in the country (for gas: fed by a sourced supply); None where unknown. [MW]
    banned : bool
        Whether the law forbids new plants. [-]
    build_months : float or None
        Decision to operation of a new plant. [months]
    fact_class, source : str
        Of fleet, ban or lead time. [-]
    owner : str
        Whom to ask. [-]
    fleet_twh : float or None
        What plants of the kind generate in a year, where only that is known. [TWh/year]

    Returns
    -------
    Gate
    """
    ask = f"{in_mw(wanted_mw)} of {technology}: an allocation of 12 years or more, its start and price"
    letter = Letter(owner, ask, f"the {technology} power", "source")
    fleet = float(fleet_mw or 0.0) if known(fleet_mw) else 0.0
    numbers = (wanted_mw, fleet, "MW")
    if fleet >= wanted_mw:
        words = (
            f"{in_mw(wanted_mw)} of {technology} comes from an existing fleet of {in_mw(fleet)} if {owner} allocates it"
        )
        return make_gate("power", YES_IF, fact_class, words, source, letter, numbers)
    if banned:
        words = f"New {technology} plants are forbidden by law, and {in_mw(fleet)} exist"
        return make_gate("power", NO, fact_class, words, source, letter, numbers)
    if known(build_months):
        years = float(build_months or 0.0) / 12.0
        have = f"only {in_mw(fleet)} exist" if fleet else "no contract with an existing fleet is known"
        if known(fleet_twh) and float(fleet_twh or 0.0) * 1e6 >= wanted_mw * HOURS_PER_YEAR:
            have = f"existing plants make {figure(float(fleet_twh or 0.0))} TWh a year, bought from as grid power"
        words = f"{technology.capitalize()}: {have}; a new plant takes about {figure(years)} years"
        return make_gate("power", YES_IF, fact_class, words, source, letter, numbers)
    words = f"No sourced supply of {technology} is known for {in_mw(wanted_mw)}"
    return make_gate("power", YES_IF, "C", words, source, letter, numbers)


def connection_gate(
    *,
    grid_operator: str,
    regime: str,
    connection_mw: float,
    stage_mw: Sequence[float],
    stage_months: Sequence[float],
    in_hand: bool,
    fact_class: str,
    source: str,
    since: str = "a contract that is still to be signed",
) -> Gate:
    """Is the grid connection promised, and by when?

    Parameters
    ----------
    grid_operator : str
        Who connects. [-]
    regime : str
        Name of the procedure in words, such as ``RTE fast track``. [-]
    connection_mw : float
        Power wanted. [MW]
    stage_mw : sequence of float
        Power reached by stage, cumulative. [MW]
    stage_months : sequence of float
        Months to each stage, from what ``since`` says. [months]
    in_hand : bool
        Whether a signed offer exists. [-]
    fact_class, source : str
        Of the dates. [-]
    since : str
        Where the months begin. [-]

    Returns
    -------
    Gate
    """
    steps = "/".join(f"{min(mw, connection_mw):,.0f}" for mw in stage_mw)
    staged = f", staged {steps} MW" if len(stage_mw) > 1 else ""
    letter = Letter(grid_operator, f"{in_mw(connection_mw)} at the site{staged}, its dates, flexible hours",
                    "the connection and its dates", "grid_study")  # fmt: skip
    if in_hand:
        return make_gate(
            "power", YES, fact_class, f"A signed connection of {in_mw(connection_mw)} is in hand", source, letter
        )
    if not len(stage_mw):
        return make_gate("power", YES_IF, "C", f"No connection date is known for {in_mw(connection_mw)}", "", letter)
    parts = [f"{in_mw(min(mw, connection_mw))} in {m:.0f} months" for mw, m in zip(stage_mw, stage_months, strict=True)]
    words = f"{regime}: {', '.join(parts)} from {since}"
    return make_gate("power", YES_IF, fact_class, words, source, letter)
