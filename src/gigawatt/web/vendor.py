"""plotly's script, served as a file of its own from its wheel, and what it needs under our strict policy."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

router = APIRouter(prefix="/static/vendor")


@cache
def plotly_file() -> Path:
    """The script in plotly's wheel."""
    import plotly

    return Path(plotly.__file__).parent / "package_data" / "plotly.min.js"


@cache
def style_ids() -> tuple[str, ...]:
    """Ids of the style elements that the script would add with text in them, for street maps that we do not draw.

    It adds none where an element of that id stands already: the policy would refuse it and the console complain.
    """
    script = plotly_file().read_text(encoding="utf-8")
    return tuple(re.findall(r'document\.getElementById\("([0-9a-f]{64})"\)', script))


@router.get("/plotly.js")
def plotly_javascript() -> FileResponse:
    """plotly's own script."""
    kept = {"Cache-Control": "private, max-age=86400"}
    return FileResponse(plotly_file(), media_type="text/javascript", headers=kept)


@router.get("/report.css")
def report_style() -> Response:
    """The style of the report."""
    style = files("gigawatt.report").joinpath("style.css").read_text(encoding="utf-8")
    return Response(style, media_type="text/css")
