"""A programme over several sites with one budget: how much where and when, what binds, what a fair share costs instead.

Read `question` first, then `curves` (a site's cost curve, from the plan's own story), `milp` (the choice), `fair`,
`baselines`, and `answer`, which puts them together.
"""

from gigawatt.portfolio.answer import Portfolio, portfolio

__all__ = ["Portfolio", "portfolio"]
