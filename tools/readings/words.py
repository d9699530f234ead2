"""What a number of an announcement can mean, and the short forms the readings are written in.

Bases of money: ``all_in`` the whole campus; ``shell_power`` halls and power without accelerators; ``it`` accelerators
with their network; ``contribution`` public money beside private; ``payments`` what a customer pays over years;
``financing`` a stake or a loan; ``mixed`` a sum of unlike things; ``unknown`` not said. Of power: ``facility`` at the
meter, ``it``, ``grid`` the connection, ``unknown``. Of accelerators: ``packages`` or ``dies``.
``first_`` is the first phase, ``later_`` what the announcement holds out beyond its own money.
"""

from __future__ import annotations

from dataclasses import dataclass

BASES = {
    "money": ("all_in", "shell_power", "it", "contribution", "payments", "financing", "mixed", "unknown"),
    "it_mw": ("it",),
    "mw": ("facility", "it", "grid", "unknown"),
    "accelerators": ("packages", "dies"),
    "sites": ("",),
    "date": ("",),
}


@dataclass(frozen=True)
class Said:
    """One number of an announcement: the text that holds it, and what it means."""

    what: str
    column: str
    written: str
    basis: str = ""
    words: str = ""
    times: float = 1.0
    value: str = ""
    currency: str = ""
    year: str = ""
    cls: str = ""
    low: float | str = ""
    high: float | str = ""


@dataclass(frozen=True)
class Entry:
    """A programme or campus in our words, and what was said about it."""

    name: str
    place: str
    said: tuple[Said, ...]
    accelerator: str = ""
    build_type: str = ""
    status: str = ""
    year: str = "2025"


def money(written: str, basis: str, words: str = "", column: str = "capital_amount", what: str = "money", **more):  # type: ignore[no-untyped-def]
    return Said(what, column, written, basis, words, **more)


def mw(written: str, basis: str = "unknown", words: str = "", column: str = "power_mw", what: str = "mw", **more):  # type: ignore[no-untyped-def]
    return Said(what, column, written, basis, words, **more)


def chips(  # type: ignore[no-untyped-def]
    written: str,
    words: str = "",
    basis: str = "packages",
    column: str = "accelerator_count",
    what="accelerators",
    **more,
):
    return Said(what, column, written, basis, words, **more)


def day(what: str, column: str, written: str, value: str = "", words: str = "", **more):  # type: ignore[no-untyped-def]
    return Said(f"{what}_date", column, written, "", words, value=value or written, **more)


def it_mw(written: str):  # type: ignore[no-untyped-def]
    return Said("it_mw", "it_mw_full", written, "it", "Epoch AI", cls="C")


def sites(column: str, written: str, words: str = "", **more):  # type: ignore[no-untyped-def]
    return Said("sites", column, written, "", words, **more)


GB300, GB200, H100, RUBIN = "GB300", "GB200", "H100", "VR200"
USA, FRANCE, UNION = "United States", "France", "EU"
