"""The rooms alone, and their proof: ``/api/train``, ``network``, ``serve``, ``power``, ``validate``."""

from __future__ import annotations

import math
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from gigawatt.web import tasks
from gigawatt.web.api.models import Network, Object, Power, Serve, Train, Validate
from gigawatt.web.api.replies import json_of
from gigawatt.web.errors import WebError

router = APIRouter(tags=["rooms"])


@router.post("/train", response_model=Object)
async def post_train(request: Request, asked: Train) -> Response:
    """What a cluster delivers on one training run, and the parallel plan that does it."""
    more = asked.model_dump(exclude={"model", "on"})
    _no_file("model", asked.model)
    return json_of(await _run(request, tasks.train, asked.model, asked.on, more))


@router.post("/network", response_model=Object)
async def post_network(request: Request, asked: Network) -> Response:
    """Switches, optics, cables, power and price of the network of a cluster, topology by topology."""
    return json_of(await _run(request, tasks.network, asked.on, asked.topology, asked.sides))


@router.post("/serve", response_model=Object)
async def post_serve(request: Request, asked: Serve) -> Response:
    """What accelerators serve of a model: tokens, times, people, energy and cost."""
    more = asked.model_dump(exclude={"model", "on"})
    _no_file("model", asked.model)
    for key in ("tpot_s", "ttft_s", "concurrency"):
        more[key] = math.inf if more[key] is None else more[key]
    return json_of(await _run(request, tasks.serve, asked.model, asked.on, more))


@router.post("/power", response_model=Object)
async def post_power(request: Request, asked: Power) -> Response:
    """Least-cost power for your own hourly load, series and costs."""
    return json_of(await _run(request, tasks.power, asked.case, asked.series, asked.gap))


@router.post("/validate", response_model=Object)
async def post_validate(request: Request, asked: Validate) -> Response:
    """Published cases, or your own, against the planner, every error counted."""
    return json_of(await _run(request, tasks.validate, asked.files, asked.rows))


async def _run(request: Request, task: Any, *arguments: Any) -> Any:
    state = request.app.state
    return await state.crew.run(task, *arguments, seconds=state.settings.plan_s)


def _no_file(key: str, value: str) -> None:
    """Refuse what the library would open as a file.

    Raises
    ------
    WebError
        404: the catalogue has no such model.
    """
    if value.strip().lower().endswith((".toml", ".json")):
        raise WebError(404, key, value, "a name of the catalogue: a server opens no files", "see /api/facts?q=model")
