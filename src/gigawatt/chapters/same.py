"""Arrays recognised by the memory they stand in: what follows from one is found once however often it is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Same:
    """An array that is not written to; equal to any view of the very same numbers.

    While it is kept it holds the memory, so that no other array can come to stand there.
    """

    place: tuple[Any, ...]
    values: np.ndarray = field(compare=False, repr=False)


def same(values: Any) -> Same:
    """The array as a key."""
    array = np.asarray(values)
    return Same((array.__array_interface__["data"][0], array.shape, array.strides, array.dtype.str), array)


def alike(values: Any) -> Same:
    """The array as a key that equals any array of the same numbers: for few of them."""
    array = np.asarray(values, float)
    return Same((array.shape, array.tobytes()), array)
