"""Reads an announcement as a headline writes it: money, power, accelerators, sites, date, place, in any order."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from gigawatt import parse, places
from gigawatt.chapters.machine import find
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts
from gigawatt.programmes import UNION

EXAMPLE = "write for example: EUR 20 bn, 5 gigafactories, 100,000 GB300 each, in Germany, by 2029"
_SPLIT = re.compile(
    r"\s*;\s*|,\s+|\s+\+\s+|\s+(?=(?:by|with|until|near|and)\s)|\s+(?=in\s+(?!all\b|total\b))|\s+(?=at\s+(?!the meter))"
    r"|\s+(?=for\s+(?:\S*\d|(?-i:[A-Z])))",  # for 400k GB200, for France; but an amount for shell and power is one part
    re.IGNORECASE,
)
_LEAD = re.compile(r"^(?:for|with|at|and|of|over|near|about|around|some|up to)\s+", re.IGNORECASE)
_SITES = re.compile(
    r"(\d+)(?:\s*(?:-|–|to)\s*(\d+))?\s+(?:ai\s+)?"
    r"(gigafactor(?:y|ies)|factor(?:y|ies)|campus(?:es)?|sites?|data\s?cent(?:er|re)s?)",
    re.IGNORECASE,
)
_POWER = re.compile(r"\d\s*[kmgt]w\b", re.IGNORECASE)
_NUMBERS = {w: str(n) for n, w in enumerate("one two three four five six seven eight nine ten".split(), 1)}
_NAME = re.compile(r"^[^,;:\d]*(?:\s\d{1,3})?:\s+")  # "Stargate: USD 500 bn", "Colossus 1: 100,000 H100"
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)})[a-z]*\.?,? (\d{{4}})\b", re.IGNORECASE)  # "September 2024"
_MID_YEAR = re.compile(r"\bmid[- ](\d{4})\b", re.IGNORECASE)
_END_YEAR = re.compile(r"\b(?:the )?end (?:of )?(?=\d{4}\b)", re.IGNORECASE)
_EACH = re.compile(r"\b(?:each|per (?:site|campus|gigafactory|factory))\b", re.IGNORECASE)
_SCOPES = {  # scope of money -> words that say it
    "shell_power": r"shell[- ]power|shell[- ]only|shell|buildings?|halls?|construction",
    "it": r"(?:on |of )?(?:accelerators?|chips?|gpus?|hardware|it|compute|servers?)\b",
    "contribution": r"public money|public contribution|contribution|public|subsid(?:y|ies)|grants?",
    "all_in": r"all[- ]in|capex|capital cost|whole|in all|in total|total|investment",
}
_POWER_BASES = {
    "facility": r"\b(?:facility|at the meter)\b",
    "it": r"\bit(?: power| load)?\b",
    "grid": r"\b(?:grid connection|connection)\b",
}
_POWER_FILLER = re.compile(r"\b(?:campus|peak|power|capacity|of|ai|data cent(?:er|re)s?)\b", re.IGNORECASE)
_GENERIC = frozenset("gpu gpus chip chips accelerator accelerators processors".split())
_UNION = frozenset(("eu", "europe", "european union", "the eu", "the european union"))
COUNTRY_OF = {"EUR": UNION, "USD": "United States", "GBP": "United Kingdom"}  # where no place is named


@dataclass
class Parts:
    """The parts of an announcement; totals over all sites."""

    money: dict[str, parse.Money] = field(default_factory=dict)  # by scope; '' where not said
    mw: dict[str, float] = field(default_factory=dict)  # by basis: facility, it, grid, unknown
    accelerators: float | None = None
    accelerator: str = ""
    sites: int | None = None
    deadline: date | None = None
    place: str = ""
    notes: list[str] = field(default_factory=list)


def read(facts: Facts, text: str, *, today: date, place: str = "") -> Parts:
    """Read the parts of an announcement.

    Parameters
    ----------
    facts : Facts
        The facts, for the names of accelerators. [-]
    text : str
        The announcement. [-]
    today : date
        Dates such as 'in 3 years' count from it. [-]
    place : str
        Where, if the text does not say. [-]

    Returns
    -------
    Parts

    Raises
    ------
    ScenarioError
        With each part that cannot be read, or that stands twice on one basis.
    """
    parts, problems = Parts(), []
    each: list[Callable[[], None]] = []
    for piece in filter(None, (p.strip() for p in _SPLIT.split(_plain(text)))):
        try:
            _one(facts, parts, piece, today, each)
        except ValueError as error:
            problems.append(f"--audit: part {piece!r} cannot be read: {error}")
        except ScenarioError as error:
            problems += [f"--audit: part {piece!r} cannot be read: {p}" for p in error.problems]
    if each and parts.sites is None and not problems:
        problems.append(f"--audit: 'each' of how many? name the sites; {EXAMPLE}")
    if not problems:
        for multiply in each:
            multiply()
    if not problems and not (parts.money or parts.mw or parts.accelerators):
        problems.append(f"--audit: {text!r} names no money, power or accelerators; {EXAMPLE}")
    if not problems:
        _where(parts, place, problems)
    if problems:
        raise ScenarioError(problems)
    return parts


def _plain(text: str) -> str:
    """The text without a leading name, with numbers as digits and dates as they are read elsewhere."""
    text = _NAME.sub("", text.strip())
    text = re.sub(r"shell (?:and|&|\+) power", "shell-power", text, flags=re.IGNORECASE)
    text = _END_YEAR.sub("", _MID_YEAR.sub(r"\1-06", text))
    text = _MONTH.sub(lambda m: f"{m[2]}-{_MONTHS.index(m[1].lower()) + 1:02d}", text)
    return re.sub(r"\b[a-z]+\b", lambda m: _NUMBERS.get(m[0], m[0]), text)


def _one(facts: Facts, parts: Parts, piece: str, today: date, each: list[Callable[[], None]]) -> None:
    """Read one part into ``parts``."""
    per_site = bool(_EACH.search(piece))
    text = _LEAD.sub("", _EACH.sub("", piece).strip())
    if found := _SITES.fullmatch(text):
        _once(parts.sites is None, "sites")
        parts.sites = int(found[2] or found[1])
        if found[2]:
            parts.notes.append(f"{found[1]} to {found[2]} sites: read as {found[2]}")
    elif _is_date(text, today):
        _once(parts.deadline is None, "dates")
        parts.deadline = parse.day(re.sub(r"^(?:by|until|in|end of)\s+(?=\d)", "", text), today=today)
    elif _POWER.search(text):
        basis, mw = _power(text)
        _once(basis not in parts.mw, f"powers of the {basis}")
        parts.mw[basis] = mw
        if per_site:
            each.append(lambda: parts.mw.update({basis: mw * float(parts.sites or 1)}))
    elif parse.names_currency(text):
        scope, amount = _money(text)
        if parts.money and (scope in parts.money or "" in (scope, *parts.money)):
            raise ValueError(
                "a second amount on a basis that is not said; say of each whether it is all-in, shell and power, "
                "chips, or a public contribution"
            )
        parts.money[scope] = amount
        if per_site:
            each.append(lambda: parts.money.update({scope: _times(amount, parts.sites or 1)}))
    elif text[:1].isdigit():
        _once(parts.accelerators is None, "counts of accelerators")
        n, kind = parse.count(text)
        parts.accelerators, parts.accelerator = n, _kind(facts, kind)
        if per_site:
            each.append(lambda: setattr(parts, "accelerators", n * float(parts.sites or 1)))
    else:
        named = re.sub(r"^(?:in|at|near)\s+(?:the\s+)?", "", text, flags=re.IGNORECASE)
        parts.place = _place(f"{parts.place}, {named}" if parts.place else named)  # a town, then its state


def _once(first: bool, what: str) -> None:
    if not first:
        raise ValueError(f"two {what}; give one")


def _times(money: parse.Money, n: int) -> parse.Money:
    return parse.Money(money.amount * n, money.currency)


def _is_date(text: str, today: date) -> bool:
    if not re.fullmatch(r"(?:(?:by|until|in|end of)\s+)?(?:end of\s+)?[\dqQ][\w\s/-]*", text, re.IGNORECASE):
        return False
    try:
        parse.day(re.sub(r"^(?:by|until|in)\s+(?=\d|end|q)", "", text.lower()), today=today)
    except ValueError:
        return False
    return True


def _power(text: str) -> tuple[str, float]:
    basis = "unknown"
    for name, pattern in _POWER_BASES.items():
        if re.search(pattern, text, re.IGNORECASE):
            basis, text = name, re.sub(pattern, "", text, flags=re.IGNORECASE)
    return basis, sum(p.mw for p in parse.power(" ".join(_POWER_FILLER.sub(" ", text).split())))


def _money(text: str) -> tuple[str, parse.Money]:
    """Scope and amount."""
    scope = ""
    for name, pattern in _SCOPES.items():
        rest = re.sub(rf"\b(?:{pattern})", " ", text, flags=re.IGNORECASE)
        if rest != text:
            scope, text = name, rest
            break
    return scope, parse.money(" ".join(re.sub(r"\b(?:on|for|of|as)\b", " ", text).split()))


def _kind(facts: Facts, kind: str) -> str:
    words = [w for w in kind.split() if w.lower() not in _GENERIC]
    if not words:
        return ""
    name = " ".join(words)
    if name.endswith("s") and name[-2:-1].isdigit():  # H100s
        name = name[:-1]
    find(facts, name, "accelerator")
    return name


def _place(text: str) -> str:
    if text.lower() in _UNION:
        return UNION
    try:
        places.resolve(text)
    except ValueError as error:
        raise ValueError(f"it is no money, power, count, date or place ({error}); {EXAMPLE}") from None
    return text


def _where(parts: Parts, place: str, problems: list[str]) -> None:
    """The place named, the one given beside, or that of the currency."""
    if place:
        try:
            named = _place(place)
        except ValueError as error:
            problems.append(f"--place: {place!r}: {error}")
            return
        if parts.place and parts.place != named:
            problems.append(f"--place: {place!r}, but the text says {parts.place!r}; give one")
        parts.place = named
    if parts.place:
        return
    currencies = {m.currency for m in parts.money.values()}
    home = next((COUNTRY_OF[c] for c in sorted(currencies) if c in COUNTRY_OF), "")
    if home:
        parts.place = home
        parts.notes.append(f"no place named: {home}, by the currency")
    else:
        problems.append("--audit: no place; write 'in Kenya' into the text or add --place Kenya")
