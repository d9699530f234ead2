"""The errors of Gigawatt: all we have. Each names the place, the value, what was expected, and the next step."""

from __future__ import annotations

from collections.abc import Sequence


class GigawattError(Exception):
    """Base of the errors a user can cause; printed as lines without a traceback."""


class ScenarioError(GigawattError):
    """A question that cannot be read or that contradicts itself.

    Carries every problem found, not only the first, so that a scenario file is mended in one go.
    """

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


class FactError(GigawattError):
    """A fact that is missing, malformed or asked for in a unit it cannot have."""
