"""The fleet: accelerators bought, delivered, on line and retired quarter by quarter, and money committed meanwhile.

Power and halls come on line by a calendar; accelerators are ordered so that they arrive when power is there. Which
generation is bought depends on what it costs per unit of useful compute over its life in the quarter it is delivered.

Read `generations` first (price and cost of compute over time), then `deliveries` (the quarters) and `commitment`.
"""

from .commitment import Committed, committed_at, paid_share
from .deliveries import MONTHS_PER_QUARTER, Deliveries, believed_months, deliver, idle_mw_months
from .generations import best_generation, compute_cost, price_at

__all__ = [
    "MONTHS_PER_QUARTER",
    "Committed",
    "Deliveries",
    "believed_months",
    "best_generation",
    "committed_at",
    "compute_cost",
    "deliver",
    "idle_mw_months",
    "paid_share",
    "price_at",
]
