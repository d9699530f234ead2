"""The families we know, by the name of their file, by their columns, and by the kinds of their JSON cases."""

from __future__ import annotations

from collections.abc import Sequence

from . import announcements, campuses, costs, offgrid, pue, runs, scan, serving, sites, supply, trained
from .families import Family, Predictor

MODULES = (costs, supply, runs, pue, sites, offgrid, scan, campuses, announcements, trained, serving)
FAMILIES: tuple[Family, ...] = tuple(family for module in MODULES for family in module.FAMILIES)


def by_stem(stem: str) -> Family | None:
    """The family of a file name without its ending: the same, or followed by a word as in `atb_lcoe-2`."""
    exact = [f for f in FAMILIES if f.stem == stem]
    longer = [f for f in FAMILIES if stem.startswith(f.stem) and not stem[len(f.stem)].isalnum()] if not exact else []
    return max([*exact, *longer], key=lambda f: len(f.stem), default=None)


def by_columns(header: Sequence[str]) -> Family | None:
    """The one family whose inputs are all in a header, where the name says nothing."""
    found = [f for f in FAMILIES if f.inputs and f.figures and set(f.inputs) <= set(header)]
    return found[0] if len(found) == 1 else None


def predictor(kind: str) -> Predictor | None:
    """What predicts a JSON case of a kind, whatever file it is in."""
    return next((f.kinds[kind] for f in FAMILIES if kind in f.kinds), None)


def known_words() -> str:
    """What we know, for a message."""
    return f"known files are {', '.join(sorted(f.stem for f in FAMILIES))}"
