"""``/explain?figure=...``: what is behind a number, one step at a time; ``/override``: another value for a fact."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse

from gigawatt.figures import FIGURES
from gigawatt.web import movers, say
from gigawatt.web.asking import scenario_of
from gigawatt.web.errors import WebError
from gigawatt.web.explaining import below, chain, counts, figure_step
from gigawatt.web.pages.asked import Asked, ask
from gigawatt.web.render import page
from gigawatt.web.texts import ROOMS

router = APIRouter()
OWN = ("figure", "fact", "source", "step", "value", "movers")
SHOWN = 12  # facts shown at once; the rest is in a list that opens


@router.get("/explain")
async def explain(request: Request) -> HTMLResponse:
    """A figure, a step below it, facts by their ids, or those of a source; without any, the list of figures."""
    asked = await ask(request, OWN)
    figure, fact, source = (request.query_params.get(k, "") for k in ("figure", "fact", "source"))
    known: dict[str, Any] = {"asked": asked, "plan": asked.teller.plan, "teller": asked.teller}
    if fact:
        return page(request, "explain_fact.html", **known, **_facts(asked, fact))
    if source:
        return page(request, "explain_source.html", **known, **_source(asked, source))
    if not figure:
        return page(request, "explain_list.html", **known, rooms=_by_room(asked), count=_counted(asked))
    number = request.query_params.get("step", "")
    if number and not (number.isascii() and number.isdigit() and len(number) < 7):
        raise WebError(422, "step", number, "the number of a step", "open the figure itself")
    found = figure_step(asked.teller.plan, figure, int(number) if number else None)
    return page(
        request,
        "explain.html",
        **known,
        figure=figure,
        row=asked.teller.plan["figures"][figure],
        step=found,
        steps=chain(asked.teller.plan, found),
        at_top=not number,
        count=counts(found.facts),
        wide=found.facts[:SHOWN],
        more=found.facts[SHOWN:],
        relaxations=say.relaxations(asked.teller),
        moved=await _moved(request, asked, figure),
    )


async def _moved(request: Request, asked: Asked, figure: str) -> list[dict[str, Any]] | None:
    """The facts that move the figure most, where the address asks for them: they take a second or two."""
    if not request.query_params.get("movers"):
        return None
    state = request.app.state
    scenario = scenario_of(asked.question, state.settings)
    found: list[dict[str, Any]] = await state.crew.run(movers.movers, scenario, figure, seconds=state.settings.plan_s)
    return found


@router.get("/override")
async def override(request: Request) -> RedirectResponse:
    """From the form at a fact to the address with ``set=FACT=VALUE``."""
    fact, value = (request.query_params.get(k, "").strip() for k in ("fact", "value"))
    if not fact or not value:
        raise WebError(422, "value", value, "a value with its unit, such as 85 USD_2025/MWh", "fill in both fields")
    kept = [(k, v) for k, v in request.query_params.multi_items() if k not in ("fact", "value")]
    kept = [(k, v) for k, v in kept if not (k == "set" and v.partition("=")[0] == fact)]
    return RedirectResponse(f"/explain?{urlencode([*kept, ('set', f'{fact}={value}')])}", status_code=303)


def _facts(asked: Asked, named: str) -> dict[str, Any]:
    """A fact of the plan, or some behind one number, and the figures that rest on them."""
    trace, ids = asked.teller.plan["trace"], named.split(",")
    unknown = next((i for i in ids if i not in trace["facts"]), None)
    if unknown is not None:
        raise WebError(404, "fact", unknown, "a fact that this plan read", "open a figure and follow its inputs")
    nodes = {i for i, n in enumerate(trace["nodes"]) if n["kind"] == "fact" and n["name"] in ids}
    figures = [f for f, root in trace["figures"].items() if root is not None and nodes & below(trace, root)]
    return {"facts": [trace["facts"][i] for i in dict.fromkeys(ids)], "figures": figures}


def _source(asked: Asked, key: str) -> dict[str, Any]:
    """The facts that the plan read of one source."""
    facts = [f for f in asked.teller.plan["trace"]["facts"].values() if f["source"] == key]
    if not facts:
        raise WebError(404, "source", key, "the key of a source that this plan read", "see Sources on the plan's page")
    return {"read": sorted(facts, key=lambda f: str(f["id"])), "source": key}


def _by_room(asked: Asked) -> list[tuple[str, list[str]]]:
    """Figures in the order of the rooms."""
    rooms = dict.fromkeys(spec.room for spec in FIGURES.values())
    figures = asked.teller.plan["figures"]
    return [(ROOMS[r], [f for f, spec in FIGURES.items() if spec.room == r and f in figures]) for r in rooms]


def _counted(asked: Asked) -> dict[str, int]:
    return counts(tuple(asked.teller.plan["trace"]["facts"].values()))
