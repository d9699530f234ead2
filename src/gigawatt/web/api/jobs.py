"""``/api/jobs``: long runs, with progress, cancel and result."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from gigawatt.portfolio.question import shipped, words_of
from gigawatt.web.api.models import (
    DrawsJob,
    FrontierJob,
    JobAnswer,
    JobList,
    Object,
    Portfolio,
    PortfolioJob,
    ScreenJob,
)
from gigawatt.web.api.replies import json_of
from gigawatt.web.api.screen import request_of
from gigawatt.web.asking import FILE_KEYS, scenario_of
from gigawatt.web.errors import WebError
from gigawatt.web.jobs import WAITING, Jobs
from gigawatt.web.settings import Settings
from gigawatt.web.store import Job

router = APIRouter(tags=["jobs"])
TELL_S = 0.5  # between looks for news
QUIET_S = 15.0  # a comment keeps the line open
Asked = Annotated[ScreenJob | FrontierJob | DrawsJob | PortfolioJob, Body(discriminator="kind")]


@router.post("/jobs", response_model=JobAnswer, status_code=202)
def post_job(request: Request, asked: Asked) -> Response:
    """Run something long: a screen of many places, the strategies of a campus, a portfolio of sites."""
    jobs: Jobs = request.app.state.jobs
    job = jobs.add(asked.kind, _request(asked, request.app.state.settings))
    return json_of(row(job), 202, {"Location": f"/api/jobs/{job.id}"})


@router.get("/jobs", response_model=JobList)
def get_jobs(request: Request, count: Annotated[int, Query(ge=1, le=200)] = 50) -> Response:
    """The newest jobs."""
    return json_of({"jobs": [row(job) for job in request.app.state.jobs.newest(count)]})


@router.get("/jobs/{job_id}", response_model=JobAnswer)
def get_job(request: Request, job_id: str) -> Response:
    """A job: its state, and how far it is."""
    return json_of(row(request.app.state.jobs.get(job_id)))


@router.get("/jobs/{job_id}/result", response_model=Object)
def get_result(request: Request, job_id: str) -> Response:
    """What came out: the JSON of the verb."""
    return json_of(request.app.state.jobs.result(job_id))


@router.get("/jobs/{job_id}/events", response_class=StreamingResponse)
async def get_events(request: Request, job_id: str) -> Response:
    """A job as server-sent events: one at each change, the last when it has ended."""
    await run_in_threadpool(request.app.state.jobs.get, job_id)
    return StreamingResponse(_events(request.app.state.jobs, job_id), media_type="text/event-stream")


@router.post("/jobs/{job_id}/cancel", response_model=JobAnswer)
def post_cancel(request: Request, job_id: str) -> Response:
    """End a job; its process is ended with it."""
    return json_of(row(request.app.state.jobs.cancel(job_id)))


@router.delete("/jobs/{job_id}", status_code=204)
def delete_job(request: Request, job_id: str) -> Response:
    """End a job and forget it."""
    request.app.state.jobs.get(job_id)
    request.app.state.jobs.remove(job_id)
    return Response(status_code=204)


def row(job: Job) -> dict[str, Any]:
    """A job as plain data."""
    names = ("id", "kind", "request", "state", "done", "total", "created", "finished", "model_version", "error")
    return {name: getattr(job, name) for name in names}


async def _events(jobs: Jobs, job_id: str) -> AsyncIterator[str]:
    said, quiet = "", 0.0
    while True:
        try:
            job = await run_in_threadpool(jobs.get, job_id)
        except WebError:  # removed
            return
        told = json.dumps(row(job), ensure_ascii=False, allow_nan=False)
        if told != said:
            said, quiet = told, 0.0
            yield f"data: {told}\n\n"
        elif quiet >= QUIET_S:
            quiet = 0.0
            yield ": still here\n\n"
        if job.state not in WAITING:
            return
        await asyncio.sleep(TELL_S)
        quiet += TELL_S


def _request(asked: ScreenJob | FrontierJob | DrawsJob | PortfolioJob, settings: Settings) -> dict[str, Any]:
    """What the job is given: checked now, and with its date, so that a later try asks the same."""
    today = (settings.today or date.today()).isoformat()
    if isinstance(asked, ScreenJob):
        found = request_of(asked.request, settings)
        found["question"].setdefault("as_of", today)
        return found
    if isinstance(asked, (FrontierJob, DrawsJob)):
        question = {"as_of": today} | asked.request.words()
        scenario_of(question, settings)
        return question
    return {"as_of": today} | portfolio_words(asked.request)


def portfolio_words(asked: Portfolio) -> dict[str, Any]:
    """The words of a portfolio: of one that ships, or those that were sent.

    Raises
    ------
    WebError
        404 for a name that does not ship, 422 for words that name a file.
    """
    if (asked.name is None) == (asked.words is None):
        raise WebError(409, "portfolio", "", "name or words, one of them", "give a name, such as eu-aigf")
    if asked.name is not None:
        if asked.name not in shipped():
            raise WebError(404, "name", asked.name, f"one of {', '.join(shipped())}", "name one, or send its words")
        return words_of(asked.name)
    assert asked.words is not None
    if _names_file(asked.words):
        raise WebError(422, "words", "", f"no {' or '.join(FILE_KEYS)} in a portfolio", "leave the files out")
    return asked.words


def _names_file(value: Any) -> bool:
    """Whether a file key stands anywhere below."""
    if isinstance(value, Mapping):
        return any(str(k).replace("-", "_") in FILE_KEYS or _names_file(v) for k, v in value.items())
    return isinstance(value, list) and any(_names_file(v) for v in value)
