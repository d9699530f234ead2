"""``/api/uploads``: the user's own weather and prices, sent as content and kept under its hash; no path is taken."""

from __future__ import annotations

import hashlib
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from gigawatt.web import tasks
from gigawatt.web.api.models import Object
from gigawatt.web.api.replies import json_of
from gigawatt.web.errors import WebError

router = APIRouter(tags=["uploads"])
MOST_FILES = 500  # kept at once
BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/uploads", response_model=Object, status_code=201, openapi_extra=BODY)
async def post_upload(request: Request) -> Response:
    """Keep a file (EPW, TMY3, PVGIS, NASA POWER, Open-Meteo, ENTSO-E, EIA, CSV); its id serves as weather_file."""
    content = await request.body()
    if not content:
        raise WebError(409, "body", "", "the content of a weather or price file", "send the file itself as the body")
    settings = request.app.state.settings
    name, is_new = await run_in_threadpool(_keep, settings.uploads, content)
    try:
        seen = await request.app.state.crew.run(
            tasks.preview, str(settings.uploads / name), name, seconds=settings.plan_s
        )
    except BaseException:
        if is_new:
            (settings.uploads / name).unlink(missing_ok=True)
        raise
    if seen["problem"] and not seen["used"]:
        (settings.uploads / name).unlink(missing_ok=True)
        raise WebError(
            409, "body", "", "a file of hourly weather or prices", "correct it", message=str(seen["problem"])
        )
    return json_of({"id": name, "preview": seen}, 201)


def _keep(folder: Path, content: bytes) -> tuple[str, bool]:
    """Write content under its hash; whether it was not there."""
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.blake2b(content, digest_size=16).hexdigest()
    path = folder / name
    if path.exists():
        return name, False
    if sum(1 for _ in folder.iterdir()) >= MOST_FILES:
        raise WebError(409, "uploads", MOST_FILES, f"at most {MOST_FILES} files", f"remove some of {folder.name}/")
    partial = folder / f"{name}.part"
    partial.write_bytes(content)
    partial.replace(path)
    return name, True
