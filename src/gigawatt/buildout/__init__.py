"""Buildout: lead times -> critical path -> MW on line per quarter and the dates of first and full power.

A campus is a network of tasks. Each task lasts some months, a number or an array of draws, and starts when its
predecessors have ended. The critical path method gives starts, ends and floats for all draws at once. Power arrives in
stages and halls are added at a limited rate; what is on line is the smaller of the two. The order book turns latest
starts into order dates and what is owed on them into cash at risk. Months count from the decision (the as-of date) and
become ISO dates at the edge.

Read `network` first (critical path), then `campus` (its tasks), `stages` (MW on line), `orders` and `dates`.
"""

from .campus import GATES, MONTHS, NewPlant, campus_tasks, months_in_year, shell_months, split_months
from .dates import Deadline, add_months, deadline_check, letter_dates, months_between, quantiles, quarter_ends
from .network import Holdup, Schedule, Task, ends, followers, gains_months, holdups, ordered, path_to, schedule
from .orders import Order, at_risk_before_usd, at_risk_usd, owed_share, paid_by_period
from .stages import PowerStage, grid_stages, needed_stages, online_mw, power_months

__all__ = [
    "GATES",
    "MONTHS",
    "Deadline",
    "Holdup",
    "NewPlant",
    "Order",
    "PowerStage",
    "Schedule",
    "Task",
    "add_months",
    "at_risk_before_usd",
    "at_risk_usd",
    "campus_tasks",
    "deadline_check",
    "ends",
    "followers",
    "gains_months",
    "grid_stages",
    "holdups",
    "letter_dates",
    "months_between",
    "months_in_year",
    "needed_stages",
    "online_mw",
    "ordered",
    "owed_share",
    "paid_by_period",
    "path_to",
    "power_months",
    "quantiles",
    "quarter_ends",
    "schedule",
    "shell_months",
    "split_months",
]
