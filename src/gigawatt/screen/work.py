"""One unit of work: a pure function from a JSON task to JSON rows, the same on every engine.

A task is ``{"kind": "country", "key": ..., "question": {...}}``, ``{"kind": "sites", "key": ..., ...}``, a site of a
portfolio, or draws of one plan. Whatever happens there, rows come back: those of a place that fails carry the reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from gigawatt.answer import plain
from gigawatt.errors import GigawattError
from gigawatt.facts import load_facts
from gigawatt.screen import countries, sites


def _portfolio_rows(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    from gigawatt.portfolio import curves  # it comes after screen: asked for when there is such a task

    return curves.rows(task)


def _portfolio_failed(task: Mapping[str, Any], reason: str) -> list[dict[str, Any]]:
    from gigawatt.portfolio import curves

    return curves.failed(task, reason)


def _draws(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    from gigawatt.uncertainty import runs  # so does this

    return runs.rows(task)


def _draws_failed(task: Mapping[str, Any], reason: str) -> list[dict[str, Any]]:
    from gigawatt.uncertainty import runs

    return runs.failed(task, reason)


KINDS: dict[str, Callable[[Mapping[str, Any]], list[dict[str, Any]]]] = {
    "country": countries.rows,
    "sites": sites.rows,
    "portfolio": _portfolio_rows,
    "draws": _draws,
}
FAILED: dict[str, Callable[[Mapping[str, Any], str], list[dict[str, Any]]]] = {
    "country": countries.failed,
    "sites": sites.failed,
    "portfolio": _portfolio_failed,
    "draws": _draws_failed,
}


def run(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a task, as plain data."""
    try:
        found = KINDS[task["kind"]](task)
    except GigawattError as error:
        found = failed(task, str(error).replace("\n", "; "))
    except Exception as error:
        found = failed(task, f"our fault, please report: {type(error).__name__}: {error}")
    return [plain(row) for row in found]


def failed(task: Mapping[str, Any], reason: str) -> list[dict[str, Any]]:
    """The rows of a task that could not be done: kept, with the reason."""
    return FAILED[task["kind"]](task, reason)


@cache
def version() -> str:
    """Fingerprint of code and facts: rows of another one are not mixed with ours."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return f"{digest.hexdigest()}-{load_facts().hash}"
