"""A mapping whose values are made when they are asked for, once: what nobody reads costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

T = TypeVar("T")


class Later(Mapping[str, T]):
    """Values by name, each made by its maker when first read.

    Parameters
    ----------
    makers : mapping
        What makes each value. [-]

    Examples
    --------
    >>> found = Later({"a": lambda: 1, "b": lambda: 1 // 0})
    >>> list(found), found["a"], len(found)
    (['a', 'b'], 1, 2)
    """

    def __init__(self, makers: Mapping[str, Callable[[], T]]) -> None:
        self._makers = makers
        self._made: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)
