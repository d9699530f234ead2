"""``/api/places``: places whose name starts like what was typed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from gigawatt.web import search
from gigawatt.web.api.models import Object
from gigawatt.web.api.replies import json_of
from gigawatt.web.i18n import language_of
from gigawatt.web.language import language

router = APIRouter(tags=["places"])


@router.get("/places", response_model=Object)
def get_places(request: Request, q: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Suggestions, in the language of the request; ``words`` is what a question understands."""
    return json_of({"places": [asdict(s) for s in search.suggest(q, language(language_of(request)))]})
