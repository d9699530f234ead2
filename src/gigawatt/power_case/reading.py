"""Tables of a case file into the dataclasses of the power room, whatever fields those have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING
from typing import Any

import numpy as np

from gigawatt.finance import capital_recovery_factor

from .keys import Key, investment, keys
from .values import BAD, Values


def part(values: Values, kind: type, table: Any, place: str, *, name: str = "", more: tuple[str, ...] = ()) -> Any:
    """A dataclass from its table, with BAD where a value has a fault.

    Parameters
    ----------
    values : Values
        Reads the values and collects the faults. [-]
    kind : type
        Dataclass of the power room. [-]
    table : object
        What the file says; anything but a table is a fault. [-]
    place : str
        Path of the table in the file, for messages. [text]
    name : str
        Name of the part where the table gives none. [text]
    more : tuple of str
        Further keys that the table may have. [text]

    Returns
    -------
    object
        Of the kind, or BAD.
    """
    if not isinstance(table, Mapping):
        return values.fault(f"{place} is {table!r}; expected a table of keys; write [{place}]")
    known = keys(kind)
    table = {"name": name, **table} if name and "name" in known else table
    values.unknown(table, [*known, *more, *_investment_keys(known)], place)
    found = {key.name: _value(values, key, table, place) for key in known.values()}
    _crossed(values, found, place)
    _endless(values, found, place)
    return kind(**found)


def _value(values: Values, key: Key, table: Mapping[str, Any], place: str) -> Any:
    where = f"{place}.{key.name}" if place else key.name
    if (cost := _annuity(values, key, table, place)) is not None:
        return cost
    if key.name in table and (table[key.name] is not None or not key.optional):
        return _read(values, key, table[key.name], where)
    if key.default is not MISSING or key.optional:
        return None if key.default is MISSING else key.default
    other = investment(key.name)
    also = f", or {', '.join(other)} and wacc" if other else ""
    return values.fault(f"{where}: missing; expected {_wanted(key)}; write {key.name} = ...{also}")


def _read(values: Values, key: Key, value: Any, where: str) -> Any:
    if key.kind == "part":
        assert key.part is not None
        return part(values, key.part, value, where)
    if key.kind == "parts":
        return _parts(values, key, value, where)
    readers = {
        "number": values.number(key.name, key.default),
        "whole": values.whole(0 if key.default == 0 else 1),
        "flag": values.flag,
        "text": values.text(key.name),
        "terms": values.terms,
    }
    return readers.get(key.kind, values.profile(key))(value, where)


def _parts(values: Values, key: Key, value: Any, where: str) -> Any:
    assert key.part is not None
    if not isinstance(value, Mapping):
        return values.fault(f"{where} is {value!r}; expected named tables; write [{where}.NAME]")
    return tuple(part(values, key.part, table, f"{where}.{name}", name=name) for name, table in value.items())


def _wanted(key: Key) -> str:
    column = "a number or a column of the series"
    words = {"profile": column, "series": column, "text": "a name", "flag": "true or false"}
    return words.get(key.kind, "capacities and their coefficients" if key.kind == "terms" else "a number")


def _investment_keys(known: Mapping[str, Key]) -> list[str]:
    found = [names for name in known if (names := investment(name))]
    return list(dict.fromkeys([n for names in found for n in names] + (["lifetime_years", "wacc"] if found else [])))


def _annuity(values: Values, key: Key, table: Mapping[str, Any], place: str) -> Any:
    """Yearly cost from investment, fixed O&M, life and cost of capital; None where no investment is given."""
    names = investment(key.name)
    given = [n for n in (names or ())[:2] if n in table]
    if names is None or not given:
        return None
    if key.name in table:
        return values.fault(f"{place}.{key.name}: given with {given[0]}; expected one of the two; remove one")
    capex, fom = (values.given(table, n, place, values.number(key.name)) for n in names[:2])
    life_key = names[2] if names[2] in table else "lifetime_years"
    life = values.given(table, life_key, place, values.number("lifetime_years"))
    rate = values.given(
        *((table, "wacc", place) if "wacc" in table else (values.case, "wacc", "")), values.number("wacc")
    )
    for value, name in ((capex, names[0]), (life, "lifetime_years"), (rate, "wacc")):
        if value is None:
            values.fault(f"{place}.{name}: missing; expected a number beside {given[0]}; write {name} = ...")
    if any(x is BAD or x is None for x in (capex, life, rate)) or fom is BAD:
        return BAD
    return float(capex * capital_recovery_factor(rate_per_year=rate, years=life)) + (fom or 0.0)


def _crossed(values: Values, found: Mapping[str, Any], place: str) -> None:
    """Lower bounds and what stands must fit under the upper bounds."""
    for low, a in found.items():
        high = _upper_of(low, found)
        b = found.get(high or "")
        if isinstance(a, float) and isinstance(b, float) and a > b:
            where = f"{place}.{low}" if place else low
            values.fault(f"{where} is {a:g}, above {high}, {b:g}; expected it no larger; correct one of them")


def _upper_of(name: str, found: Mapping[str, Any]) -> str | None:
    """The bound above a lower bound or an existing size."""
    if name == "lower":
        return "upper"
    head, _, what = name.partition("_")
    if head not in ("min", "existing") or not what:
        return None
    return next((n for n in (f"max_{what}", f"limit_{what}") if n in found), None)


def _endless(values: Values, found: Mapping[str, Any], place: str) -> None:
    """A size that earns a yearly income needs an upper bound."""
    sizes = [n for n in found if n == "limit_mw" or (n.startswith("max_") and n.endswith(("_mw", "_mwh")))]
    unbounded = [n for n in sizes if isinstance(found[n], float) and np.isinf(found[n])]
    for name, value in found.items():
        if isinstance(value, float) and value < 0 and name.endswith("_year") and unbounded:
            words = f"{place}.{name} is {value:g}, an income without end; expected a bound on the size"
            values.fault(f"{words}; write {unbounded[0]} = ...")
