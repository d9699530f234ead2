"""What the pages about a plan share: the question of the address, its plan, and links from numbers to their source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool

from gigawatt.answer import Plan, plain
from gigawatt.web.asking import of_query, query_of, scenario_of
from gigawatt.web.i18n import language_of
from gigawatt.web.language import language
from gigawatt.web.say import Teller


@dataclass(frozen=True)
class Asked:
    """A question with its plan and the teller of that plan in the reader's language."""

    question: dict[str, Any]
    plan: Plan
    teller: Teller

    @property
    def address(self) -> str:
        """The question as the query of an address, without a language."""
        return query_of(self.question)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The question as name and value, for the hidden fields of a form."""
        plain_pairs = [(k, str(v)) for k, v in self.question.items() if k != "facts"]
        return plain_pairs + [("set", f"{k}={v}") for k, v in self.question.get("facts", {}).items()]


async def ask(request: Request, own: Sequence[str] = ()) -> Asked:
    """The plan of the question in an address; ``own`` are keys of the page itself.

    Raises
    ------
    WebError
        For a question that cannot be read.
    """
    pairs = [(k, v) for k, v in request.query_params.multi_items() if k not in own]
    question = of_query(pairs)
    scenario = scenario_of(question, request.app.state.settings)
    plan = await request.app.state.planner.plan(scenario)
    made = await run_in_threadpool(lambda: plain(plan.json()))
    code = language_of(request)
    return Asked(question, plan, Teller(made, language(code), linker(question, code)))


def linker(question: dict[str, Any], code: str) -> Any:
    """Makes a link from a number to what is behind it."""
    rest = query_of(question) + ("" if code == "en" else "&" + urlencode({"lang": code}))

    def link(target: str, text: str) -> Markup:
        kind, _, name = target.partition(":")
        address = f"/explain?{urlencode({kind: name})}&{rest}"
        return Markup('<a class="number" href="{}">{}</a>').format(address, text)

    return link
