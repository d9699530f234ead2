"""From an address or a body to a question. The keys are those of ``scenario.read``; what names a file there is the id
of an upload here, never a path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from gigawatt.errors import ScenarioError
from gigawatt.scenario import QUESTION_KEYS, Scenario, read
from gigawatt.web.errors import WebError, of_ours
from gigawatt.web.settings import Settings

FILE_KEYS = ("weather_file", "price_file")
KEYS = QUESTION_KEYS
UPLOAD_ID = r"^[0-9a-f]{32}(#[A-Za-z0-9_ -]{1,60})?$"  # and, after #, which column or area of several
NOT_ASKED = ("lang", "token")  # keys of an address that are no part of the question
LONGEST_VALUE = 500  # characters of one answer
MOST_FACTS = 200  # facts overridden at once


def of_query(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The question in an address; ``set=fact=value`` may come several times.

    Raises
    ------
    WebError
        409 for an override without a value, 422 for a key given twice.
    """
    question: dict[str, Any] = {}
    facts: dict[str, str] = {}
    for key, value in pairs:
        if key in NOT_ASKED or value == "":
            continue
        if key == "set":
            name, separator, said = value.partition("=")
            if not separator or not name.strip() or not said.strip():
                raise WebError(409, "set", value, "FACT=VALUE such as price.x=85 USD_2025/MWh", "see /api/facts")
            facts[name.strip()] = said.strip()
        elif key in question:
            raise WebError(422, key, value, "each key once", f"keep one {key}")
        else:
            question[key] = value
    return question | ({"facts": facts} if facts else {})


def scenario_of(question: Mapping[str, Any], settings: Settings) -> Scenario:
    """The scenario of a question that came over HTTP.

    Raises
    ------
    WebError
        409 with every problem found, 422 for what no question may hold.
    """
    question = {str(k).replace("-", "_"): v for k, v in question.items()}
    for key in FILE_KEYS:
        if question.get(key):
            _check_upload(key, question[key], settings)
    facts = question.get("facts")
    if isinstance(facts, Mapping) and len(facts) > MOST_FACTS:
        raise WebError(422, "facts", len(facts), f"at most {MOST_FACTS} overrides", "leave some out")
    for key, value in question.items():
        if isinstance(value, str) and len(value) > LONGEST_VALUE:
            raise WebError(422, str(key)[:40], value, f"at most {LONGEST_VALUE} characters", "write it shorter")
    try:
        found = read(question, today=settings.today)
    except ScenarioError as error:
        raise of_ours(error, question) from None
    if found.draws > settings.draws:
        raise WebError(422, "draws", found.draws, f"at most {settings.draws:,} draws here", "run more as a job")
    return found


def _check_upload(key: str, value: Any, settings: Settings) -> None:
    """Refuse whatever is not the id of an upload that we hold.

    Raises
    ------
    WebError
        422 for a path or anything else, 404 for an id that we do not know.
    """
    if not isinstance(value, str) or not re.fullmatch(UPLOAD_ID, value):
        raise WebError(422, key, value, "the id of an upload, never a path", "send the file to /api/uploads first")
    if not (settings.uploads / value.partition("#")[0]).is_file():
        raise WebError(404, key, value, "the id of an upload that we hold", "send the file to /api/uploads again")


def query_of(question: Mapping[str, Any]) -> str:
    """The address of a question: the same keys, each as people write them."""
    pairs = [(k, str(v)) for k, v in question.items() if k != "facts" and v not in (None, "")]
    pairs += [("set", f"{k}={v}") for k, v in (question.get("facts") or {}).items()]
    return urlencode(pairs)
