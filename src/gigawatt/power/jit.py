"""How the hot loops are compiled: once, kept on disk, without the interpreter's lock.

A compiled function holds those it calls, but its file on disk is renewed only when its own source changes. So the
folder of compiled code carries a digest of all compiled sources: a change to one compiles all anew.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import numba

config: Any = numba.config
HERE = Path(__file__).resolve().parent
_COMMON: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
_BARE = _COMMON | {"_nrt": False}  # no allocation inside: without reference counts the loops run three times as fast
_SUMS = {"reassoc", "contract", "nsz"}  # lets the compiler add in vector registers


def _folder() -> str:
    """Where compiled code is kept: beside the sources, or in the user's cache where that cannot be written."""
    digest = hashlib.sha256()
    for source in sorted(path.read_bytes() for path in HERE.glob("*.py")):
        if b"from .jit import" in source or b"import numba" in source:
            digest.update(source)
    if chosen := os.environ.get("NUMBA_CACHE_DIR"):
        return str(Path(chosen) / f"gigawatt-{digest.hexdigest()[:16]}")
    homes = (HERE, Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")), Path(tempfile.gettempdir()))
    home = next((h for h in homes if os.access(h, os.W_OK)), homes[-1])
    return str(home / "__pycache__" / f"gigawatt-{digest.hexdigest()[:16]}")


_FOLDER = _folder()


def routine(function: Any) -> Any:
    """Compile a function that may allocate.

    Parameters
    ----------
    function : callable
        Within what numba compiles. [-]

    Returns
    -------
    callable
        The compiled function. [-]
    """
    return _compiled(function, _COMMON)


def kernel(function: Any) -> Any:
    """Compile a loop that allocates nothing.

    Parameters
    ----------
    function : callable
        Within what numba compiles, without new arrays. [-]

    Returns
    -------
    callable
        The compiled function. [-]
    """
    return _compiled(function, _BARE)


def summing(function: Any) -> Any:
    """Compile a loop that allocates nothing and may add in any order.

    Parameters
    ----------
    function : callable
        Within what numba compiles, without new arrays. [-]

    Returns
    -------
    callable
        The compiled function. [-]
    """
    return _compiled(function, _BARE | {"fastmath": _SUMS})


def _compiled(function: Any, options: dict[str, Any]) -> Any:
    before = config.CACHE_DIR  # read when a function is decorated; anybody else's stays as it is
    config.CACHE_DIR = _FOLDER
    try:
        return numba.njit(**options)(function)
    finally:
        config.CACHE_DIR = before
