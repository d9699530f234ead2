"""Words and numbers in English, French and Ukrainian: one gettext catalogue a language, the rest by CLDR (babel).

``t("English text")`` looks a text up; what is missing is shown in English, never as a key. Numbers keep the digits
that their range supports (``figures.digits``), whatever the language.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from babel import dates, negotiate_locale, numbers
from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog
from babel.support import Translations
from markupsafe import Markup, escape

from gigawatt.figures import COUNTS, digits, display_unit
from gigawatt.web.texts import UNITS

LANGUAGES = {"en": "English", "fr": "Français", "uk": "Українська"}
DEFAULT = "en"
GAP, MINUS = "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}"
_SCALES = ((1e12, "tn"), (1e9, "bn"), (1e6, "M"))  # texts.SCALES
_RATIOS = ("pue", "pue_design_peak", "users_served_per_inhabitant")  # of unit 1, yet not percentages
_UNIT = re.compile(r"(?<=\d) (?=(?:[kMGT]W|[кМГ]Вт|USD|EUR|km|км)\b|%)")
_FRENCH = re.compile(r" (?=[:;?!»%])|(?<=«) ")
_LONG = 1e15  # above it a number is given as a power of ten
_POWERS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def choose(*, asked: str = "", cookie: str = "", header: str = "") -> str:
    """The language of an answer: the address, then the cookie, then what the browser accepts, then English.

    Parameters
    ----------
    asked, cookie : str
        Language codes, or ''. [-]
    header : str
        Accept-Language, or ''. [-]

    Returns
    -------
    str
        One of ``LANGUAGES``. [-]

    Examples
    --------
    >>> choose(asked="uk", cookie="fr"), choose(header="de-DE, fr-CA;q=0.8, en;q=0.5"), choose(header="zz")
    ('uk', 'fr', 'en')
    """
    for code in (asked, cookie):
        if code in LANGUAGES:
            return code
    wanted = sorted(_accepted(header), key=lambda pair: -pair[1])
    found = negotiate_locale([code for code, q in wanted if q > 0], list(LANGUAGES), sep="-")
    return str(found) if found else DEFAULT


def _accepted(header: str) -> list[tuple[str, float]]:
    """Languages of an Accept-Language header with their weights; what cannot be read is left out."""
    found = []
    for part in header.split(","):
        code, _, rest = part.strip().partition(";")
        try:
            weight = float(rest.strip().removeprefix("q=")) if rest else 1.0
        except ValueError:
            continue
        if code and code != "*":
            found.append((code.strip(), weight))
    return found


def bound(code: str, text: str) -> str:
    """A text whose signs and units stay on the line of the word before them, as the language is printed.

    Parameters
    ----------
    code : str
        Language code. [-]
    text : str
        A translation. [-]

    Returns
    -------
    str

    Examples
    --------
    >>> bound("fr", "Où ? 100 MW").replace(GAP, "_"), bound("uk", "100 МВт і 5 %").replace(GAP, "_")
    ('Où_? 100_MW', '100_МВт і 5_%')
    """
    text = _UNIT.sub(GAP, text)
    return _FRENCH.sub(GAP, text) if code == "fr" else text


@cache
def catalogue(code: str, name: str) -> Catalog:
    """The catalogue ``web`` or ``report`` of a language, its translations as they are printed."""
    path = resources.files("gigawatt.web") / "locale" / code / "LC_MESSAGES" / f"{name}.po"
    found = pofile.read_po(io.BytesIO(path.read_bytes()), locale=code)
    for m in found:
        if m.id:
            several = isinstance(m.string, (tuple, list))
            m.string = tuple(bound(code, x) for x in m.string or ()) if several else bound(code, str(m.string))
    return found


@cache
def language(code: str) -> Language:
    """The language of a code of ``LANGUAGES``."""
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalogue(code, "web"))
    compiled.seek(0)
    return Language(code, LANGUAGES[code], Translations(fp=compiled, domain="web"))


@cache
def _country_names() -> dict[str, dict[str, str]]:
    text = (resources.files("gigawatt") / "data" / "names" / "countries.csv").read_text(encoding="utf-8")
    return {row["iso3"]: row for row in csv.DictReader(text.splitlines())}


@dataclass(frozen=True)
class Language:
    """One language: its texts, and how it writes numbers, money, units, dates and countries."""

    code: str
    name: str
    catalogue: Translations

    def t(self, text: str, /, **values: Any) -> str:
        """A text of the catalogue with its places filled; a link among the values makes the whole safe HTML."""
        return _filled(self.catalogue.gettext(text), values)

    def tn(self, one: str, many: str, n: float, /, **values: Any) -> str:
        """The plural form for ``n``, which fills ``{n}``."""
        text = self.catalogue.ngettext(one, many, int(n))
        return _filled(text, {"n": self.number(n, places=0), **values})

    @property
    def colon(self) -> str:
        """A colon, which a space precedes in French."""
        return f"{GAP}:" if self.code == "fr" else ":"

    @property
    def semicolon(self) -> str:
        """A semicolon, which a space precedes in French."""
        return f"{GAP};" if self.code == "fr" else ";"

    def knows(self, text: str) -> bool:
        """Whether the text is in the catalogue (English always is)."""
        return self.code == DEFAULT or self.catalogue.gettext(text) != text

    # --- numbers ------------------------------------------------------------------------------------------------

    def number(self, value: float, *, places: int) -> str:
        """A number rounded to a decimal position, negative ones before the point, with this language's marks."""
        return _marked(self.code, round(float(value), places) + 0.0, places)  # no minus nought

    def count(self, value: float, *, significant: int = 3) -> str:
        """A number to some significant digits, in millions or billions where it is that large."""
        return self.show(value, None, None, "", significant=significant)

    def plain(self, value: float) -> str:
        """A number as it stands in a table of facts: four significant digits at least, long ones in words or powers."""
        value = float(value)
        if value and not 1e-4 <= abs(value) < _LONG:
            return self._power_of_ten(value, "", places=3)
        if abs(value) >= 1e6:
            return self.show(value, None, None, "", significant=4)
        text = f"{float(f'{value:.4g}'):.10f}".rstrip("0").rstrip(".")
        return self.number(value, places=len(text.partition(".")[2]))

    def percent(self, share: float, *, places: int = 0) -> str:
        """A share as a percentage."""
        return f"{self.number(100.0 * share, places=places)}{GAP}%"

    def change(self, share: float) -> str:
        """A relative change in percent with its sign."""
        return ("+" if share > 0 else "") + self.percent(share)

    def show(
        self, value: Any, low: Any, high: Any, unit: str, *, with_unit: bool = True, significant: int | None = None
    ) -> str:
        """A number to the digits its range supports, in a readable scale, with its unit.

        Parameters
        ----------
        value, low, high : float, str or None
            The number (or an ISO date) and its range; equal to it or None where there is none. [-]
        unit : str
            Unit of a figure, such as ``USD_2025/h``; ``1`` is printed in percent. [-]
        with_unit : bool
            Whether the unit follows. [-]
        significant : int, optional
            Significant digits at most. [-]

        Returns
        -------
        str
        """
        if value is None:
            return self.t("n/a")
        if isinstance(value, str):
            return self.month(value) if unit == "date" else value
        value = float(value)
        if unit.startswith("FLOP"):
            return self._power_of_ten(value, self.unit(unit) if with_unit else "")
        if significant is not None and (low is None or low == high):
            places = significant - 1 - _exponent(value) if value else 0
        else:
            low, high = (float(x) if x is not None else value for x in (low, high))
            places = digits(value, low, high)
        if unit == "1":
            return self.percent(value, places=min(max(places - 2, 0), 3) if places > 0 else places - 2)
        if unit.startswith("USD") and unit.endswith("/h"):
            places = max(places, 1)  # prices are compared with each other: a whole dollar says nothing
        if unit in COUNTS:
            places = min(places, 0)
        return self._scaled(value, places, self.unit(unit) if with_unit else "")

    def _scaled(self, value: float, places: int, unit: str) -> str:
        rounded = round(value, places) + 0.0
        scales = _SCALES[1:] if self.code == "fr" else _SCALES  # a French billion is a million of millions
        scale, word = next(((s, w) for s, w in scales if abs(rounded) >= s), (1.0, ""))
        decimals = min(max(0, places + _exponent(scale)), 3)
        scaled = self.number(rounded / scale, places=decimals if scale > 1.0 or places > 0 else places)
        return GAP.join(x for x in (scaled, self.t(word) if word else "", unit) if x)

    def _power_of_ten(self, value: float, unit: str, places: int = 1) -> str:
        exponent = _exponent(value)
        mantissa = self.number(value / 10.0**exponent, places=places)
        return GAP.join(x for x in (f"{mantissa}{GAP}×{GAP}10{str(exponent).translate(_POWERS)}", unit) if x)

    def figure(self, figure: Mapping[str, Any], figure_id: str = "", *, with_range: bool = False) -> str:
        """A figure of a plan's JSON as text, with its range where asked."""
        value, low, high = figure["value"], figure["low"], figure["high"]
        unit = "" if figure_id in _RATIOS else figure["unit"]
        if value is None:
            return self.t("n/a")
        if figure_id == "break_even_utilisation" and float(value) > 1.0:
            return self.t("not reached even with every hour sold")
        if not with_range or _same(low, high):
            return self.show(value, low, high, unit)
        shown = [self.show(x, low, high, unit, with_unit=False) for x in (value, low, high)]
        if shown[0] == shown[1] == shown[2]:
            return self.show(value, low, high, unit)
        if figure_id == "break_even_utilisation" and float(high) > 1.0:
            shown[2] = self.t("more than all")
        text = self.t("{value} ({low} to {high})", value=shown[0], low=shown[1], high=shown[2])
        return GAP.join(x for x in (text, "" if unit == "1" else self.unit(unit)) if x)

    def usd(self, amount: float, *, significant: int = 2) -> str:
        """A sum of money in US dollars."""
        return self.show(amount, None, None, "USD", significant=significant)

    def mw(self, mw: float) -> str:
        """Power in the unit people would say."""
        if mw <= 0:
            return self.show(0.0, None, None, "MW")
        scale, unit = next((x for x in ((1e6, "TW"), (1e3, "GW"), (1.0, "MW")) if mw >= x[0]), (1e-3, "kW"))
        scaled = float(f"{mw / scale:.3g}")
        places = next(p for p in range(4) if p == 3 or round(scaled, p) == scaled)
        return f"{self.number(scaled, places=places)}{GAP}{self.unit(unit)}"

    def unit(self, unit: str) -> str:
        """A unit as this language writes it, without price year; counts need none."""
        shown = display_unit(unit)
        return "/".join(self.t(UNITS.get(part, part)) for part in shown.split("/")) if shown else ""

    # --- dates and places ---------------------------------------------------------------------------------------

    def month(self, iso: str) -> str:
        """Month and year of an ISO date; the year alone where no month is given."""
        if len(iso) < len("2025-09"):
            return iso
        iso = iso if len(iso) >= len("2025-09-01") else f"{iso[:7]}-01"
        return str(dates.format_date(date.fromisoformat(iso[:10]), "LLLL y", locale=self.code))

    def day(self, iso: str) -> str:
        """An ISO date in full."""
        return str(dates.format_date(date.fromisoformat(iso[:10]), "d MMMM y", locale=self.code))

    def months(self, n: float) -> str:
        """A duration in months."""
        return self.tn("{n} month", "{n} months", round(n))

    def country(self, iso3: str) -> str:
        """Name of a country or territory; the code where there is none."""
        row = _country_names().get(iso3)
        return (row.get(self.code) or row["en"]) if row else iso3


@lru_cache(maxsize=8192)  # most numbers of a page are on the next one too
def _marked(code: str, rounded: float, places: int) -> str:
    pattern = "#,##0" + ("." + "0" * places if places > 0 else "")
    return str(numbers.format_decimal(rounded, pattern, locale=code)).replace("\u202f", GAP).replace("-", MINUS)


def _filled(text: str, values: Mapping[str, Any]) -> str:
    if any(hasattr(v, "__html__") for v in values.values()):
        return Markup(escape(text)).format(**values)
    return text.format(**values) if values else text


def _same(low: Any, high: Any) -> bool:
    """Whether a range is none: both ends equal, but for rounding."""
    if isinstance(low, str) or isinstance(high, str) or low is None or high is None:
        return bool(low == high)
    return math.isclose(low, high, rel_tol=1e-6)


def _exponent(x: float) -> int:
    return int(f"{abs(x):e}".partition("e")[2])
