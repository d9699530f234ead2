"""Languages: one gettext catalogue per language, read with babel; the English text is the key.

A text without a translation is shown in English, so a page never breaks over one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from io import BytesIO

from babel.core import Locale
from babel.messages.pofile import read_po
from starlette.requests import Request

LANGUAGES = {"en": "English", "fr": "Français", "uk": "Українська"}
Translate = Callable[..., str]


@cache
def catalogue(language: str) -> dict[str, str]:
    """Texts of a language, by the English text; empty where there is no file."""
    path = files("gigawatt.web").joinpath("locale", language, "LC_MESSAGES", "web.po")
    if not path.is_file():
        return {}
    found = read_po(BytesIO(path.read_bytes()), locale=language)
    return {str(m.id): str(m.string) for m in found if isinstance(m.id, str) and m.id and m.string and not m.fuzzy}


@cache
def translator(language: str) -> Translate:
    """``t("{n} jobs", n=3)``: the text in a language, with its values put in."""
    texts = catalogue(language)

    def t(text: str, /, **values: object) -> str:
        said = texts.get(text) or text
        return said.format(**values) if values else said

    return t


def language_of(request: Request) -> str:
    """The language of an address (``lang``), else the first that the browser asks for and we have, else English."""
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    for part in request.headers.get("accept-language", "").split(",")[:20]:
        tag = part.split(";")[0].strip().lower().split("-")[0]
        if tag in LANGUAGES:
            return tag
    return "en"


@cache
def locale(language: str) -> Locale:
    """babel's locale, for numbers and dates."""
    return Locale.parse(language if language in LANGUAGES else "en")
