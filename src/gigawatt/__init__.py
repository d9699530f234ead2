"""Gigawatt: can you do Stargate in my country? A planner for national AI infrastructure.

>>> import gigawatt as gw
>>> question = gw.read_scenario({"place": "France", "power": "1 GW nuclear"})
>>> question.place.iso3
'FRA'
"""

__version__ = "0.1.0"

from gigawatt.answer import Plan
from gigawatt.compare import Comparison, audit, compare
from gigawatt.explain import tree as explain
from gigawatt.facts import Fact, Facts, load_facts
from gigawatt.inference import Served, serve
from gigawatt.plan import plan
from gigawatt.portfolio import Portfolio, portfolio
from gigawatt.scenario import Scenario
from gigawatt.scenario import read as read_scenario
from gigawatt.screen import Screen, screen
from gigawatt.training_run import TrainingRun, train

__all__ = [
    "Comparison",
    "Fact",
    "Facts",
    "Plan",
    "Portfolio",
    "Scenario",
    "Screen",
    "Served",
    "TrainingRun",
    "__version__",
    "audit",
    "compare",
    "explain",
    "load_facts",
    "plan",
    "portfolio",
    "read_scenario",
    "screen",
    "serve",
    "train",
]
