"""The upper part of the play page: verdict, what is changed, headline figures, gates and sizes of a question."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse

from gigawatt.chapters import supply
from gigawatt.errors import GigawattError
from gigawatt.report.page.words import OWN_MONEY, TILES
from gigawatt.scenario import Scenario
from gigawatt.web import controls, quick
from gigawatt.web.asking import of_query, query_of, scenario_of
from gigawatt.web.errors import WebError
from gigawatt.web.i18n import language_of
from gigawatt.web.language import Language, language
from gigawatt.web.pages.asked import linker
from gigawatt.web.quick import Quick
from gigawatt.web.render import page
from gigawatt.web.say import Said, Teller, by_ladder, headline, ladder, site_note, summary
from gigawatt.web.say_gates import gates
from gigawatt.web.settings import Settings
from gigawatt.web.texts import ANSWERS


def html(request: Request, settings: Settings) -> HTMLResponse:
    """The upper part for the question in an address.

    Raises
    ------
    WebError
        When the question cannot be read.
    """
    question = of_query(request.query_params.multi_items())
    found = values(question, scenario_of(question, settings), language(language_of(request)))
    return page(request, "plan_top.html", **found)


def made(query: str, settings: Settings) -> tuple[bytes | None, list[tuple[bytes, Any]]]:
    """The upper part as it would be sent, and the power optima found for it; None where it is refused."""
    supply.NEW.clear()
    scope = {"type": "http", "method": "GET", "path": "/plan/move", "query_string": query.encode(), "headers": []}
    try:
        found = bytes(html(Request(scope), settings).body)
    except (WebError, GigawattError):
        return None, []
    return found, list(supply.NEW)


def moves(query: str, code: str, settings: Settings) -> list[controls.Move]:
    """Every question one move away; none where this one is refused."""
    try:
        question = of_query(parse_qsl(query))
        return controls.moves(question, language(code), scenario_of(question, settings))
    except (WebError, GigawattError):
        return []


def values(question: dict[str, Any], scenario: Scenario, lang: Language) -> dict[str, Any]:
    """What it shows; where a goal has to be searched for, that it does."""
    found = quick.answer(scenario)
    return {"pending": True} if found is None else of_answer(found, question, lang)


def of_answer(found: Quick, question: dict[str, Any], lang: Language) -> dict[str, Any]:
    """What the upper part shows."""
    link = linker(question, lang.code)
    teller = Teller(found.told, lang, link)
    rows = gates(teller)
    return {
        "pending": False,
        "address": query_of(question),
        "place": _place(found, lang),
        "answer": found.verdict["answer"],
        "headline": _without_word(headline(teller), lang.t(ANSWERS[found.verdict["answer"]])),
        "summary": summary(teller),
        "gates": rows,
        "counts": Counter(g["state"] for g in rows),
        "tiles": _tiles(found, teller),
        "rungs": ladder(teller) if by_ladder(teller.plan) else [],
        "chips": controls.chips(question, lang),
        "reset": query_of({k: v for k, v in question.items() if k in ("place", "at")}),
        "note": site_note(teller),
        "is_partial": found.figures["facility_peak_mw"].value is None,
    }


def _without_word(said: Said, word: str) -> Said:
    """A sentence without the verdict it begins with, which stands above it."""
    text, bare = said.text, word.partition(",")[0] + ","
    word = word if text.casefold().startswith(word.casefold()) else bare
    if not text.casefold().startswith(word.casefold()):
        return said
    rest = text[len(word) :].lstrip(" \u00a0:,")
    return replace(said, text=type(text)(rest[:1].upper() + rest[1:]))


def _place(found: Quick, lang: Language) -> str:
    """The state, or the country in the reader's language."""
    where = found.question["place"]
    return str(where["name"]) if where.get("region") else lang.country(where["iso3"])


def _tiles(found: Quick, teller: Teller) -> list[dict[str, Any]]:
    """Headline figures: label, value, range, class, and the same in the asker's own money."""
    out = []
    for name in TILES:
        f = found.figures.get(name)
        if f is None or f.value is None:
            continue
        made, lang = teller.plan["figures"][name], teller.lang
        ends = f.low != f.high
        low, high = (
            (lang.show(made[k], made["low"], made["high"], made["unit"], with_unit=f.unit == "date") if ends else "")
            for k in ("low", "high")
        )
        own = _own(found, made, lang) if name in OWN_MONEY else ""
        out.append(
            {
                "id": name,
                "label": lang.t(f.label),
                "value": teller.figure(name),
                "low": low,
                "high": high,
                "class": f.fact_class,
                "own": own,
            }
        )
    return out


def _own(found: Quick, figure: dict[str, Any], lang: Language) -> str:
    """An amount in the currency of the budget."""
    currency, rate = found.question.get("currency") or "USD", found.question.get("usd_per_currency_unit")
    if currency == "USD" or not rate:
        return ""
    value, low, high = (float(figure[k]) / float(rate) for k in ("value", "low", "high"))
    return lang.show(value, low, high, currency)
