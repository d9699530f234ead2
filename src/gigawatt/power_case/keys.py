"""What a case file may say: the keys of a part are the fields of its dataclass, told by their types.

Nothing here names a field that the power room might add: a new field is a new key as soon as it exists.
"""

from __future__ import annotations

import difflib
import operator
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, reduce
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np

from gigawatt.power.problem import Array, Profile

MOST_MW = 1e7  # a sanity bound: about the world's generating capacity
MOST = 1e12  # of anything else: beyond it no solver's digits suffice
_KINDS: dict[Any, str] = {float: "number", int: "whole", bool: "flag", str: "text", Array: "series", Profile: "profile"}
_SHARE = re.compile(r"availability|share|credit|fraction|efficiency|self_discharge|min_load|forced_outage|wacc")
_SIGNED = re.compile(r".+_usd_per_mwh?(_year)?|carbon_.*|lower|upper|firm_margin|offset|factor")
_ANNUITY = re.compile(r"(?:(fixed|power|energy|charge|connection)_)?usd_per_(mwh?)_year")
_BUS = re.compile(r"(.+_)?bus")


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a part.

    Parameters
    ----------
    name, kind : str
        Field; number, whole, flag, text, profile, series, terms, part or parts. [text]
    part : type or None
        Dataclass of a part or of parts. [-]
    optional : bool
        May be null. [-]
    default : object
        Value where the key is left out; MISSING where it must be given. [-]
    """

    name: str
    kind: str
    part: type | None
    optional: bool
    default: Any

    @property
    def endless(self) -> bool:
        """Whether an infinite value means no bound, as the default does."""
        return isinstance(self.default, float) and bool(np.isinf(self.default))


@cache
def keys(part: type) -> dict[str, Key]:
    """Keys of a part: its fields in their order.

    Parameters
    ----------
    part : type
        Dataclass of the power room. [-]

    Returns
    -------
    dict of str to Key
    """
    hints = get_type_hints(part)
    return {f.name: Key(f.name, *_kind(f.name, hints[f.name]), f.default) for f in fields(part)}


def _kind(name: str, hint: Any) -> tuple[str, Any, bool]:
    inner = get_args(hint)
    if NoneType in inner:
        kind, part, _ = _kind(name, reduce(operator.or_, (a for a in inner if a is not NoneType)))
        return kind, part, True
    if get_origin(hint) is tuple and is_dataclass(inner[0]):
        return "parts", inner[0], False
    if hint == tuple[tuple[str, float], ...]:
        return "terms", None, False
    if is_dataclass(hint):
        return "part", hint, False
    if hint not in _KINDS:
        raise TypeError(f"{name}: no case file can say a {hint}; teach power_case/keys.py to read it")
    return _KINDS[hint], None, False


@dataclass(frozen=True, slots=True)
class Span:
    """Values a key may take: `low` to `high`, `low` itself only if it is `closed`."""

    low: float
    high: float
    closed: bool
    words: str

    def holds(self, values: Any) -> Any:
        """Whether each value lies within; NaN does not."""
        values = np.asarray(values, float)
        return ((values >= self.low) if self.closed else (values > self.low)) & (values <= self.high)


def span(name: str) -> Span:
    """Values that a key of this name may take.

    Parameters
    ----------
    name : str
        Field of the power room. [text]

    Returns
    -------
    Span

    Examples
    --------
    >>> [span(name).words for name in ("clean_share", "charge_efficiency", "max_mw", "price_usd_per_mwh")]
    ['0 to 1', 'above 0, at most 1', '0 to 1e+12', '-1e+12 to 1e+12']
    """
    if "efficiency" in name:
        return Span(0.0, 1.0, False, "above 0, at most 1")
    if _SHARE.search(name):
        return Span(0.0, 1.0, True, "0 to 1")
    if name in ("step_hours", "lifetime_years"):
        return Span(0.0, MOST, False, "above 0")
    if name == "load_mw":
        return Span(0.0, MOST_MW, True, "0 to 10,000,000 MW")
    if name != "voll_usd_per_mwh" and _SIGNED.fullmatch(name):
        return Span(-MOST, MOST, True, f"{-MOST:g} to {MOST:g}")
    return Span(0.0, MOST, True, f"0 to {MOST:g}")


def investment(name: str) -> tuple[str, str, str] | None:
    """Keys that may stand for a yearly cost: investment, fixed O&M, life; None for any other key.

    Parameters
    ----------
    name : str
        Field of the power room. [text]

    Returns
    -------
    tuple of (str, str, str) or None

    Examples
    --------
    >>> investment("fixed_usd_per_mw_year")
    ('capex_usd_per_mw', 'fom_usd_per_mw_year', 'lifetime_years')
    >>> investment("energy_usd_per_mwh_year")[0]
    'energy_capex_usd_per_mwh'
    >>> investment("usd_per_mw_year")[0]
    'capex_usd_per_mw'
    """
    found = _ANNUITY.fullmatch(name)
    if found is None:
        return None
    prefix, unit = "" if found[1] in ("fixed", None) else f"{found[1]}_", found[2]
    return f"{prefix}capex_usd_per_{unit}", f"{prefix}fom_usd_per_{unit}_year", f"{prefix}lifetime_years"


def may_be_empty(name: str) -> bool:
    """Whether a text may be empty: a bus may, as the main one has no name.

    Parameters
    ----------
    name : str
        Field of the power room. [text]

    Returns
    -------
    bool

    Examples
    --------
    >>> [may_be_empty(name) for name in ("bus", "from_bus", "name")]
    [True, True, False]
    """
    return bool(_BUS.fullmatch(name))


def closest(word: str, known: Iterable[str]) -> str:
    """The next step after an unknown word: the nearest known one, or all of them.

    Parameters
    ----------
    word : str
        As written. [text]
    known : iterable of str
        Words that would do. [text]

    Returns
    -------
    str

    Examples
    --------
    >>> closest("max_wm", ["min_mw", "max_mw"]), closest("colour", ["min_mw", "max_mw"])
    ('did you mean max_mw?', 'write one of min_mw, max_mw')
    """
    words = list(known)
    near = difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else f"write one of {', '.join(words)}"
