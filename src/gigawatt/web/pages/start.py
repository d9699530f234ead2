"""``/``: where to begin. A map of all answers, a search box, and the countries in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse

from gigawatt.web import map as maps
from gigawatt.web.i18n import language_of
from gigawatt.web.language import Language, language
from gigawatt.web.map import METRICS, Metric
from gigawatt.web.render import page
from gigawatt.web.texts import ANSWERS, GATES, N_
from gigawatt.web.world import World

router = APIRouter()
RANK = {"yes": 0, "yes_if": 1, "no": 2, None: 3}
EXAMPLES = (
    (N_("France, 109 B€, 1 GW nuclear"), {"place": "France", "budget": "109 B€", "power": "1 GW nuclear"}),
    (N_("Ukraine, 100k GB300, 2030"), {"place": "Ukraine", "accelerators": "100k GB300", "by": "2030"}),
    (N_("Kenya, 300 MW geothermal"), {"place": "Kenya", "power": "300 MW geothermal"}),
)
SHOWN = ("facility_peak_mw", "full_power_date", "lcoc_at_utilisation_usd_per_accelerator_hour")
NONE = "–"
CALENDAR, PARTIAL = N_("the calendar"), N_("only the chip licence judged")


@router.get("/")
async def start(request: Request) -> HTMLResponse:
    """The first page."""
    keeper = request.app.state.world
    keeper.start()
    lang, chosen = language(language_of(request)), maps.metric(request.query_params.get("by", ""))
    found = await run_in_threadpool(_shown, keeper.world, lang, chosen)
    return page(
        request,
        "start.html",
        **found,
        metrics=METRICS,
        chosen=chosen,
        examples=EXAMPLES,
        progress=keeper.progress,
        is_current=keeper.is_current,
    )


@router.get("/world.json")
async def world(request: Request) -> JSONResponse:
    """How far the answers of all countries are, for the first page to ask."""
    keeper = request.app.state.world
    done, of = keeper.progress or (None, None)
    return JSONResponse({"current": keeper.is_current, "done": done, "of": of, "rows": len(keeper.world.rows)})


def _shown(world: World, lang: Language, m: Metric) -> dict[str, Any]:
    def name(row: Mapping[str, Any]) -> str:
        return _said(row, lang)

    def link(row: Mapping[str, Any]) -> str:
        return f"/plan?place={row['iso3']}" + ("" if lang.code == "en" else f"&lang={lang.code}")

    counts = Counter(r["verdict"] for r in world.rows)
    said = ", ".join(f"{lang.t(ANSWERS[v])}{lang.colon} {counts[v]}" for v in ANSWERS if counts[v])
    words = lang.t("World map by {what}", what=lang.t(m.title)) + (f". {said}" if said else "")
    return {
        "map": maps.svg(world.rows, m, words=words, name=name, link=link),
        "legend": _legend(world, lang, m),
        "rows": [_row(r, lang, link(r)) for r in _ranked(world.rows, m, lang)],
        "counts": said,
        "as_of": lang.day(world.as_of) if world.rows else "",
        "made": date.fromisoformat(world.as_of),
    }


def _said(row: Mapping[str, Any], lang: Language) -> str:
    """A country's accessible name: its answer, largest campus and date."""
    parts = [lang.t(ANSWERS[row["verdict"]]) if row["verdict"] in ANSWERS else lang.t("no answer")]
    size, date_of_same = (_text(row, k, lang) for k in SHOWN[:2])
    parts += [lang.t("up to {size}", size=size)] if size != NONE else []
    parts += [lang.t("100 MW in {date}", date=date_of_same)] if date_of_same != NONE else []
    return f"{lang.country(row['iso3'])}{lang.colon} {', '.join(parts)}"


def _row(row: Mapping[str, Any], lang: Language, address: str) -> dict[str, Any]:
    binding = row["binding"]
    words = lang.t(GATES[binding]) if binding in GATES else lang.t(CALENDAR) if binding == "calendar" else ""
    return {
        "iso3": row["iso3"],
        "name": lang.country(row["iso3"]),
        "address": address,
        "verdict": row["verdict"] or "none",
        "verdict_text": lang.t(ANSWERS[row["verdict"]]) if row["verdict"] in ANSWERS else lang.t("no answer"),
        "cells": [_text(row, k, lang) for k in SHOWN],
        "binding": lang.t(PARTIAL) if binding == "facts" else words,
    }


def _text(row: Mapping[str, Any], figure: str, lang: Language) -> str:
    found = row["figures"].get(figure)
    if found is None:
        return NONE
    value, low, high, unit = found
    if figure == "facility_peak_mw":
        return lang.mw(float(value))
    return lang.show(value, low, high, unit)


def _ranked(rows: tuple[dict[str, Any], ...], m: Metric, lang: Language) -> list[dict[str, Any]]:
    """By the answer and then the size, or by the figure that is shown."""

    def key(row: Mapping[str, Any]) -> tuple[Any, ...]:
        size = float((row["figures"].get("facility_peak_mw") or [0.0])[0])
        if not m.figure:
            return (RANK[row["verdict"]], -size, lang.country(row["iso3"]))
        value = maps.value(row, m)
        if value is None:
            return (1, 0.0, lang.country(row["iso3"]))
        number = float(date.fromisoformat(value).toordinal()) if isinstance(value, str) else float(value)
        return (0, number if m.less_is_better else -number, lang.country(row["iso3"]))

    return sorted(rows, key=key)


def _legend(world: World, lang: Language, m: Metric) -> list[tuple[str, str]]:
    """CSS class and words of every colour."""
    if not m.figure:
        known = [(f"v-{v}", lang.t(text)) for v, text in ANSWERS.items()]
        return [*known, ("v-none", lang.t("not judged"))]
    css, limits = maps.classes(world.rows, m)
    if not css:
        return []
    unit = next(r["figures"][m.figure][3] for r in world.rows if m.figure in r["figures"])
    ends = [lang.mw(x) if m.id == "size" else lang.show(x, None, None, unit, significant=2) for x in limits]
    low, high = lang.t("less than {value}", value=ends[0]), lang.t("{value} and more", value=ends[-1])
    if m.id == "date":
        low, high = lang.t("before {date}", date=ends[0]), lang.t("from {date}", date=ends[-1])
    names = [low, *(f"{a} – {b}" for a, b in pairwise(ends)), high]
    steps = [f"q{k if m.less_is_better else maps.STEPS - 1 - k}" for k in range(maps.STEPS)]
    return [*zip(steps, names, strict=True), ("v-none", lang.t("no such figure, or a no"))]
