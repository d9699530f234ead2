"""What the place decides: land, water, hazard, war, its rules; and the deadline."""

from __future__ import annotations

import numpy as np

from gigawatt.units import in_mw

from .verdict import NO, YES, YES_IF, Gate, Letter, make_gate
from .words import figure, known, percent

LARGE_M3 = 1e5  # from here on water is told in millions of m3
EFFECTS = ("blocks", "limits", "requires", "speeds")


def land_gate(
    *,
    place: str,
    land_km2: float,
    area_km2: float | None,
    share_if: float,
    share_no: float,
    fact_class: str,
    source: str,
    agency: str,
) -> Gate:
    """Is there room in the country?

    Parameters
    ----------
    place : str
        Name of the country. [-]
    land_km2 : float
        Land of the campus. [km2]
    area_km2 : float or None
        Area of the country. [km2]
    share_if, share_no : float
        Shares of the country's area at which it becomes doubtful, and out of the question. [-]
    fact_class, source : str
        Of the area. [-]
    agency : str
        Whom to ask. [-]

    Returns
    -------
    Gate
    """
    letter = Letter(agency, f"a site of {figure(land_km2)} km2 with its planning status", "the land", "site_control")
    if not known(area_km2):
        return make_gate("land", YES_IF, "C", f"The area of {place} is not known", "", letter)
    share = land_km2 / float(area_km2 or np.nan)
    words = f"{figure(land_km2)} km2 of land is {percent(share)} of {place}"
    state = NO if share > share_no else YES_IF if share > share_if else YES
    return make_gate("land", state, fact_class, words, source, letter, (share, share_no, "1"))


def water_gate(
    *,
    place: str,
    water_m3_per_year: float,
    water_stress: float | None,
    stress_if: float,
    dry_m3_per_year: float,
    fact_class: str,
    source: str,
    agency: str,
) -> Gate:
    """Is there water for the cooling that is planned?

    Parameters
    ----------
    place : str
        Name of the place. [-]
    water_m3_per_year : float
        Water drawn in a year. [m3/year]
    water_stress : float or None
        Freshwater withdrawn over available there. [-]
    stress_if : float
        Stress from which water must be promised. [-]
    dry_m3_per_year : float
        Use below which the campus counts as dry. [m3/year]
    fact_class, source : str
        Of the stress. [-]
    agency : str
        Whom to ask. [-]

    Returns
    -------
    Gate
    """
    large = water_m3_per_year >= LARGE_M3
    volume = f"{figure(water_m3_per_year / 1e6)} Mm3" if large else f"{figure(water_m3_per_year)} m3"
    letter = Letter(agency, f"{volume} of water a year, or a permit for dry coolers", "the cooling", "permits")
    words = f"{volume} of water a year"
    if water_m3_per_year <= dry_m3_per_year:
        return make_gate("water", YES, "B", f"{words}: dry cooling, little water", source or "design", letter)
    if not known(water_stress):
        return make_gate("water", YES_IF, "C", f"{words}; the water stress of {place} is not known", "", letter)
    stress = float(water_stress or 0.0)
    words = f"{words} where {percent(stress)} of the fresh water is already drawn"
    state = YES_IF if stress >= stress_if else YES
    return make_gate("water", state, fact_class, words, source, letter, (stress, stress_if, "1"))


def hazard_gate(
    *, place: str, hazard_index: float | None, index_if: float, fact_class: str, source: str, insurer: str
) -> Gate:
    """Do natural hazards ask for more than ordinary engineering?

    Parameters
    ----------
    place : str
        Name of the country. [-]
    hazard_index : float or None
        INFORM natural hazard exposure, 0 to 10. [-]
    index_if : float
        Index from which a site study and cover are needed first. [-]
    fact_class, source : str
        Of the index. [-]
    insurer : str
        Whom to ask. [-]

    Returns
    -------
    Gate
    """
    letter = Letter(insurer, "a hazard study of the site and the price of cover", "insurance and design", "permits")
    if not known(hazard_index):
        return make_gate("hazard", YES_IF, "C", f"The natural hazards of {place} are not rated", "", letter)
    index = float(hazard_index or 0.0)
    words = f"Natural hazards of {place} rate {index:.1f} of 10"
    state = YES_IF if index >= index_if else YES
    return make_gate("hazard", state, fact_class, words, source, letter, (index, index_if, "1"))


def war_gate(
    *,
    place: str,
    at_war: bool,
    occupied: bool,
    capacity_before_mw: float | None,
    capacity_lost_mw: float | None,
    insured: bool,
    fact_class: str,
    source: str,
    insurer: str,
) -> Gate:
    """Can it be built, fed and insured where there is war?

    Parameters
    ----------
    place : str
        Name of the place. [-]
    at_war : bool
        Whether there is fighting. [-]
    occupied : bool
        Whether the site lies in an area under occupation or embargo. [-]
    capacity_before_mw, capacity_lost_mw : float or None
        Power plants before the war, and lost or occupied since. [MW]
    insured : bool
        Whether war-risk cover is signed. [-]
    fact_class, source : str
        Of the damage. [-]
    insurer : str
        Whom to ask. [-]

    Returns
    -------
    Gate
    """
    letter = Letter(insurer, f"war-risk cover for a campus in {place}, split over sites, and its price",
                    "any private loan", "finance")  # fmt: skip
    if occupied:
        return make_gate("war", NO, fact_class, f"{place} is under occupation and embargo", source, letter)
    if not at_war:
        return make_gate("war", YES, fact_class or "B", f"No war in {place}", source or "no war on record", letter)
    words = f"There is war in {place}"
    numbers: tuple[float | None, float | None, str] = (None, None, "")
    if known(capacity_before_mw) and known(capacity_lost_mw):
        before, lost = float(capacity_before_mw or np.nan), float(capacity_lost_mw or np.nan)
        words = (
            f"{words}: about {figure(lost / 1e3)} of {figure(before / 1e3)} GW of generation is destroyed or occupied"
        )
        numbers = (lost, before, "MW")
    words = f"{words}, and {'war insurance is signed' if insured else 'private loans wait for war-risk insurance'}"
    return make_gate("war", YES_IF, fact_class, words, source, letter, numbers)


def rule_gate(
    *,
    place: str,
    effect: str,
    rule: str,
    facility_mw: float,
    threshold_mw: float | None,
    allocation_mw: float | None,
    fact_class: str,
    source: str,
    authority: str,
) -> Gate:
    """A moratorium, allocation, connection rule or zoning plan of the place.

    Parameters
    ----------
    place : str
        Where the rule holds. [-]
    effect : str
        ``blocks``, ``limits``, ``requires`` or ``speeds``. [-]
    rule : str
        The rule in a few words. [-]
    facility_mw : float
        Size of the campus. [MW]
    threshold_mw : float or None
        Size from which the rule holds; None for all. [MW]
    allocation_mw : float or None
        All that is on offer for everybody; None where nothing is rationed. [MW]
    fact_class, source : str
        Of the rule. [-]
    authority : str
        Whom to ask. [-]

    Returns
    -------
    Gate
    """
    if effect not in EFFECTS:
        raise ValueError(f"effect is {effect!r}; expected one of {', '.join(EFFECTS)}")
    ask = f"how {in_mw(facility_mw)} can comply: {rule}"
    letter = Letter(authority, ask, "the moratorium and allocation gate", "permits")
    numbers = (facility_mw, allocation_mw if known(allocation_mw) else threshold_mw, "MW")
    if known(threshold_mw) and facility_mw < float(threshold_mw or 0.0):
        words = f"{in_mw(facility_mw)} is below the {in_mw(float(threshold_mw or 0))} from which {place} has a rule"
        return make_gate("moratorium", YES, fact_class, words, source, letter, numbers)
    if known(allocation_mw):
        offer = float(allocation_mw or 0.0)
        over = facility_mw > offer
        words = f"{place} allots capacity by call, {in_mw(offer)} in the last one for all bidders"
        words = (
            f"{words}; {in_mw(facility_mw)} is {'more than that' if over else f'{percent(facility_mw / offer)} of it'}"
        )
        return make_gate("moratorium", NO if over else YES_IF, fact_class, words, source, letter, numbers)
    words = f"{place}: {rule}"
    state = {"blocks": NO, "limits": YES_IF, "requires": YES_IF, "speeds": YES}[effect]
    return make_gate("moratorium", state, fact_class, words, source, letter, numbers)


def time_gate(
    *,
    probability: float,
    words: str,
    probability_yes: float,
    probability_no: float,
    fact_class: str,
    source: str,
    value_months: float,
    limit_months: float,
    holdup: Letter,
) -> Gate:
    """Is the deadline met?

    Parameters
    ----------
    probability : float
        Share of draws that meet it. [-]
    words : str
        The outcome in one sentence. [-]
    probability_yes, probability_no : float
        At or above the first it is a yes, below the second a no. [-]
    fact_class, source : str
        Of the critical lead times. [-]
    value_months, limit_months : float
        Months to full power, and months to the deadline. [months]
    holdup : Letter
        To whoever can shorten the critical task. [-]

    Returns
    -------
    Gate
    """
    state = YES if probability >= probability_yes else NO if probability < probability_no else YES_IF
    return make_gate("time", state, fact_class, words, source, holdup, (value_months, limit_months, "month"))
