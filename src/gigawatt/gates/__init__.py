"""Gates: what decides before any optimum, in the order of the report.

Licence for the chips; power (share of peak, contingency, who generates it, connection); someone who pays; money; land,
water, hazard, war, moratorium; time. Each gate is a pure function of numbers and words that says ``yes``, ``yes_if``
or ``no`` in one sentence, with the class and source of its worst fact and, where it is not a yes, the letter that
settles it. Evidence of class C, or none, never gives a plain yes.

Read `verdict` first (what a gate is, how gates combine), then `chips`, `power`, `payer` and `country`.
"""

from .chips import LICENCE_CLASSES, OPERATORS, chip_gate, licence_class_for, total_processing_performance
from .country import EFFECTS, hazard_gate, land_gate, rule_gate, time_gate, war_gate, water_gate
from .payer import money_gate, open_market_gate, payer_gate
from .power import connection_gate, contingency_gate, largest_by_share, share_gate, source_gate, supply_gate
from .verdict import (
    NO,
    ORDER,
    STATES,
    YES,
    YES_IF,
    Gate,
    Letter,
    Step,
    Verdict,
    combine,
    fold,
    in_order,
    next_steps,
    worst_class,
)

__all__ = [
    "EFFECTS",
    "LICENCE_CLASSES",
    "NO",
    "OPERATORS",
    "ORDER",
    "STATES",
    "YES",
    "YES_IF",
    "Gate",
    "Letter",
    "Step",
    "Verdict",
    "chip_gate",
    "combine",
    "connection_gate",
    "contingency_gate",
    "fold",
    "hazard_gate",
    "in_order",
    "land_gate",
    "largest_by_share",
    "licence_class_for",
    "money_gate",
    "next_steps",
    "open_market_gate",
    "payer_gate",
    "rule_gate",
    "share_gate",
    "source_gate",
    "supply_gate",
    "time_gate",
    "total_processing_performance",
    "war_gate",
    "water_gate",
    "worst_class",
]
