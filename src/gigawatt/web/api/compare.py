"""``/api/compare`` and ``/api/audit``: programmes and questions side by side; an announcement against itself."""

from __future__ import annotations

import shlex
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from gigawatt.facts import load_facts
from gigawatt.programmes import programme
from gigawatt.web import tasks
from gigawatt.web.api.models import Audit, Compare, Object, Question, Text
from gigawatt.web.api.replies import json_of
from gigawatt.web.asking import FILE_KEYS, of_query, scenario_of
from gigawatt.web.errors import WebError
from gigawatt.web.settings import Settings

router = APIRouter(tags=["compare"])


@router.get("/compare", response_model=Object)
async def get_compare(
    request: Request,
    programme: Annotated[list[Text], Query(min_length=2, max_length=6)],
    as_of: Text = "",
) -> Response:
    """Two to six programmes side by side, by id."""
    return await post_compare(request, Compare(programmes=list(programme), as_of=as_of or None))


@router.post("/compare", response_model=Object)
async def post_compare(request: Request, asked: Compare) -> Response:
    """Two to six programmes, by id, and questions, side by side on the same bases."""
    settings: Settings = request.app.state.settings
    entries = tuple(entry_of(entry, settings) for entry in asked.programmes)
    terms = {"as_of": asked.as_of or settings.today, "price_year": asked.price_year}
    return json_of(await request.app.state.crew.run(tasks.compare, entries, terms, seconds=settings.plan_s))


@router.post("/audit", response_model=Object)
async def post_audit(request: Request, asked: Audit) -> Response:
    """Whether the parts of an announcement fit each other."""
    settings: Settings = request.app.state.settings
    terms = {"as_of": asked.as_of or settings.today, "price_year": asked.price_year}
    run = request.app.state.crew.run(tasks.audit, asked.text, asked.place, terms, seconds=settings.plan_s)
    return json_of(await run)


def entry_of(entry: str | Question, settings: Settings) -> str:
    """What the library takes: the id of a programme of the catalogue, or a question in words; never a file.

    Raises
    ------
    WebError
        404 for a name that is no programme, 422 for a question with a file.
    """
    if isinstance(entry, str):
        return programme(load_facts(), entry).id
    return words_of(entry.words(), settings)


def words_of(question: dict[str, Any], settings: Settings) -> str:
    """A question in the words of the command line.

    Raises
    ------
    WebError
        422 for a question with a file.
    """
    for key in FILE_KEYS:
        if question.get(key):
            raise WebError(422, key, question[key], "questions without files of their own", "leave the file out")
    scenario_of(question, settings)
    words = []
    for key, value in question.items():
        if key == "facts":
            words += [f"--set={k}={v}" for k, v in value.items()]
        elif key == "at" and isinstance(value, list):
            words.append("--at=" + ",".join(str(x) for x in value))
        elif key != "place":
            words.append(f"--{key.replace('_', '-')}={value}")
    return shlex.join([*words, "--", str(question["place"])] if question.get("place") else words) + " "


def question_in(address: str) -> dict[str, Any]:
    """The question in an address such as ``place=France&power=1+GW``."""
    from urllib.parse import parse_qsl

    return of_query(parse_qsl(address.lstrip("?")))
