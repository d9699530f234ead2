"""An announced campus as a question to the planner: what is promised by when, and what is said to be settled.

Read from what was said on the day: place, power, date, power source, build type, owner, agreements. What the campus is
called is not read, nor anything that was known later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gigawatt import buildout
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts
from gigawatt.gazetteer import countries
from gigawatt.scenario import ON_A_FREE_SITE, Scenario, read

from .families import CannotPredict, Case

OPERATION, WORKS, PERMISSION, CONTRACT, CALL = "operation", "works", "permission", "contract", "call"
RESTART = "restart"
BUILT = (  # words of a build type -> that of the plan; the first that is found
    (r"^greenfield_fast|^fast|^mixed|\btents?\b", "fast_greenfield"),
    (r"^greenfield|^new", "greenfield"),
    (r"retrofit|conver", "retrofit"),
    (r"fit-?_?out|hosted|colocation|existing (hall|building|data)", "fit_out"),
    (r"modular|container", "modular"),
    (r"brownfield|expansion|existing|former|mine|mining", "brownfield"),
    (r"greenfield", "greenfield"),
)
ASKED = (  # what a milestone is, by its words; the first that is found
    (CALL, r"\bcall\b|tender|allocation|allotment|shortlist|selection of"),
    (
        WORKS,
        r"(start|begin|commence|launch)\w*( of)?( the)? (construction|works)|construction (start|begin)|ground-?break",
    ),
    (PERMISSION, r"permit|approv|annexation|consent|zoning|land sale|planning"),
    (CONTRACT, r"\bleased?\b|\bsigned\b|\bcontract|financing"),
)
OWN_MONEY = r"hyperscaler|self-owned|telecom|platform|conglomerate|utility|public"
OTHERS_MONEY = r"landlord|developer|neocloud|fund|investment|equity|state|infrastructure"
ON_SITE_GAS = r"(on-?site|mobile|behind-the-meter|btm|own|captive)[^,;+]*gas|gas (turbines|engines)|ccgt"
RENTED = r"(mobile|rented|rental|temporary|trailer|leased)[^,;+]*(gas|turbine|engine|generat)"
PUBLIC = r"public|state allocation|government"
LIVE = r"existing|former factory|dual \d+ ?kv"
NUMBER = r"(\d[\d,.]*) ?(mw|gw)"


@dataclass(frozen=True)
class Promise:
    """What is promised, and what is said to be settled on the day.

    Parameters
    ----------
    question : Scenario or None
        The question to the planner; None where no site is named. [-]
    asked : str
        What has to be there: power in operation, start of works, a permission, a contract, a public call. [-]
    mw : float or None
        Facility power promised; None where none is stated. [MW]
    mw_per_facility_mw : float
        To turn facility power into the basis of the announcement. [1]
    months : float
        From the announcement to the promised date. [month]
    settled : mapping of str to bool
        `grid`, `payer`, `licence`: agreed or not needed; absent where nothing is said. [-]
    own_money : bool
        Whether the owner builds from his own books. [-]
    tendered : bool
        Whether a public body buys. [-]
    dated : bool
        Whether a date was promised. [-]
    needs_grid : bool
        Whether power is to come from a connection that is not live yet. [-]
    rented : bool
        Whether the gas sets come on wheels. [-]
    town : str
        The place as facts would name it. [text]
    """

    question: Scenario | None
    asked: str
    mw: float | None
    mw_per_facility_mw: float
    months: float
    settled: Mapping[str, bool]
    own_money: bool
    tendered: bool
    dated: bool
    needs_grid: bool = True
    rented: bool = False
    town: str = ""


def promise(facts: Facts, case: Case) -> Promise:
    """Read one announcement."""
    words = {name: str(case.given.get(name) or "").lower() for name in case.given}
    announced = _date(case, "announced")
    dated = case.has("promised_date")
    months = float(facts["announce.horizon"].value)
    if dated:
        months = buildout.months_between(announced.isoformat(), _date(case, "promised_date").isoformat())
    asked = _asked(words)
    it = words.get("mw_basis", "").startswith("it")
    ratio = float(facts["facility.design_peak_pue.published"].value) if it else 1.0
    mw = case.number("milestone_mw") * ratio if case.has("milestone_mw") else None
    owner = words.get("owner_type", "")
    own = _first(owner, OWN_MONEY, OTHERS_MONEY)
    places = _places(case)
    question = _question(facts, case, words, announced, mw, own, places) if places and asked != CALL else None
    return Promise(
        question=question,
        asked=asked,
        mw=mw,
        mw_per_facility_mw=1.0 / ratio,
        months=max(months, 0.0),
        settled=_settled(words),
        own_money=own,
        tendered=bool(re.search(PUBLIC, owner)),
        dated=dated,
        needs_grid=question is not None and _needs_grid(question),
        rented=bool(re.search(RENTED, words.get("power_source", ""))),
        town=re.split(r"[\s,(/]", str(case.given.get("place") or ""))[0],
    )


def _needs_grid(s: Scenario) -> bool:
    """Whether more power is asked of the grid than what is live."""
    return sum(x.mw for x in s.power if x.source in ("", "grid")) > (s.existing_connection_mw or 0.0) or not s.power


def _date(case: Case, name: str) -> date:
    try:
        return date.fromisoformat(case.text(name))
    except ValueError:
        raise CannotPredict(f"{name} is {case.text(name)!r}: expected a date such as 2024-07-31") from None


def _asked(words: Mapping[str, str]) -> str:
    """What the milestone is; a plant that is restarted is asked to run."""
    if words.get("build_type", "").startswith(RESTART):
        return RESTART
    milestone = words.get("milestone", "")
    return next((kind for kind, pattern in ASKED if re.search(pattern, milestone)), OPERATION)


def _first(text: str, yes: str, no: str) -> bool:
    """Whether a text names the first pattern before the second: the first named owner pays."""
    a, b = re.search(yes, text), re.search(no, text)
    return bool(a) and (b is None or a.start() <= b.start())  # type: ignore[union-attr]


def _settled(words: Mapping[str, str]) -> dict[str, bool]:
    """What is said to be agreed, not agreed, or not needed."""
    said = {"grid": ("grid_agreement", "yes"), "payer": ("offtake", "yes"), "licence": ("chip_licence_needed", "no")}
    return {what: words[column] == good for what, (column, good) in said.items() if words.get(column) in ("yes", "no")}


def _question(
    facts: Facts,
    case: Case,
    words: Mapping[str, str],
    announced: date,
    mw: float | None,
    own: bool,
    places: Sequence[Mapping[str, Any]],
) -> Scenario:
    """The question to the planner."""
    question: dict[str, Any] = {"as_of": announced, "operating_model": "hyperscaler" if own else "anchor_lease"}
    kind = next((k for pattern, k in BUILT if re.search(pattern, words.get("build_type", ""))), "")
    if kind:
        question["build_type"] = kind
    if mw is None and case.has("accelerators_claimed"):
        question["accelerators"] = case.number("accelerators_claimed")
    else:
        question |= _power(words, mw or float(facts["announce.size"].value), kind)
    return _read(question, places)


def _places(case: Case) -> list[dict[str, str]]:
    """Words for the place: its coordinates, and its country where it is one; a union of states has neither."""
    found = [{"at": f"{case.number('lat')},{case.number('lon')}"}] if case.has("lat") and case.has("lon") else []
    code = str(case.given.get("iso3") or "").upper()
    return [*found, {"place": countries()[code].name}] if code in countries() else found


def _read(question: Mapping[str, Any], places: Sequence[Mapping[str, Any]]) -> Scenario:
    """The question at the first place that the planner knows."""
    problem = "no place"
    for place in places:
        try:
            return read({**question, **place})
        except ScenarioError as error:
            problem = str(error)
    raise CannotPredict(problem)


def _power(words: Mapping[str, str], mw: float, kind: str) -> dict[str, Any]:
    """Power by source, and the connection that is live: of a converted site with an agreement, or as it is said."""
    source = words.get("power_source", "")
    agreed = words.get("grid_agreement") == "yes"
    gas = _said(source, ON_SITE_GAS)
    live = _said(source, r"grid at first|grid today|existing")
    has_gas, converted = re.search(ON_SITE_GAS, source), kind not in ON_A_FREE_SITE
    found: dict[str, Any] = {}
    if converted and live:
        found["existing_connection"] = f"{min(live, mw):.10g} MW"
    elif converted and (agreed or re.search(LIVE, source)):
        found["existing_connection"] = f"{mw:.10g} MW"
    own = 0.0
    if has_gas:  # gas carries what is said, else what no grid agreement carries
        own = min(gas or (0.0 if agreed else mw), mw - min(live or 0.0, mw))
    parts = [f"{mw - own:.10g} MW grid"] * (mw > own) + [f"{own:.10g} MW gas"] * (own > 0.0)
    return found | {"power": " + ".join(parts) if own > 0.0 else f"{mw:.10g} MW"}


def _said(text: str, pattern: str) -> float | None:
    """The power stated in the part of a text that speaks of something."""
    for part in re.split(r"[;+]|, (?!\d)", text):
        number = re.search(NUMBER, part)
        if number and re.search(pattern, part):
            return float(number[1].replace(",", "").rstrip(".")) * (1e3 if number[2] == "gw" else 1.0)
    return None
