"""``/``: where to begin."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from gigawatt.web.render import page

router = APIRouter()


@router.get("/")
async def start(request: Request) -> HTMLResponse:
    """The first page."""
    return page(request, "start.html")
