"""Solves the power optima that a move may ask for next while the page is read: other clean shares, mixes, types."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from importlib import import_module
from typing import Any

from gigawatt.errors import GigawattError
from gigawatt.record import Steps
from gigawatt.scenario import OPERATING_MODELS, Scenario, read
from gigawatt.web import controls

plans = import_module("gigawatt.plan")  # the package's name ``plan`` is the function
REST_S = 0.5  # after the last move


class Ahead:
    """One question at a time, in a thread beside the answers; the newest takes the place of the one before.

    It rests while answers are asked for: who waits goes first.
    """

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(1, thread_name_prefix="ahead")
        self.newest = 0
        self.moved = 0.0
        self.over = threading.Event()

    def asked(self) -> None:
        """Somebody waits for an answer."""
        self.moved = time.monotonic()

    def of(self, question: Mapping[str, Any], today: date | None) -> None:
        """Begin with the neighbours of a question."""
        self.newest += 1
        self.pool.submit(self._solve, self.newest, dict(question), today)

    def _solve(self, number: int, question: dict[str, Any], today: date | None) -> None:
        for other in neighbours(question):
            while (wait := self.moved + REST_S - time.monotonic()) > 0.0 and not self.over.wait(wait):
                pass
            if number != self.newest:
                return
            with contextlib.suppress(GigawattError):  # the page says what is wrong when it is asked
                solved(read(other, today=today))

    def close(self) -> None:
        """End with what runs."""
        self.newest += 1
        self.over.set()
        self.pool.shutdown(wait=False, cancel_futures=True)


def solved(scenario: Scenario) -> None:
    """Find, and keep, the power optimum of a question."""
    known = plans.facts_for(scenario)
    if plans.judged(known, scenario):
        plans.prepare(Steps(known, scenario.price_year), scenario)


def neighbours(question: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Questions one move away that need another power optimum; the slowest and likeliest first."""
    for share in controls.CLEAN:
        yield {**question, "clean": share}
    mw = controls.total_mw(str(question.get("power") or ""))
    if mw is not None:
        for template in controls.MIXES:
            yield {**question, "power": controls.written(template, mw)}
    for model in OPERATING_MODELS:
        yield {**question, "operating_model": model}
    for kind in controls.types():
        yield {**question, "accelerator": kind.value}
