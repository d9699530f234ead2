"""``/compare?a=...&b=...``: two to four plans or programmes side by side; the audit box checks an announcement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from gigawatt import places, programmes
from gigawatt.facts import load_facts
from gigawatt.web import columns, tasks
from gigawatt.web.asking import LONGEST_VALUE, of_query, query_of, scenario_of
from gigawatt.web.errors import WebError
from gigawatt.web.i18n import language_of
from gigawatt.web.language import Language, language
from gigawatt.web.pages.programme import Column, address, column
from gigawatt.web.render import page
from gigawatt.web.say import free
from gigawatt.web.texts import ANSWERS, N_

router = APIRouter()
SLOTS = ("a", "b", "c", "d")
PRESET = ("stargate-us", "fr-109bn", "eu-investai", "xai-colossus-1")
SAME = 0.005  # a difference below this is none
ROWS = (
    ("facility_peak_mw", "announced:facility_mw"),
    ("accelerators", "announced:accelerators"),
    ("capex_usd", "announced:money"),
    ("capex_shell_power_usd", ""),
    ("lcoc_usd_per_accelerator_hour", ""),
    ("rent_abroad_usd_per_accelerator_hour", ""),
    ("lcoe_usd_per_mwh", ""),
    ("pue", ""),
    ("first_power_date", "announced:first_date"),
    ("full_power_date", "announced:full_date"),
    ("cost_of_delay_usd_per_month", ""),
    ("largest_run_100_days_flop", ""),
    ("cfe_share", ""),
    ("emissions_kg_per_mwh", ""),
    ("water_m3_per_year", ""),
    ("share_of_peak_demand", ""),
    ("capex_share_of_gdp", ""),
    ("jobs_permanent", ""),
)
PARTS = {
    "money": N_("the money"),
    "accelerators": N_("the accelerators"),
    "power": N_("the power"),
    "date": N_("the date"),
    "size": N_("the size"),
}
SCOPES = {
    "all_in": N_("everything counted"),
    "shell_power": N_("halls and power only"),
    "it": N_("machines only"),
    "contribution": N_("private money beside each unit of public money"),
    "": "",
}
STATES = {"fits": N_("fits"), "short": N_("falls short"), "spare": N_("more than needed")}


@router.get("/compare")
async def compare(request: Request) -> HTMLResponse:
    """The columns asked for, and the audit of an announcement where one was given."""
    given = {slot: request.query_params.get(slot, "").strip() for slot in SLOTS}
    words = language(language_of(request))
    shown = [await _column(request, slot, text, words) for slot, text in given.items() if text]
    text, place = (request.query_params.get(k, "").strip() for k in ("audit", "place"))
    found = await _audited(request, text, place, words) if text else None
    return page(
        request,
        "compare.html",
        given=given,
        columns=shown,
        rows=_rows(shown, words),
        preset="/compare?" + urlencode(dict(zip(SLOTS, PRESET, strict=True))),
        programmes=[(p.id, p.name) for p in _known()],
        audit=found,
        audit_text=text,
        audit_place=place,
        answers=ANSWERS,
    )


async def _column(request: Request, slot: str, text: str, words: Language) -> Column:
    """A programme by its id, the address of a question, or a place."""
    if len(text) > 2 * LONGEST_VALUE:
        raise WebError(422, slot, text, f"at most {2 * LONGEST_VALUE} characters", "write it shorter")
    named = "" if "=" in text else _programme_of(text)
    if named:
        return await column(request, named)
    question = of_query(parse_qsl(text)) if "=" in text else {"place": text}
    try:
        scenario = scenario_of(question, request.app.state.settings)
    except WebError as error:
        near = [] if "=" in text else [p for p in _known() if _bare(text) in f"{p.id} {_bare(p.name)}"]
        if not near:
            raise
        expected = "a country, the address of a plan, or one of these programmes: " + ", ".join(p.id for p in near)
        raise WebError(error.status, slot, text, expected, f"write for example {near[0].id}") from None
    plan = await request.app.state.planner.plan(scenario)
    name = " · ".join([_place_name(scenario.place, words), *(str(v) for k, v in question.items() if k in _NAMED)])
    figures = {k: f.json() for k, f in plan.figures.items()}
    return Column(name, plan.answer, figures, {}, "/plan?" + query_of(question))


def _known() -> list[programmes.Programme]:
    return list(programmes.catalogue(load_facts()).values())


def _programme_of(text: str) -> str:
    """The id of a programme by its id or its name, or ''."""
    return next((p.id for p in _known() if text.casefold() == p.id or _bare(text) == _bare(p.name)), "")


def _bare(name: str) -> str:
    """A programme's name as people say it: Stargate, for The Stargate Project."""
    return name.casefold().removeprefix("the ").removesuffix(" project").strip()


_NAMED = ("power", "budget", "accelerators", "train", "serve", "by")


def _place_name(place: places.Place, words: Language) -> str:
    return place.name if place.region else words.country(place.iso3)


def _rows(shown: list[Column], words: Language) -> list[dict[str, Any]]:
    """A row a figure: each cell with its text, and how it differs from the first column."""
    out = []
    for name, announced in ROWS:
        cells = [_cell(c, name, announced.partition(":")[2], shown[0], words) for c in shown]
        if any(c["text"] for c in cells):
            first = next(c.figures[name] for c in shown if name in c.figures)
            differs = any(c["differs"] for c in cells)
            out.append({"label": words.t(first["label"]), "cells": cells, "differs": differs})
    return out


def _cell(of: Column, name: str, announced: str, first: Column, words: Language) -> dict[str, Any]:
    row, base = of.figures.get(name), first.figures.get(name)
    if row is None or row["value"] is None:
        return {
            "text": words.t("n/a"),
            "differs": False,
            "change": "",
            "apart": False,
            "announced": "",
            "behind": "",
            "record": "",
        }
    said = of.announced.get(announced) if announced else None
    stated = ""
    if said and not said["estimated"] and said["value"] is not None:
        stated = words.show(said["value"], None, None, said["unit"], significant=3)
    change, differs, apart = _change(row, base, words) if of is not first else ("", False, False)
    text = words.figure(row, name, with_range=True)
    return {
        "text": text,
        "differs": differs,
        "change": change,
        "apart": apart,
        "announced": stated,
        "behind": of.behind(name, words),
        "record": address(words, name=of.id, claims=announced) if stated else "",
    }


def _change(row: Mapping[str, Any], base: Mapping[str, Any] | None, words: Language) -> tuple[str, bool, bool]:
    """The difference to the first column in words, whether there is one, and whether the ranges lie apart."""
    if base is None or base["value"] is None:
        return "", True, False
    if isinstance(row["value"], str):
        months = _months(row["value"]) - _months(str(base["value"]))
        if not months:
            return "", False, False
        form = N_("{months} later") if months > 0 else N_("{months} earlier")
        return (
            words.t(form, months=words.months(abs(months))),
            True,
            row["low"] > base["high"] or row["high"] < base["low"],
        )
    if not base["value"]:
        return "", row["value"] != base["value"], False
    ratio = row["value"] / base["value"]
    if abs(ratio - 1.0) < SAME:
        return "", False, False
    apart = row["low"] > base["high"] or row["high"] < base["low"]
    if not 0.1 < ratio < 3.0:
        return f"× {words.plain(float(f'{ratio:.2g}'))}", True, apart
    return words.change(ratio - 1.0), True, apart


def _months(iso: str) -> int:
    return int(iso[:4]) * 12 + int(iso[5:7] or 1)


async def _audited(request: Request, text: str, place: str, words: Language) -> dict[str, Any]:
    """An announcement checked against itself; its parts as rows."""
    if len(text) > LONGEST_VALUE:
        raise WebError(422, "audit", text, f"at most {LONGEST_VALUE} characters", "write it shorter")
    today = request.app.state.settings.today or date.today()
    terms = {"as_of": today, "price_year": columns.PRICE_YEAR}
    state = request.app.state
    found = await state.crew.run(tasks.audit, text, place, terms, seconds=state.settings.plan_s)
    parts = [
        {
            "part": words.t(PARTS.get(p["part"], p["part"])),
            "against": words.t(PARTS.get(p["against"], p["against"])),
            "scope": words.t(SCOPES[p["scope"]]) if SCOPES.get(p["scope"]) else "",
            "stated": words.show(p["stated"], None, None, p["unit"] if p["unit"] != "1" else "USD", significant=3),
            "needed": _needed(p, words),
            "state": p["state"],
            "state_text": words.t(STATES[p["state"]]),
            "decides": p["decides"],
            "said": free(words.code, p["words"]),
        }
        for p in found["parts"]
    ]
    return {"fits": found["fits"], "parts": parts}


def _needed(part: Mapping[str, Any], words: Language) -> str:
    needed, unit = part["needed"], part["unit"]
    if unit == "1":
        unit = ""
    return words.figure({**needed, "unit": unit}, with_range=True)
