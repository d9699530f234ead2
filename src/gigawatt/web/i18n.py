"""The language of a request: its address, then the cookie of an earlier choice, then what the browser accepts."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request

from gigawatt.web.language import LANGUAGES, choose, language

__all__ = ["COOKIE", "LANGUAGES", "Translate", "language_of", "translator"]
Translate = Callable[..., str]
COOKIE = "lang"
LONGEST_HEADER = 500  # characters of Accept-Language that are read


def translator(code: str) -> Translate:
    """``t("{n} jobs", n=3)``: the text in a language, with its values put in."""
    return language(code).t


def language_of(request: Request) -> str:
    """The code of the language to answer a request in."""
    header = request.headers.get("accept-language", "")[:LONGEST_HEADER]
    asked, cookie = request.query_params.get("lang", ""), request.cookies.get(COOKIE, "")
    return choose(asked=asked, cookie=cookie, header=header)
