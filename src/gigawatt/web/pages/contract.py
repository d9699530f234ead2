"""``/api/docs``: the published contract as a page of our own, without a script or anything from elsewhere."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from gigawatt.web.render import page

router = APIRouter()
ABOUT_A_PLAN = ("/api/plan", "/api/explain", "/api/quick")


@router.get("/api/docs")
def contract(request: Request) -> HTMLResponse:
    """Every address of the API: what it takes and what it gives."""
    found = request.app.openapi()
    schemas = found["components"]["schemas"]
    operations = [
        _operation(method, path, said, schemas)
        for path, methods in found["paths"].items()
        for method, said in methods.items()
    ]
    return page(request, "contract.html", operations=operations, about=found["info"]["description"])


def _operation(method: str, path: str, said: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    keys = [
        {
            "name": p["name"],
            "type": _type(p["schema"]),
            "about": p["schema"].get("description", p.get("description", "")),
        }
        for p in said.get("parameters", ())
    ]
    body = said.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    named = [str(x.get("$ref", "")).rpartition("/")[2] for x in (body, *body.get("oneOf", ()))]
    for name in named:
        for key, schema in schemas.get(name, {}).get("properties", {}).items():
            example = schema.get("examples")
            about = schema.get("description", "")
            if example:
                about = f"{about} {json.dumps(example[0], ensure_ascii=False)}".strip()
            keys.append({"name": key, "type": _type(schema), "about": about})
    unique = list({k["name"]: k for k in keys}.values())
    if path in ABOUT_A_PLAN:
        for key in unique:
            key["about"] = key["about"] or _options().get(key["name"], "")
    return {"method": method.upper(), "path": path, "about": said.get("description", ""), "keys": unique}


@cache
def _options() -> dict[str, str]:
    """What the command says of the same words; files are sent, so they are told apart."""
    from gigawatt.cli import plan

    known = {str(p.name): str(getattr(p, "help", None) or "") for p in plan.params}
    return {k: v for k, v in known.items() if not k.endswith("_file")} | {
        "place": "A country, state, region or city, in English, French or Ukrainian.",
        "lang": "en, fr or uk.",
        **dict.fromkeys(("weather_file", "price_file"), "Id of an upload, never a path: /api/uploads."),
    }


def _type(schema: dict[str, Any]) -> str:
    """The type of a key in a few words."""
    if "anyOf" in schema:
        return ", ".join(dict.fromkeys(t for x in schema["anyOf"] if (t := _type(x)) != "null"))
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    return str(schema.get("const") or schema.get("type", "any"))
