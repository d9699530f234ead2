"""A HiGHS solver that prints nothing."""

from __future__ import annotations

from typing import Any


def quiet(**options: Any) -> Any:
    """A new solver with its options set, silent from the start.

    It is made from the base class of ``highspy.Highs``: from version 1.16 on the class itself prints a banner while it
    is being made, before it can be told not to, which spoils whatever else is written to standard output.

    Parameters
    ----------
    **options : bool, int, float or str
        Options of HiGHS by name. [-]

    Returns
    -------
    highspy.Highs
        Its base class: models, options, runs and solutions, without callbacks.
    """
    import highspy

    base: Any = highspy.Highs.__base__
    highs = base()
    for name, value in {"output_flag": False, "threads": 1, "random_seed": 0, **options}.items():
        highs.setOptionValue(name, value)
    return highs
