"""``/saved``: keep a question with notes, find it again, rename and delete it, compare some. Forms, no script."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request
from pydantic import BaseModel, ValidationError
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse

from gigawatt import __version__
from gigawatt.facts import load_facts
from gigawatt.web import then
from gigawatt.web.api import plans
from gigawatt.web.api.models import NewPlan, PlanChange
from gigawatt.web.asking import of_query, query_of, scenario_of
from gigawatt.web.errors import WebError
from gigawatt.web.i18n import language_of
from gigawatt.web.language import DEFAULT, Language, language
from gigawatt.web.pages.asked import ask
from gigawatt.web.pages.compare import SLOTS
from gigawatt.web.render import page
from gigawatt.web.say import free, reading
from gigawatt.web.store import SavedPlan
from gigawatt.web.texts import ANSWERS

router = APIRouter()
SHOWN = 200
FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 50


@router.get("/saved")
async def saved(request: Request) -> HTMLResponse:
    """The saved plans; with a question in the address, also the form that keeps it."""
    asked = None
    if any(request.query_params.get(k) for k in ("place", "at")):
        asked = await ask(request)
    rows = await run_in_threadpool(_rows, request)
    said = reading(asked.teller) if asked else None
    name = str(said.text).partition(" · ")[0].partition(" (")[0] if said else ""
    return page(request, "saved.html", asked=asked, reading=said, name=name, plans=rows, answers=ANSWERS, slots=SLOTS)


@router.post("/saved")
async def keep(request: Request) -> RedirectResponse:
    """Keep the question of the form."""
    given = await _form(request)
    question = of_query(parse_qsl(given.get("question", "")))
    body = {"name": given.get("name", "").strip(), "notes": given.get("notes", ""), "question": question}
    await plans.post_plan(request, _checked(NewPlan, body))
    return _back(given)


@router.post("/saved/{plan_id}")
async def change(request: Request, plan_id: str) -> RedirectResponse:
    """Rename a plan, change its notes, keep today's answer, or delete it, as the form's button says."""
    given = await _form(request)
    state = request.app.state
    if given.get("do") == "delete":
        await run_in_threadpool(plans.delete_plan, request, plan_id)
    elif given.get("do") == "renew":
        kept = await run_in_threadpool(plans.find, state.database, plan_id)
        found = await state.planner.plan(scenario_of(kept.question, state.settings))
        await run_in_threadpool(plans.renew, state.database, plan_id, found)
    else:
        body = {"name": given.get("name", "").strip(), "notes": given.get("notes", "")}
        await run_in_threadpool(plans.patch_plan, request, plan_id, _checked(PlanChange, body))
    return _back(given)


@router.get("/saved/{plan_id}/then")
async def then_and_now(request: Request, plan_id: str) -> HTMLResponse:
    """What a saved plan was answered with, what it is answered with today, and what moved."""
    state, words = request.app.state, language(language_of(request))
    kept = await run_in_threadpool(plans.find, state.database, plan_id)
    found = await state.planner.plan(scenario_of(kept.question, state.settings))
    old, new = kept.then, await run_in_threadpool(then.kept, found)
    headlines = [free(words.code, str(x)) for x in (kept.headline, found.verdict["headline"])]
    return page(
        request,
        "saved_then.html",
        plan=plans.row(kept) | {"saved_on": _day(old["at"] if old else kept.created, words)},
        older=then.is_older(kept.model_version, kept.facts_hash),
        same=plans.answer_hash(found) == kept.answer_hash,
        answer=found.answer,
        answers=ANSWERS,
        headlines=headlines,
        versions=[(kept.model_version, kept.facts_hash), (__version__, load_facts().hash)],
        moved=then.moved(old, new, words) if old else None,
        facts=then.facts_moved(old, new) if old else [],
        question=query_of(kept.question) + ("" if words.code == DEFAULT else f"&lang={words.code}"),
    )


@router.get("/saved/compare")
async def compare(request: Request) -> RedirectResponse:
    """From the boxes that are ticked to the address of the comparison."""
    ticked = request.query_params.getlist("plan")
    if not 2 <= len(ticked) <= len(SLOTS):
        raise WebError(422, "plan", len(ticked), f"two to {len(SLOTS)} ticked plans", "go back and tick some")
    rows = {r["id"]: r for r in await run_in_threadpool(_rows, request)}
    missing = next((t for t in ticked if t not in rows), None)
    if missing is not None:
        raise WebError(404, "plan", missing, "the id of a saved plan", "go back and tick others")
    kept = {slot: query_of(rows[t]["question"]) for slot, t in zip(SLOTS, ticked, strict=False)}
    return RedirectResponse(f"/compare?{urlencode(kept | _lang(request))}", status_code=303)


def _rows(request: Request) -> list[dict[str, Any]]:
    words = language(language_of(request))
    with request.app.state.database.session() as session:
        found = session.scalars(select(SavedPlan).order_by(SavedPlan.changed.desc()).limit(SHOWN)).all()
        rows = [plans.row(p) for p in found]
    for row in rows:
        row["day"] = _day(row["changed"], words)
        row["older"] = then.is_older(row["model_version"], row["facts_hash"])
    return rows


def _day(seconds: float, words: Language) -> str:
    return words.day(datetime.fromtimestamp(seconds, UTC).date().isoformat())


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form; one that names a field twice keeps the last."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise WebError(415, "content-type", kind, FORM, "send the form of the page")
    try:
        return dict(
            parse_qsl((await request.body()).decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        )
    except (UnicodeDecodeError, ValueError):
        raise WebError(422, "form", "", f"at most {MOST_FIELDS} fields in UTF-8", "send the form of the page") from None


def _checked(model: type[Any], body: dict[str, Any]) -> Any:
    """The body of the same call of the API; its problems as ours."""
    assert issubclass(model, BaseModel)
    try:
        return model.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(p) for p in first["loc"])
        raise WebError(422, place, "", str(first["msg"]), "go back and change it") from None


def _back(given: dict[str, str]) -> RedirectResponse:
    lang = given.get("lang", "")
    return RedirectResponse("/saved" + (f"?{urlencode({'lang': lang})}" if lang else ""), status_code=303)


def _lang(request: Request) -> dict[str, str]:
    code = language_of(request)
    return {} if code == "en" else {"lang": code}
