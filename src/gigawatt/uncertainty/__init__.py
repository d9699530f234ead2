"""How sure a plan is: all facts drawn together, the plan made anew in every draw, and the chosen design held fixed.

Read `sample` first (how facts are drawn), then `case` (one weather year told for its draws) and `mixes` (its power),
`runs` (units, store, engines), `ensemble` (what comes out) and `summary` (what a plan says of it).
"""

from gigawatt.uncertainty.ensemble import Ensemble, simulate
from gigawatt.uncertainty.summary import with_ensemble

__all__ = ["Ensemble", "simulate", "with_ensemble"]
