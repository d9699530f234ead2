"""Plans by question: made by the crew, the last ones kept, one that is asked twice at once made once."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict

from gigawatt import __version__
from gigawatt.answer import Plan
from gigawatt.facts import load_facts
from gigawatt.scenario import Scenario
from gigawatt.web import tasks
from gigawatt.web.crew import Crew

KEPT = 64  # plans held in memory, about 3 MB each


class Planner:
    """``await planner.plan(scenario)``."""

    def __init__(self, crew: Crew, seconds: float) -> None:
        self.crew, self.seconds = crew, seconds
        self.kept: OrderedDict[str, Plan] = OrderedDict()
        self.under_way: dict[str, asyncio.Task[Plan]] = {}

    async def plan(self, scenario: Scenario, *, with_frontier: bool = False) -> Plan:
        """The plan of a question, from memory where it was asked before.

        Raises
        ------
        WebError
            429 where too many wait, 503 or 504 where it takes too long.
        """
        key = key_of(scenario, with_frontier)
        if key in self.kept:
            self.kept.move_to_end(key)
            return self.kept[key]
        running = self.under_way.get(key)
        if running is None or running.get_loop() is not asyncio.get_running_loop():
            running = asyncio.create_task(self._made(key, scenario, with_frontier))
            self.under_way[key] = running
        return await asyncio.shield(running)  # another may wait for it too

    async def _made(self, key: str, scenario: Scenario, with_frontier: bool) -> Plan:
        try:
            found = await self.crew.run(tasks.plan, scenario, with_frontier, seconds=self.seconds)
        finally:
            self.under_way.pop(key, None)
        self.kept[key] = found
        while len(self.kept) > KEPT:
            self.kept.popitem(last=False)
        return found


def key_of(scenario: Scenario, with_frontier: bool = False) -> str:
    """What an answer depends on: the question, the model's version, the facts."""
    made = [__version__, load_facts().hash, with_frontier]
    return json.dumps([scenario.model_dump(mode="json"), *made], sort_keys=True)
