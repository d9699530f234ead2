"""``/api/places``: places whose name starts like what was typed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from gigawatt.web import search
from gigawatt.web.i18n import language_of
from gigawatt.web.language import language

router = APIRouter()


@router.get("/places")
def get_places(request: Request, q: Annotated[str, Query(max_length=100)] = "") -> dict[str, list[dict[str, Any]]]:
    """Suggestions, in the language of the request; ``words`` is what a question understands."""
    return {"places": [asdict(s) for s in search.suggest(q, language(language_of(request)))]}
