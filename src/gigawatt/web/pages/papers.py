"""``/limits``, ``/validation``, ``/record``: what the model leaves out, and how often it was right."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from itertools import count
from pathlib import Path

from fastapi import APIRouter, Request
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

import gigawatt
from gigawatt.web.errors import WebError
from gigawatt.web.render import page
from gigawatt.web.texts import N_

router = APIRouter()
PAPERS = {
    "limits": N_("What the model leaves out"),
    "validation": N_("Published cases, predicted"),
    "record": N_("Announcements, judged as of their day"),
}


@router.get("/limits")
async def limits(request: Request) -> HTMLResponse:
    """What the planner does not do."""
    return await _paper(request, "limits")


@router.get("/validation")
async def validation(request: Request) -> HTMLResponse:
    """Published cases through the planner."""
    return await _paper(request, "validation")


@router.get("/record")
async def record(request: Request) -> HTMLResponse:
    """Dated announcements through the planner."""
    return await _paper(request, "record")


@router.get("/record.svg")
async def record_picture() -> Response:
    """The reliability diagram of the record."""
    return Response(_text("record.svg"), media_type="image/svg+xml")


async def _paper(request: Request, name: str) -> HTMLResponse:
    body = await run_in_threadpool(rendered, name)
    return page(request, "paper.html", name=name, papers=PAPERS, body=body)


def _text(name: str) -> str:
    """A document of ours: beside the package in a wheel, in ``docs/`` in a checkout.

    Raises
    ------
    WebError
        404 where neither has it.
    """
    inside = files("gigawatt.web").joinpath("docs", name)
    if inside.is_file():
        return inside.read_text(encoding="utf-8")
    path = Path(gigawatt.__file__).resolve().parents[2] / "docs" / name
    if not path.is_file():
        raise WebError(404, name, "", "the documents beside the program", "read docs/ of the source")
    return path.read_text(encoding="utf-8")


@cache
def rendered(name: str) -> Markup:
    """A document as HTML; links to other documents of ours are kept where this server has them."""
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(_text(f"{name}.md"))
    html = re.sub(r'href="(limits|validation|record)\.md(#[^"]*)?"', r'href="/\1\2"', html)
    html = re.sub(r'<a href="[^"/:#]+\.md[^"]*">(.*?)</a>', r"\1", html)
    html = html.replace('src="record.svg"', 'src="/record.svg"')
    number = count(1)
    head = '<div class="wide" tabindex="0" role="region" aria-label="Table {}"><table>'
    html = re.sub(r"<table>", lambda _: head.format(next(number)), html)
    return Markup(html.replace("</table>", "</table></div>"))  # our own documents
