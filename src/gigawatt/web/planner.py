"""Answers questions off the event loop, keeps the last ones, and says so when there are too many."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

from gigawatt import __version__
from gigawatt.answer import Plan
from gigawatt.facts import load_facts
from gigawatt.plan import plan as make_plan
from gigawatt.scenario import Scenario
from gigawatt.web.errors import WebError
from gigawatt.web.settings import Settings

KEPT = 64  # plans held in memory, about 3 MB each


class Planner:
    """Plans by question; ``await planner.plan(scenario)``."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.pool = ThreadPoolExecutor(settings.workers)
        self.kept: OrderedDict[str, Plan] = OrderedDict()
        self.waiting = 0

    async def plan(self, scenario: Scenario, *, with_frontier: bool = False) -> Plan:
        """The plan of a question, from memory where it was asked before.

        Raises
        ------
        WebError
            429 where too many wait, 504 where it takes too long.
        """
        key = key_of(scenario, with_frontier)
        if key in self.kept:
            self.kept.move_to_end(key)
            return self.kept[key]
        if self.waiting >= self.settings.queue + self.settings.workers:
            raise WebError(429, "server", "", "fewer questions at once", "ask again", headers={"Retry-After": "2"})
        self.waiting += 1
        try:
            run = asyncio.get_running_loop().run_in_executor(
                self.pool, lambda: make_plan(scenario, with_frontier=with_frontier)
            )
            found = await asyncio.wait_for(run, self.settings.plan_s)
        except TimeoutError:
            raise WebError(
                504, "question", "", f"an answer within {self.settings.plan_s:g} s", "ask for less"
            ) from None
        finally:
            self.waiting -= 1
        self.kept[key] = found
        while len(self.kept) > KEPT:
            self.kept.popitem(last=False)
        return found

    def close(self) -> None:
        """End what runs."""
        self.pool.shutdown(wait=False, cancel_futures=True)


def key_of(scenario: Scenario, with_frontier: bool = False) -> str:
    """What an answer depends on: the question, the model's version, the facts."""
    made = [__version__, load_facts().hash, with_frontier]
    return json.dumps([scenario.model_dump(mode="json"), *made], sort_keys=True)
