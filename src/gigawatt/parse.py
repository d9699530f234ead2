"""Reads amounts as people write them: money, power, counts, dates, durations, training targets.

Each function takes text and returns numbers in house units, or raises ``ValueError`` saying what was expected.
``scenario.py`` adds the place of the value and collects the problems.
"""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import NamedTuple

_NOT_WORDS = re.compile(r"[^\w\s]")
_NUMBER = r"[+-]?\d[\d\s.,'’]*(?:[eE][+-]?\d+)?"
_MAGNITUDES = {
    1e3: "k thousand thousands mille тис тисяч тисячі",
    1e5: "lakh lakhs",
    1e6: "m mn mio million millions мільйон мільйонів мільйони млн",
    1e7: "crore crores",
    1e9: "b bn bln billion billions g md mds mrd milliard milliards млрд мільярд мільярдів мільярди",
    1e12: "t tn trn trillion trillions трлн трильйон трильйонів",
}
_MAGNITUDE = {word: factor for factor, words in _MAGNITUDES.items() for word in words.split()}
_MAGNITUDE["lakh crore"] = 1e12
_POWER_UNIT = {"w": 1e-6, "kw": 1e-3, "mw": 1.0, "gw": 1e3, "tw": 1e6}
SOURCES = {
    "grid": "grid utility network réseau reseau мережа",
    "nuclear": "nuclear nucléaire nucleaire атомна атом",
    "restart": "restart restarted redémarrage redemarrage",
    "smr": "smr smrs",
    "gas": "gas gaz газ turbines engines",
    "solar": "solar pv solaire сонячна сонце",
    "wind": "wind éolien eolien вітер вітрова",
    "battery": "battery batteries storage batterie",
    "hydro": "hydro hydroelectric hydraulique гідро",
    "geothermal": "geothermal géothermie geothermie геотермальна",
}
_SOURCE = {word: name for name, words in SOURCES.items() for word in words.split()}
_FILLER = frozenset(
    "of from power electricity ppa on the a an de du d' d of from and in with by firm fleet plant".split()
)
_DURATION_DAYS = {"day": 1.0, "week": 7.0, "month": 365 / 12, "year": 365.0, "hour": 1 / 24}
_FRENCH = {"jour": "day", "semaine": "week", "mois": "month", "an": "year", "année": "year", "heure": "hour"}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with its currency; the price year is the scenario's."""

    amount: float
    currency: str


class Target(NamedTuple):
    """A run to train; model or FLOP."""

    model: str
    flop: float | None
    days: float | None
    loss: float | None = None


@dataclass(frozen=True, slots=True)
class PowerPart:
    """Megawatts from one named source; source '' when none was named."""

    mw: float
    source: str


def number(text: str) -> float:
    """A number with either decimal mark.

    A point is decimal unless it groups thousands; a comma is decimal, or groups thousands when several follow
    or a point follows. One comma before exactly three digits is ambiguous and refused.

    Examples
    --------
    >>> number("1,5"), number("1 234,5"), number("1,234,567"), number("1.234,5")
    (1.5, 1234.5, 1234567.0, 1234.5)
    """
    raw = re.sub(r"[\s'’\u00a0\u202f]", "", text)
    if not re.fullmatch(r"[+-]?[\d.,]*\d[\d.,]*(?:[eE][+-]?\d+)?", raw):
        raise ValueError(f"{text.strip()!r} is not a number; write for example 109 or 1.5")
    mantissa, _, exponent = raw.lower().partition("e")
    commas, points = mantissa.count(","), mantissa.count(".")
    if commas and points:
        decimal = "," if mantissa.rfind(",") > mantissa.rfind(".") else "."
        group = "." if decimal == "," else ","
        if mantissa.count(decimal) > 1:
            raise ValueError(f"{text.strip()!r} has two decimal marks; write for example 1234567.5")
        mantissa = mantissa.replace(group, "").replace(decimal, ".")
    elif commas > 1 or points > 1:
        mark = "," if commas else "."
        if not re.fullmatch(r"[+-]?\d{1,3}(?:[.,]\d{3})+", mantissa):
            raise ValueError(f"{text.strip()!r} cannot be read; write for example 1234567")
        mantissa = mantissa.replace(mark, "")
    elif commas:
        whole, _, digits = mantissa.partition(",")
        if len(digits) == 3 and whole.lstrip("+-") not in ("", "0"):
            plain = mantissa.replace(",", "")
            raise ValueError(
                f"{text.strip()!r}: a comma is ambiguous here ({whole}.{digits} or {plain}?); write {plain}"
            )
        mantissa = mantissa.replace(",", ".")
    return float(f"{mantissa}e{exponent}" if exponent else mantissa)


def _positive(value: float, text: str, what: str) -> float:
    if not value < float("inf"):
        raise ValueError(f"{text.strip()!r}: {what} must be finite")
    if value <= 0:
        raise ValueError(f"{text.strip()!r}: {what} must be above zero")
    return value


@cache
def _currency_words() -> dict[str, str]:
    """Symbols and names (English, French, Ukrainian) of currencies; shared symbols are left out but $ means USD."""
    path = resources.files("gigawatt") / "data" / "names" / "currencies.csv"
    words: dict[str, set[str]] = {}
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        code = row["currency"]
        names = [code, *row["symbols"].split("|"), row["en"], row["fr"], row["uk"]]
        for word in (n for n in names if len(n) > 1 or not n.isalpha()):
            words.setdefault(word.lower(), set()).add(code)
            words.setdefault(word.lower() + "s", set()).add(code)
    table = {word: codes.pop() for word, codes in words.items() if len(codes) == 1}
    table |= {"$": "USD", "usd$": "USD", "dollar": "USD", "dollars": "USD", "долар": "USD", "доларів": "USD"}
    table |= {
        "euros": "EUR",
        "euro": "EUR",
        "євро": "EUR",
        "pounds": "GBP",
        "pound": "GBP",
        "гривень": "UAH",
        "£": "GBP",
    }
    table |= {"hryvnia": "UAH", "hryvnias": "UAH", "shillings": "KES", "yen": "JPY", "yuan": "CNY"}
    return table


def money(text: str) -> Money:
    """An amount of money as people write it.

    Examples
    --------
    >>> [money(t) for t in ("109 B€", "$500B", "1,5 Md€")]  # doctest: +NORMALIZE_WHITESPACE
    [Money(amount=109000000000.0, currency='EUR'), Money(amount=500000000000.0, currency='USD'),
     Money(amount=1500000000.0, currency='EUR')]
    """
    example = "write for example 109 B€, EUR 109bn or $500B"
    match = re.search(_NUMBER, text)
    if match is None:
        raise ValueError(f"{text!r} has no amount; {example}")
    if text[: match.start()].rstrip().endswith(("-", "−")):
        raise ValueError(f"{text!r}: money must be above zero; {example}")
    amount = number(match[0])
    rest = f"{text[: match.start()]} {text[match.end() :]}".lower().replace("d'", " ").replace("d’", " ")
    rest = " ".join(rest.replace(".", " ").split())
    for glued in re.findall(r"[^\s]+", rest):
        if glued not in _currency_words() and glued not in _MAGNITUDE:
            rest = rest.replace(glued, " ".join(_unglue(glued)))
    currency, magnitude = "", 0.0
    words = rest.split()
    i = 0
    while i < len(words):
        for n in (3, 2, 1):
            phrase = " ".join(words[i : i + n])
            if phrase in _MAGNITUDE and not magnitude:
                magnitude = _MAGNITUDE[phrase]
                break
            if phrase in _currency_words() and not currency:
                currency = _currency_words()[phrase]
                break
        else:
            if words[i] not in ("of", "de", "des"):
                raise ValueError(f"{text!r}: cannot read {words[i]!r}; {example}")
            n = 1
        i += n
    if not currency:
        raise ValueError(f"{text!r} has no currency, or one that several countries share; {example}")
    return Money(_positive(amount * (magnitude or 1.0), text, "money"), currency)


def names_currency(text: str) -> bool:
    """Whether a currency is written anywhere in a text.

    Examples
    --------
    >>> names_currency("109 B€"), names_currency("$500B"), names_currency("100k GB300")
    (True, True, False)
    """
    words = re.findall(r"[^\W\d_]+|[^\w\s.,'’+-]", text.lower())
    words += re.findall(r"[^\s\d.,]+", text.lower())
    return any(part in _currency_words() for word in words for part in (word, *_unglue(word)))


def _unglue(word: str) -> list[str]:
    """Split ``b€`` or ``usdbn`` into magnitude and currency."""
    for i in range(1, len(word)):
        head, tail = word[:i], word[i:]
        if tail.isalpha() and len(tail) < 3 and tail in _currency_words():
            continue  # "kr" is krona, not thousand rand
        if head in _MAGNITUDE and tail in _currency_words():
            return [head, tail]
        if head in _currency_words() and tail in _MAGNITUDE:
            return [tail, head]
    return [word]


def power(text: str) -> tuple[PowerPart, ...]:
    """Power with its sources.

    Examples
    --------
    >>> power("800 MW grid + 200 MW gas")
    (PowerPart(mw=800.0, source='grid'), PowerPart(mw=200.0, source='gas'))
    """
    example = "write for example 1 GW nuclear, or 800 MW grid + 200 MW gas"
    parts = []
    for part in re.split(r"\s*(?:\+|&|\band\b|\bet\b|\bта\b|;)\s*", text.strip()):
        match = re.match(rf"({_NUMBER})\s*([kKmMgGtT]?[wW])(?![a-zA-Z])(?:\s*[-]?\s*)(.*)$", part.strip())
        if match is None:
            raise ValueError(f"{part!r} is not a power; {example}")
        mw = _positive(number(match[1]) * _POWER_UNIT[match[2].lower()], part, "power")
        words = [w for w in re.split(r"[\s,]+", match[3].lower().strip()) if w and w not in _FILLER]
        unknown = [w for w in words if w not in _SOURCE]
        if unknown:
            raise ValueError(
                f"{part!r}: unknown source {unknown[0]!r}; expected one of {', '.join(SOURCES)}; {example}"
            )
        named = {_SOURCE[w] for w in words}
        if "restart" in named:  # a nuclear restart: of nothing else is one known
            named.discard("nuclear")
        if len(named) > 1:
            raise ValueError(f"{part!r} names {' and '.join(sorted(named))}; give each its megawatts; {example}")
        parts.append(PowerPart(mw, named.pop() if named else ""))
    merged: dict[str, float] = {}
    for p in parts:
        merged[p.source] = merged.get(p.source, 0.0) + p.mw
    if {"nuclear", "restart"} <= set(merged):
        raise ValueError(f"{text!r} names the running fleet and a restart; name one, and the rest as grid")
    return tuple(PowerPart(mw, source) for source, mw in merged.items())


def count(text: str) -> tuple[float, str]:
    """A count and what is counted.

    Examples
    --------
    >>> count("100k GB300"), count("10 M users"), count("120 000 H100")
    ((100000.0, 'GB300'), (10000000.0, 'users'), (120000.0, 'H100'))
    """
    example = "write for example 100k GB300 or 100,000 GB300"
    grouped = re.match(r"\s*(\d{1,3}(?:[, \u00a0\u202f'’]\d{3})+)(?!\d)(.*)$", text, re.DOTALL)
    match = grouped or re.match(r"\s*([+-]?\d[\d.,]*(?:[eE][+-]?\d+)?)(.*)$", text, re.DOTALL)
    if match is None:
        raise ValueError(f"{text!r} is not a count; {example}")
    if not grouped and re.fullmatch(r"\d{1,3}\.\d{3}", match[1]):
        plain = match[1].replace(".", "")
        raise ValueError(f"{text!r}: the point is ambiguous here ({plain} or {float(match[1]):g}?); write {plain}")
    value = number(re.sub(r"[, \u00a0\u202f'’]", "", match[1]) if grouped else match[1])
    rest = re.sub(r"^[x×](?:\s+|(?=[^\W\d]+\d))", "", match[2].strip())  # 8 x B200, 8xB200
    head = re.match(r"([^\s\d]+)(?:\s+|$)(.*)$", rest, re.DOTALL)
    if head and head[1].lower().rstrip(".") in _MAGNITUDE:
        value *= _MAGNITUDE[head[1].lower().rstrip(".")]
        rest = head[2].strip()
    return _positive(value, text, "a count"), " ".join(rest.split())


def day(text: str, *, today: date) -> date:
    """A date: ``2029``, ``2029-06``, ``2029-06-30``, ``06/2029``, ``36 months``, ``in 3 years``; a year is its end."""
    t = text.strip().lower()
    example = "write for example 2029, 2029-06 or 36 months"
    try:
        if m := re.fullmatch(r"(?:end of |fin |by )?(\d{4})", t):
            return date(int(m[1]), 12, 31)
        if m := re.fullmatch(r"(\d{4})[-/](\d{1,2})", t) or re.fullmatch(r"(\d{1,2})/(\d{4})", t):
            year, month = (int(m[1]), int(m[2])) if len(m[1]) == 4 else (int(m[2]), int(m[1]))
            date(year, month, 1)
            return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        if m := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", t):
            return date(int(m[1]), int(m[2]), int(m[3]))
        if m := re.fullmatch(r"(?:q([1-4])\s+(\d{4}))|(?:(\d{4})[- ]?q([1-4]))", t):
            year, quarter = int(m[2] or m[3]), int(m[1] or m[4])
            return date(year + quarter // 4, quarter * 3 % 12 + 1, 1) - timedelta(days=1)
    except ValueError as error:
        raise ValueError(f"{text!r}: {error}; {example}") from None
    try:
        days = duration(t.removeprefix("in ").removeprefix("within "))
        return today + timedelta(days=days)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is not a date; {example}") from None


def year(text: str) -> float:
    """A date as a year with its share: ``2025`` and ``2025-06`` mean the middle of that year or month; ``2025.4``.

    Of ``2025-06-15`` the day is not told apart from its month.
    """
    t = str(text).strip()
    try:
        if m := re.fullmatch(r"(\d{4})[-/](\d{1,2})(?:[-/](\d{1,2}))?", t):
            value = date(int(m[1]), int(m[2]), int(m[3] or 1)).year + (int(m[2]) - 0.5) / 12.0
        else:
            value = float(t) + (0.5 if t.isdigit() else 0.0)
    except ValueError:
        value = math.nan
    if not 2015 <= value < 2100:
        raise ValueError(f"{text!r} is not a year or month; write for example 2025 or 2025-06")
    return value


def duration(text: str) -> float:
    """A duration in days: ``60 days``, ``2 years``, ``18 mois``."""
    match = re.fullmatch(rf"\s*({_NUMBER})\s*([a-zA-Zé]+?)s?\s*", text)
    unit = match[2].lower() if match else ""
    unit = _FRENCH.get(unit, "month" if unit == "moi" else unit)
    if match is None or unit not in _DURATION_DAYS:
        raise ValueError(f"{text!r} is not a duration; write for example 60 days or 18 months")
    return _positive(number(match[1]) * _DURATION_DAYS[unit], text, "a duration")


def share(text: str) -> float:
    """A share: ``2 %`` or ``0.02``."""
    bare = str(text).strip().removesuffix("%").strip()
    value = number(bare) / (100.0 if bare != str(text).strip() else 1.0)
    if not 0 <= value < 1:
        raise ValueError(f"{text!r}: expected a share from 0 to below 1, such as 0.02 or 2 %")
    return value


def training(text: str) -> Target:
    """A training target: model name or FLOP, the loss it is trained to, and the days it may take.

    Examples
    --------
    >>> training("llama-3.1-405b in 60 days"), training("2e25 FLOP in 100 days")  # doctest: +NORMALIZE_WHITESPACE
    (Target(model='llama-3.1-405b', flop=None, days=60.0, loss=None),
     Target(model='', flop=2e+25, days=100.0, loss=None))
    >>> training("llama-3.1-405b to loss 1.95 in 60 days")
    Target(model='llama-3.1-405b', flop=None, days=60.0, loss=1.95)
    """
    head, separator, tail = re.sub(r"\s+(?:within|en)\s+", " in ", text.strip()).rpartition(" in ")
    what, days = (head.strip(), duration(tail)) if separator else (text.strip(), None)
    loss = None
    if m := re.fullmatch(rf"(.*?)\s*(?:\bto\s+)?\bloss\s+({_NUMBER})", what, re.IGNORECASE):
        what, loss = m[1].strip(), _positive(number(m[2]), text, "a loss")
    if not what:
        raise ValueError(
            f"{text!r} names no model; write for example llama-3.1-405b in 60 days, or 2e25 FLOP in 100 days"
        )
    if m := re.fullmatch(r"([\d.]+(?:[eE]\+?\d+)?)\s*flops?", what, re.IGNORECASE):
        if loss is not None:
            raise ValueError(
                f"{text!r} gives both FLOP and a loss; name a model for the loss, or leave one of them out"
            )
        return Target("", _positive(number(m[1]), text, "FLOP"), days)
    return Target(what, None, days, loss)


_LETTERS = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ħ": "h",
        "ґ": "г",
        "&": " and ",
    }
)
_APOSTROPHES = str.maketrans("", "", "'’‘ʼʻ`´′")


def place_words(text: str) -> str:
    """A name folded for comparison: lower case, no accents or apostrophes, ``st`` as ``saint``, single spaces."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_APOSTROPHES).translate(_LETTERS))
    kept = "".join(c for c in folded if not unicodedata.combining(c))
    return " ".join("saint" if w == "st" else w for w in _NOT_WORDS.sub(" ", kept).split())
