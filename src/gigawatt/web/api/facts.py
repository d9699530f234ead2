"""``/api/facts``: browse and search the facts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from gigawatt.answer import fact_row, plain
from gigawatt.facts import load_facts
from gigawatt.web.api.models import Object, Text
from gigawatt.web.api.replies import json_of
from gigawatt.web.errors import WebError

router = APIRouter(tags=["facts"])
MOST = 500  # facts of one answer


@router.get("/facts", response_model=Object)
def get_facts(
    q: Annotated[Text, Query(description="Words that all must occur; none: every fact.")] = "",
    assumptions: bool = False,
    start: Annotated[int, Query(ge=0, le=10**6)] = 0,
    count: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> Response:
    """Facts with value, range, unit, class, source and page."""
    known = load_facts()
    found = [f for f in known.search(*q.split()) if f.is_assumption or not assumptions]
    rows = [fact_row(f, known) for f in found[start : start + count]]
    return json_of({"total": len(found), "start": start, "facts": plain(rows), "facts_hash": known.hash})


@router.get("/facts/{fact_id}", response_model=Object)
def get_fact(fact_id: Text) -> Response:
    """One fact."""
    known = load_facts()
    if fact_id not in known:
        raise WebError(404, "fact_id", fact_id, "the id of a fact", "search with /api/facts?q=words")
    return json_of(plain(fact_row(known[fact_id], known)))
