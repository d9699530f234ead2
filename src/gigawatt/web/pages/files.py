"""``/plan.json?...`` and the rest: the plan of an address to take away, in the format that the ending names."""

from __future__ import annotations

import re
from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import Response

from gigawatt.answer import Plan
from gigawatt.web import tasks
from gigawatt.web.asking import of_query, scenario_of
from gigawatt.web.errors import WebError

router = APIRouter()
# ending: media type, what makes it, whether it is looked at rather than saved
FILES: dict[str, tuple[str, Callable[[Plan], bytes], bool]] = {
    "json": ("application/json", tasks.json_file, True),
    "csv": ("text/csv; charset=utf-8", tasks.csv_file, False),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", tasks.xlsx_file, False),
    "html": ("text/html; charset=utf-8", tasks.html_file, False),
    "pdf": ("application/pdf", tasks.pdf_file, True),
    "geojson": ("application/geo+json", tasks.geojson_file, False),
    "nc": ("application/x-netcdf", tasks.nc_file, False),
}


@router.get("/plan.{ending}")
async def take_away(request: Request, ending: str) -> Response:
    """The plan of the question in the address, as a file."""
    if ending not in FILES:
        raise WebError(404, "address", f"/plan.{ending}", f"an ending of {', '.join(FILES)}", "take one of them")
    state = request.app.state
    scenario = scenario_of(of_query(request.query_params.multi_items()), state.settings)
    found = await state.planner.plan(scenario)
    kind, make, shown = FILES[ending]
    content = await state.crew.run(make, found, seconds=state.settings.file_s)
    how = "inline" if shown else "attachment"
    return Response(
        content, media_type=kind, headers={"Content-Disposition": f'{how}; filename="{_name(found)}.{ending}"'}
    )


def _name(plan: Plan) -> str:
    """A file name of plain letters: place and size."""
    place = plan.question["place"]
    figure = plan.figures.get("facility_peak_mw")
    size = f"-{float(figure.value):.0f}mw" if figure is not None and isinstance(figure.value, (int, float)) else ""
    return re.sub(r"[^a-z0-9-]+", "-", f"gigawatt-{place.get('region') or place['iso3']}{size}".lower())
