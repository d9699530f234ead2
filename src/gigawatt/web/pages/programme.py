"""``/programme?name=...``: a named programme: what is on record of it, with source and page, and our figures for it.

A figure opens to one campus's plan and what it is multiplied by, a number that was announced to its record.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from gigawatt import programmes
from gigawatt.answer import fact_row
from gigawatt.compare.announced import SCOPE_WORDS
from gigawatt.facts import load_facts
from gigawatt.figures import FIGURES
from gigawatt.web import columns
from gigawatt.web.asking import query_of
from gigawatt.web.errors import WebError
from gigawatt.web.i18n import language_of
from gigawatt.web.language import DEFAULT, Language, language
from gigawatt.web.render import page
from gigawatt.web.say import free
from gigawatt.web.texts import ANSWERS, N_

router = APIRouter()
KEPT = 40  # programmes planned and held in memory
QUANTITIES = {  # of a claim, in the order of the page
    "money": N_("money"),
    "mw": N_("power"),
    "it_mw": N_("IT power"),
    "accelerators": N_("accelerators"),
    "sites": N_("sites"),
    "first_date": N_("first power"),
    "full_date": N_("full power"),
    "first_money": N_("money of the first phase"),
    "first_mw": N_("power of the first phase"),
    "first_accelerators": N_("accelerators of the first phase"),
    "part_mw": N_("power of a part"),
    "part_accelerators": N_("accelerators of a part"),
    "later_money": N_("money of later phases"),
    "later_mw": N_("power of later phases"),
}
CLAIMED = {  # number of the comparison -> quantities that were announced
    "money": ("money", "first_money"),
    "facility_mw": ("mw", "first_mw"),
    "accelerators": ("accelerators", "first_accelerators"),
    "first_date": ("first_date",),
    "full_date": ("full_date",),
}


@dataclass(frozen=True)
class Column:
    """One thing compared: name, verdict, figures, what was announced, and the address of its plan."""

    name: str
    answer: str
    figures: Mapping[str, Any]
    announced: Mapping[str, Any]
    address: str
    id: str = ""  # of a programme
    sites: int = 1
    one: Mapping[str, Any] = field(default_factory=dict)  # the figures of one campus
    factors: Mapping[str, float] = field(default_factory=dict)  # what they are multiplied by for all sites

    @property
    def programme(self) -> bool:
        return bool(self.id)

    def behind(self, name: str, words: Language) -> str:
        """The address of what is behind a figure: its plan, or what a campus's plan is multiplied by."""
        if self.factors.get(name, 1.0) != 1.0:
            return address(words, name=self.id, figure=name)
        return self.of_campus(name, words)

    def of_campus(self, name: str, words: Language) -> str:
        """The address of what is behind a figure of the plan, of one campus where it is a programme."""
        rest = self.address.partition("?")[2] + ("" if words.code == DEFAULT else f"&lang={words.code}")
        return f"/explain?{urlencode({'figure': name})}&{rest}"


def address(words: Language, **query: str) -> str:
    """The address of a programme, or of a number of it."""
    return f"/programme?{urlencode(query | ({} if words.code == DEFAULT else {'lang': words.code}))}"


async def column(request: Request, name: str) -> Column:
    """A programme planned as announced; the last ones are kept."""
    state = request.app.state
    if not hasattr(state, "programmes"):
        state.programmes = OrderedDict()
    kept: OrderedDict[tuple[str, date], Column] = state.programmes
    key = name, state.settings.today or date.today()
    if key not in kept:
        found = await state.crew.run(columns.programme, *key, seconds=state.settings.plan_s)
        question = found.pop("question")
        kept[key] = Column(address="/plan?" + query_of(question), id=name, **found)
        while len(kept) > KEPT:
            kept.popitem(last=False)
    return kept[key]


@router.get("/programme")
async def programme(request: Request) -> HTMLResponse:
    """A programme, a figure of it or what was announced on one; without a name, the programmes on record."""
    facts, words = load_facts(), language(language_of(request))
    name, figure, claims = (request.query_params.get(k, "") for k in ("name", "figure", "claims"))
    known = programmes.catalogue(facts)
    if not name:
        rows = sorted(known.values(), key=lambda p: p.name.casefold())
        return page(request, "programmes.html", programmes=rows)
    if name not in known:
        raise WebError(404, "name", name, "the id of a programme", "see /programme for all of them")
    if figure and figure not in FIGURES:
        raise WebError(404, "figure", figure, "a figure of a plan", "open the programme itself")
    wanted = CLAIMED.get(claims, tuple(QUANTITIES))
    p = known[name]
    made = await column(request, name)
    return page(
        request,
        "programme.html",
        programme=p,
        about=[free(words.code, x) for x in (p.place, p.status) if x],
        column=made,
        figure=figure if made.figures.get(figure, {}).get("value") is not None else "",
        only_claims=claims in CLAIMED,
        claims=[_claim(c, words) for q in wanted for c in p.all(q)],
        campus_power=fact_row(facts["compare.campus_power"], facts),
        address=address,
        answers=ANSWERS,
    )


def _claim(c: programmes.Claim, words: Language) -> dict[str, Any]:
    """A claim as the page shows it: what, how much, on which basis, and the record it stands in."""
    row, value = fact_row(c.fact, load_facts()), c.fact.value
    shown = str(value) if isinstance(value, str) else words.show(value, None, None, c.fact.unit, significant=3)
    if isinstance(value, str) and c.fact.unit == "date" and len(value) >= len("2029-01") and "-" in value:
        shown = words.month(value) if value[5:7].isdigit() else value
    basis = SCOPE_WORDS.get(c.basis, "") if c.quantity.endswith("money") else c.basis
    return {
        **row,
        "what": words.t(QUANTITIES.get(c.quantity, c.quantity)),
        "shown": shown,
        "said": [free(words.code, x) for x in (basis, c.words) if x and x != "unknown"],
    }
