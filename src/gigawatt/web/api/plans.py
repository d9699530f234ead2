"""``/api/plans``: saved plans with notes. Kept are the question, the hash of its answer, and the figures of then."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from gigawatt import __version__
from gigawatt.answer import Plan, plain
from gigawatt.facts import load_facts
from gigawatt.web import then
from gigawatt.web.api.models import NewPlan, PlanChange, SavedAnswer, SavedList
from gigawatt.web.api.replies import json_of
from gigawatt.web.asking import query_of, scenario_of
from gigawatt.web.errors import WebError
from gigawatt.web.store import Database, SavedPlan

router = APIRouter(tags=["plans"])


@router.post("/plans", response_model=SavedAnswer, status_code=201)
async def post_plan(request: Request, asked: NewPlan) -> Response:
    """Save a question under a name, with notes; it is answered once for the hash of its answer."""
    state = request.app.state
    found = await state.planner.plan(scenario_of(asked.question.words(), state.settings))
    kept = await run_in_threadpool(_add, state.database, state.settings.plans_kept, asked, found)
    return json_of(row(kept), 201, {"Location": f"/api/plans/{kept.id}"})


@router.get("/plans", response_model=SavedList)
def get_plans(request: Request, count: Annotated[int, Query(ge=1, le=1000)] = 200) -> Response:
    """Saved plans, the last changed first."""
    with request.app.state.database.session() as session:
        found = session.scalars(select(SavedPlan).order_by(SavedPlan.changed.desc()).limit(count)).all()
    return json_of({"plans": [row(p) for p in found]})


@router.get("/plans/{plan_id}", response_model=SavedAnswer)
def get_plan(request: Request, plan_id: str) -> Response:
    """One saved plan."""
    with request.app.state.database.session() as session:
        return json_of(row(_found(session.get(SavedPlan, plan_id), plan_id)))


@router.patch("/plans/{plan_id}", response_model=SavedAnswer)
def patch_plan(request: Request, plan_id: str, change: PlanChange) -> Response:
    """Rename a plan, or change its notes."""
    with request.app.state.database.session() as session:
        kept = _found(session.get(SavedPlan, plan_id), plan_id)
        for key, value in change.model_dump(exclude_none=True).items():
            setattr(kept, key, value)
        kept.changed = time.time()
    return json_of(row(kept))


@router.delete("/plans/{plan_id}", status_code=204)
def delete_plan(request: Request, plan_id: str) -> Response:
    """Forget a plan."""
    with request.app.state.database.session() as session:
        session.delete(_found(session.get(SavedPlan, plan_id), plan_id))
    return Response(status_code=204)


def row(kept: SavedPlan) -> dict[str, Any]:
    """A saved plan as plain data, with its address."""
    names = (
        "id name notes question answer headline answer_hash model_version facts_hash created changed"  # the columns
    ).split()
    return {name: getattr(kept, name) for name in names} | {"address": f"/plan?{query_of(kept.question)}"}


def answer_hash(plan: Plan) -> str:
    """A hash of verdict, ladder, figures and bill: the same answer has the same, whichever version gave it."""
    found = plan.json()
    parts = {key: plain(found[key]) for key in ("verdict", "ladder", "figures", "bill", "schedule")}
    return hashlib.blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=16).hexdigest()


def answered(kept: SavedPlan, found: Plan) -> None:
    """Note what a question was answered with, by which model and which facts."""
    kept.answer, kept.headline = found.answer, str(found.verdict["headline"])
    kept.answer_hash, kept.then = answer_hash(found), then.kept(found) | {"at": time.time()}
    kept.model_version, kept.facts_hash = __version__, load_facts().hash


def renew(database: Database, plan_id: str, found: Plan) -> None:
    """Keep the answer of today in the place of the one that was saved."""
    with database.session() as session:
        kept = _found(session.get(SavedPlan, plan_id), plan_id)
        answered(kept, found)
        kept.changed = time.time()


def find(database: Database, plan_id: str) -> SavedPlan:
    """A saved plan.

    Raises
    ------
    WebError
        404 where there is none.
    """
    with database.session() as session:
        return _found(session.get(SavedPlan, plan_id), plan_id)


def _add(database: Database, most: int, asked: NewPlan, found: Plan) -> SavedPlan:
    now = time.time()
    kept = SavedPlan(
        id=secrets.token_hex(16),
        name=asked.name,
        notes=asked.notes,
        question=plain(found.question["words"]),
        created=now,
        changed=now,
    )
    answered(kept, found)
    with database.session() as session:
        if (session.scalar(select(func.count()).select_from(SavedPlan)) or 0) >= most:
            raise WebError(409, "plans", most, f"at most {most:,} saved plans", "delete some")
        session.add(kept)
    return kept


def _found(kept: SavedPlan | None, plan_id: str) -> SavedPlan:
    if kept is None:
        raise WebError(404, "plan", plan_id, "the id of a saved plan", "see /api/plans")
    return kept
