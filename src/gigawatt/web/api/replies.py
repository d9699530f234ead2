"""Answers as JSON, and the faults that every address may give."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from gigawatt.web.api.models import Error
from gigawatt.web.errors import TITLES

FAULTS: dict[int | str, dict[str, Any]] = {
    status: {"model": Error, "description": title} for status, title in TITLES.items() if status != 500
}


def json_of(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Plain data as JSON text; NaN and infinity cannot occur in it."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(text, status_code=status, media_type="application/json", headers=headers)
