"""One shape for every error: place, value, what was expected, what to do next; as JSON or as a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Match
from starlette.types import Scope

from gigawatt.errors import GigawattError
from gigawatt.web.texts import N_

LONGEST = 200  # of a value that is repeated in a message
TITLES = {
    400: N_("The request cannot be read"),
    401: N_("This server asks for a token"),
    403: N_("Refused"),
    404: N_("There is no such page"),
    405: N_("This address does not take that"),
    408: N_("The request took too long to arrive"),
    409: N_("The question cannot be answered as it is asked"),
    413: N_("The request is too large"),
    415: N_("This kind of content is not taken"),
    421: N_("This server has another name"),
    422: N_("The question cannot be read"),
    429: N_("Too many questions at once"),
    500: N_("Something broke on our side"),
    503: N_("Not available now"),
    504: N_("The answer took too long"),
}


class WebError(Exception):
    """An answer that is an error: status and the four parts of our messages."""

    def __init__(
        self,
        status: int,
        place: str,
        value: Any,
        expected: str,
        next_step: str,
        *,
        message: str = "",
        problems: list[dict[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status, self.headers = status, dict(headers or {})
        shown = _short(value)
        self.message = message or f"{place}: {f'{shown!r}: ' if shown not in (None, '') else ''}expected {expected}"
        self.error = {"place": place, "value": shown, "expected": expected, "next": next_step, "message": self.message}
        self.problems = problems or [dict(self.error)]
        super().__init__(self.message)

    def json(self) -> dict[str, Any]:
        """The published shape."""
        return {"error": {"status": self.status, **self.error, "problems": self.problems}}


def of_ours(error: GigawattError, asked: Mapping[str, Any] | None = None, status: int = 409) -> WebError:
    """An error of the library in parts: our messages are 'place: value: expected ...; next step'.

    409: it was well formed, but names something unknown or contradicts itself; 422 is for what is not well formed.
    """
    lines = list(getattr(error, "problems", None) or str(error).splitlines() or ["unknown"])
    problems = [_parts(line, asked or {}) for line in lines]
    first = problems[0]
    return WebError(
        status,
        first["place"],
        first["value"],
        first["expected"],
        first["next"],
        message="; ".join(lines) if len(lines) > 1 else lines[0],
        problems=problems,
    )


def _parts(line: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    place, _, rest = line.partition(": ")
    key = place.split(": ")[-1].split(".")[0].split(" is ")[0].strip()
    if not rest or " " in key:
        place, rest, key = "question", line, ""
    expected = re.search(r"\bexpected (.*?)(?:; |$)", rest)
    after = re.search(r"; (?!expected)([^;]*)$", rest)
    write = re.search(r"\b(write (?:for example )?.*|did you mean .*)$", rest)
    next_step = after[1] if after else write[1] if write else "correct it and ask again"
    said = expected[1] if expected else rest
    value = _short(asked.get(key))
    return {"place": key or place, "value": value, "expected": said, "next": next_step, "message": line}


def _short(value: Any) -> Any:
    """A value fit to be repeated: no long texts, no numbers that JSON lacks."""
    if value is None or isinstance(value, (bool, int)):
        return value
    text = value if isinstance(value, str) else repr(value)
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."


def wants_page(scope: Scope) -> bool:
    """Whether a person's browser asks: an address outside the API that accepts HTML."""
    accepted = dict(scope.get("headers", [])).get(b"accept", b"").decode("latin-1")
    return not scope["path"].startswith("/api/") and "text/html" in accepted


def respond(scope: Scope, error: WebError) -> Response:
    """The error as JSON, or as a page where a browser asks."""
    if wants_page(scope):
        from gigawatt.web.render import error_page

        return error_page(Request(scope), error)
    return JSONResponse(error.json(), status_code=error.status, headers=error.headers)


def install(app: FastAPI) -> None:
    """Make every error of the app one of ours."""

    async def own(request: Request, error: Exception) -> Response:
        assert isinstance(error, WebError)
        return respond(request.scope, error)

    async def library(request: Request, error: Exception) -> Response:
        assert isinstance(error, GigawattError)
        return respond(request.scope, of_ours(error))

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return respond(request.scope, _of_validation(error))

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        title = TITLES.get(error.status_code, str(error.detail))
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(_methods(app, request.scope))
            if request.method == "OPTIONS":
                return Response(status_code=204, headers=headers)
        found = WebError(
            error.status_code,
            "address" if error.status_code in (404, 405) else "request",
            request.url.path,
            "an address of this server" if error.status_code == 404 else str(error.detail),
            "see /api/docs",
            message=f"{title}: {_short(request.url.path)}",
            headers=headers,
        )
        return respond(request.scope, found)

    app.add_exception_handler(WebError, own)
    app.add_exception_handler(GigawattError, library)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)


def _methods(app: FastAPI, scope: Scope) -> list[str]:
    """What an address takes, of all its handlers."""
    found = {
        method
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if any(route.matches({**scope, "method": method})[0] == Match.FULL for route in app.routes)
    }
    return sorted(found | {"OPTIONS"} | ({"HEAD"} if "GET" in found else set()))


def _of_validation(error: RequestValidationError) -> WebError:
    """What pydantic refused; a value that may be of several types is one problem."""
    found: dict[str, dict[str, Any]] = {}
    for e in error.errors():
        place = ".".join(str(p) for p in e["loc"] if p not in NOT_PLACES and not _TYPE.search(str(p))) or "body"
        value = None if isinstance(e.get("input"), (dict, list)) else _short(e.get("input"))
        expected = _SAID.get(e["type"]) or re.sub(r"^(Input|Value|String|List) should (be )?", "", e["msg"])
        place = f"body, character {place}" if e["type"] == "json_invalid" else place
        known = found.setdefault(place, {"place": place, "value": value, "expected": "", "next": "see /api/docs"})
        known["expected"] += ("; or " if known["expected"] else "") + expected
    problems = [p | {"message": f"{p['place']}: expected {p['expected']}"} for p in found.values()]
    first = problems[0]
    message = "; ".join(str(p["message"]) for p in problems)
    told = (first["place"], first["value"], str(first["expected"]), "see /api/docs")
    return WebError(422, *told, message=message, problems=problems)


_SAID = {"json_invalid": "JSON", "extra_forbidden": "no such key", "missing": "a value"}
NOT_PLACES = ("body", "query", "path")
_TYPE = re.compile(r"^(constrained-|function-|list\[|dict\[|str$|float$|int$|Question$)")
