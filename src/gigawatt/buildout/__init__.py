"""Buildout: lead times -> critical path -> MW on line per quarter and the dates of first and full power.

A campus is a small network of tasks. Each task lasts some months, a number or an array of draws, and starts when its
predecessors have ended. The critical path method gives starts, ends and floats for all draws at once. Power arrives in
stages and halls are added at a limited rate; what is on line is the smaller of the two. Months count from the decision
(the as-of date) and become ISO dates at the edge.

Read `network` first (critical path), then `campus` (its tasks, MW on line) and `dates`.
"""

from .campus import PowerStage, campus_tasks, grid_stages, needed_stages, online_mw, power_months, shell_months
from .dates import Deadline, add_months, deadline_check, letter_dates, months_between, quarter_ends
from .network import Holdup, Schedule, Task, gains_months, holdups, ordered, path_to, schedule

__all__ = [
    "Deadline",
    "Holdup",
    "PowerStage",
    "Schedule",
    "Task",
    "add_months",
    "campus_tasks",
    "deadline_check",
    "gains_months",
    "grid_stages",
    "holdups",
    "letter_dates",
    "months_between",
    "needed_stages",
    "online_mw",
    "ordered",
    "path_to",
    "power_months",
    "quarter_ends",
    "schedule",
    "shell_months",
]
