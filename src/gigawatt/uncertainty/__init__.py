"""How sure a plan is: all facts drawn together, the plan made anew in every draw, and the chosen design held fixed.

Read `sample` first (how facts are drawn), then `ensemble` (what comes out of it and how).
"""

from gigawatt.uncertainty.ensemble import Ensemble, simulate

__all__ = ["Ensemble", "simulate"]
