"""Templates to pages: what every page knows is put in here, once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from gigawatt import __version__
from gigawatt.facts import load_facts
from gigawatt.web.asking import KEYS
from gigawatt.web.errors import TITLES, WebError
from gigawatt.web.i18n import COOKIE, LANGUAGES, language_of
from gigawatt.web.language import language
from gigawatt.web.say import free
from gigawatt.web.vendor import style_ids

ABOUT_A_PLAN = ("/plan", "/questions", "/explain", "/saved")
YEAR_S = 365 * 24 * 3600  # the choice of a language is kept so long


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("gigawatt.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def facts_date() -> str:
    """The newest year or day that a fact states, of those that are past: some are of years to come."""
    now = date.today().isoformat()
    return max((f.year for f in load_facts().values() if f.year[:4].isdigit() and f.year <= now), default="")


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page in the language of the request.

    Every template knows ``t`` and ``tn`` (translate, the latter with a plural), ``words`` (numbers, dates, countries),
    ``lang``, ``languages`` (code, name, address of this page in it), ``link(path, **query)`` (an address that keeps
    the language), ``query`` (the words of the question), ``rest`` (the question with its language as the end of an
    address, '' where none is asked), ``path``, ``version`` and ``facts_date``.
    """
    lang = language_of(request)
    pairs = [(k, v) for k, v in request.query_params.multi_items() if k != "lang"]
    languages = [
        (code, name, f"{request.url.path}?{urlencode([*pairs, ('lang', code)])}") for code, name in LANGUAGES.items()
    ]

    def link(path: str, **query: Any) -> str:
        kept = {k: v for k, v in query.items() if v not in (None, "")} | ({} if lang == "en" else {"lang": lang})
        return f"{path}?{urlencode(kept, doseq=True)}" if kept else path

    known = {
        "t": language(lang).t,
        "tn": language(lang).tn,
        "words": language(lang),
        "lang": lang,
        "languages": languages,
        "link": link,
        "query": dict(pairs),
        "path": request.url.path,
        "rest": _rest(request, pairs, lang),
        "version": __version__,
        "style_ids": style_ids,
        "colon": language(lang).colon,
        "facts_date": facts_date(),
    }
    html = _environment().get_template(template).render(known | values)
    return sent(request, html, status=status)


def sent(request: Request, html: str | bytes, *, status: int = 200) -> HTMLResponse:
    """A page that is made, with the choice of its language kept."""
    lang = language_of(request)
    answer = HTMLResponse(html, status_code=status, headers={"Vary": "Accept-Language, Cookie"})
    if request.query_params.get("lang") == lang != request.cookies.get(COOKIE):
        answer.set_cookie(COOKIE, lang, max_age=YEAR_S, httponly=True, samesite="lax")
    return answer


def _rest(request: Request, pairs: list[tuple[str, str]], lang: str) -> str:
    """The question of this address for the other pages about it."""
    if request.url.path not in ABOUT_A_PLAN or not any(k in ("place", "at") for k, _ in pairs):
        return ""
    kept = [(k, v) for k, v in pairs if v and (k in KEYS or k == "set")]
    return urlencode([*kept, *([] if lang == "en" else [("lang", lang)])])


def _new(problem: Mapping[str, Any]) -> str:
    """What to do next, where the message does not say it."""
    step = str(problem.get("next") or "")
    return "" if step in problem["message"] else step


def error_page(request: Request, error: WebError) -> Response:
    """An error for people."""
    lang = language_of(request)
    problems = [{"message": free(lang, p["message"]), "next": free(lang, _new(p))} for p in error.problems]
    title = TITLES.get(error.status, TITLES[500])
    found = page(request, "error.html", status=error.status, problems=problems, title=title)
    found.headers.update(error.headers)
    return found
