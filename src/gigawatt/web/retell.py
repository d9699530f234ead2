"""The report's English sentences in another language, by their shape: a sentence is known, or it stays English.

A report is written once, in English, by many modules. Its catalogue (``report.po``) holds each sentence with places for
what changes from plan to plan: ``{a} of {b} could be served without new plant``. A text that has exactly such a shape
is told by the translation; what stands in the places is told in the same way: numbers with the marks of the language,
names as they are, words only where they are in the catalogue themselves. So nothing is guessed: a text with a single
unknown word comes back as None, and the page shows it in English, marked as such.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from importlib import resources
from operator import attrgetter
from typing import Any

from markupsafe import escape

from gigawatt.web.language import DEFAULT, GAP, Language, catalogue, language

_PLACE = re.compile(r"\{\w+\}")
_NUMBER = re.compile(r"^([(<>≤≥~±+−-]{0,2}\s?)(\d[\d,]*(?:\.\d+)?)(e[+-]?\d+)?(?:[ \u00a0]?(\S.*))?$")
_ISO = re.compile(r"\d{4}(-\d\d){0,2}$")
_SPAN = re.compile(r"(\d[\d,.]*)-(\d[\d,.]*)$")
_MONEY = re.compile(r"([A-Z]{3}) (\d\S*(?: (?:M|bn|tn))?)$")
_QUARTER = re.compile(r"(\d{4}) Q([1-4])$")
_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9±])")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")  # what the asker wrote
_WORDS = re.compile(r"[A-Za-z]{2,}")
_TAG = re.compile(r"(<[^>]*>)")
_SMALL = {
    "of",
    "and",
    "the",
    "or",
    "de",
    "du",
    "la",
    "et",
    "for",
    "through",
    "in",
    "at",
    "by",
    "with",
    "to",
    "on",
    "von",
}
_SILENT = ("code", "pre", "style", "script", "title")  # elements whose text is not told
_DATA = re.compile(r'(<script type="application/json" class="chart-data"[^>]*>)(.*?)(</script>)', re.S)
_SPOKEN = re.compile(r' (aria-label|title|alt|content)="([^"]*)"')
MANY = 50_000  # texts kept, so that a page is told again at once
COMMAND = "gigawatt "  # what is typed stays as it is typed
DEPTH = 6  # places within places
LONGEST = 5  # pieces between commas that may be one part of a list
TWO = 2.0  # from here on a French unit is in the plural


@dataclass(frozen=True, slots=True)
class _Shape:
    """A sentence of the catalogue with places, and how to tell it; the one with the most fixed text comes first."""

    rank: int
    matches: re.Pattern[str]
    words: frozenset[str]  # a text without one of them is something else, as is one without
    piece: str  # its longest fixed piece
    told: str
    places: tuple[str, ...]


_rank = attrgetter("rank")


@dataclass
class Retold:
    """What one language knows of the report's texts."""

    lang: Language
    texts: dict[str, str]
    shapes: dict[str, list[_Shape]]  # by their longest word
    known: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)  # and how deep in another text

    def text(self, said: str, depth: int = 0) -> str | None:
        """A text in the language; None where a part of it is not known.

        Parameters
        ----------
        said : str
            English text without markup. [-]
        depth : int
            Places this text stands in. [-]

        Returns
        -------
        str or None
        """
        if said in self.known:
            return self.known[said]
        if self.unknown.get(said, MANY) <= depth:  # deeper in, less is tried
            return None
        if len(self.known) + len(self.unknown) > MANY:
            self.known.clear()
            self.unknown.clear()
        told = self._text(said, depth)
        if told is None:
            self.unknown[said] = depth
        else:
            self.known[said] = told
        return told

    def _text(self, said: str, depth: int) -> str | None:
        plain = " ".join(said.replace("\u00a0", " ").split())
        if not plain or not re.search(r"[A-Za-z0-9]", plain):
            return said
        return (
            self.texts.get(plain)
            or self._sentences(plain, depth)
            or self._one(plain, depth)
            or self._listed(plain, depth)
        )

    def _one(self, said: str, depth: int) -> str | None:
        """A text that is no list and no row of sentences."""
        if not said:
            return None
        found = self._number(said)
        for text, first, end in _ways(said):
            found = found or self._whole(text, depth, first, end)
        return found or _name(said, depth)

    def _whole(self, text: str, depth: int, first: Callable[[str], str], end: str) -> str | None:
        """A text of the catalogue, or of the shape of one."""
        told = self.texts.get(text) or (self._of_shape(text, depth) if depth < DEPTH else None)
        if not told:
            return None
        close = f"{GAP}:" if end == ":" and self.lang.code == "fr" else end
        return first(told) + ("" if told.endswith(close) else close)

    def _number(self, said: str) -> str | None:
        """A number with its unit, a unit alone, a date or a quarter."""
        if _ISO.match(said):
            return said
        if span := _SPAN.match(said):
            return "–".join(str(self._number(x)) for x in span.groups())
        if (money := _MONEY.match(said)) and (amount := self._number(money[2])):
            return f"{amount}{GAP}{money[1]}"
        if quarter := _QUARTER.match(said):
            return f"T{quarter[2]} {quarter[1]}" if self.lang.code == "fr" else f"{quarter[2]} кв. {quarter[1]}"
        found = _NUMBER.match(said)
        if found is None:
            return self._unit(said, 1.0) if "/" in said and " " not in said else None
        sign, digits, power, rest = found.groups()
        unit = self._unit(rest or "", float(digits.replace(",", ""))) if rest else ""
        if unit is None:
            return None
        whole, dot, part = digits.partition(".")
        if "," in whole:
            whole = self.lang.number(float(whole.replace(",", "")), places=0)
        shown = whole + (self.lang.number(0.1, places=1)[1] if dot else "") + part
        return f"{sign.replace('-', '−')}{shown}{power or ''}" + (f"{GAP}{unit}" if unit else "")

    def _unit(self, said: str, n: float) -> str | None:
        """A unit, word by word; None where it is none."""
        found = []
        for word in said.split():
            if word == "%":
                found.append("%")
            elif (told := self.texts.get(f"unit:{word}")) is not None:
                forms = told.split("|")
                found.append(forms[-1 if abs(n) >= TWO else 0])
            elif "/" in word and all(self.texts.get(f"unit:{x}") for x in word.split("/")):
                found.append("/".join(self.texts[f"unit:{x}"].split("|")[0] for x in word.split("/")))
            else:
                return None
        return GAP.join(found)

    def _of_shape(self, said: str, depth: int) -> str | None:
        words = {"", *_WORDS.findall(said)}
        near = (s for word in words for s in self.shapes.get(word, ()) if s.piece in said and s.words <= words)
        for shape in sorted(near, key=_rank):
            match = shape.matches.fullmatch(said)
            if match is None:
                continue
            values = [self.text(value, depth + 1) for value in match.groups()]
            if all(v is not None for v in values):
                return shape.told.format(**dict(zip(shape.places, values, strict=True))).replace("..", ".")
        return None

    def _sentences(self, said: str, depth: int) -> str | None:
        parts = _SENTENCES.split(said)
        if len(parts) == 1:
            return None
        told = [self.text(part, depth) for part in parts]
        return " ".join(t for t in told if t is not None) if all(t is not None for t in told) else None

    def _listed(self, said: str, depth: int) -> str | None:
        """A list of which each part is known; a part may hold commas itself."""
        capital, end = said[0].isupper(), said[-1] if said[-1] == "." else ""
        body = said[: -len(end)] if end else said
        if depth >= DEPTH or not any(mark in body for mark in (",", ";", " and ")):
            return None
        parts = body.split("; ")
        if len(parts) > 1:
            all_told = [self.text(part, depth + 1) for part in parts]
            told = (
                None if None in all_told else (f"{GAP}; " if self.lang.code == "fr" else "; ").join(map(str, all_told))
            )
        else:
            told = None
        told = told or self._joined(re.split(r"(, | and )", body), depth + 1)
        return None if told is None else (_upper(told) if capital else told) + end

    def _joined(self, pieces: list[str], depth: int) -> str | None:
        """Pieces and the separators between them put together into parts that are known, from the end on."""
        joint = {", ": ", ", " and ": " et " if self.lang.code == "fr" else " і "}
        best: dict[int, str] = {len(pieces) + 1: ""}
        for k in range(len(pieces) - 1, -1, -2):
            for end in range(min(len(pieces), k + 2 * LONGEST - 1), k, -2):
                if end + 1 not in best or (k == 0 and end == len(pieces)):
                    continue
                told = self._one("".join(pieces[k:end]), depth)
                if told is not None:
                    best[k] = told + (joint[pieces[end]] + best[end + 1] if end < len(pieces) else "")
                    break
        return best.get(0)

    # --- pages --------------------------------------------------------------------------------------------------

    def html(self, body: str) -> str:
        """A piece of a page in the language; what is not known stays English, in an element that says so."""
        out, silent, last = [], "", 0
        for match in _DATA.finditer(body):
            out.append(self._markup(body[last : match.start()], silent))
            out.append(match[1] + self._chart(match[2]) + match[3])
            last = match.end()
        out.append(self._markup(body[last:], silent))
        return "".join(out)

    def _markup(self, body: str, silent: str) -> str:
        out: list[str] = []
        for part in _TAG.split(body):
            if part.startswith("<"):
                name = re.match(r"</?(\w*)", part)[1].lower()  # type: ignore[index]
                if name in _SILENT:
                    silent = "" if part.startswith("</") else name
                out.append(_SPOKEN.sub(self._attribute, part))
            else:
                out.append(part if silent or not part.strip() else self._node(part))
        return "".join(out)

    def _node(self, part: str) -> str:
        """The text between two tags, sentence by sentence where it is not known as a whole."""
        text = unescape(part)
        lead, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        told = self.text(text.strip())
        if told is not None:
            return f"{lead}{escape(told)}{tail}"
        parts = [(x, self.text(x)) for x in _SENTENCES.split(text.strip())]
        said = " ".join(_foreign(x) if t is None else str(escape(t)) for x, t in parts)
        return f"{lead}{said}{tail}"

    def _attribute(self, match: re.Match[str]) -> str:
        told = self.text(unescape(match[2]))
        return match[0] if told is None else f' {match[1]}="{escape(told)}"'

    def _chart(self, text: str) -> str:
        """A plotly figure with its words told and its numbers with the marks of the language."""
        spec = _within(json.loads(text), self._label)
        spec.setdefault("layout", {})["separators"] = "," + GAP
        return json.dumps(spec, ensure_ascii=False).replace("<", "\\u003c")

    def _label(self, said: str) -> str:
        """A text in a chart: lines and bold words are told one by one."""
        parts = re.split(r"(<[^>]*>|%\{[^}]*\})", said)
        return "".join(p if p.startswith(("<", "%{")) else self._kept(p) for p in parts)

    def _kept(self, said: str) -> str:
        bare = said.strip()
        told = (self.text(bare) or self._unit(bare, TWO)) if bare else None
        return said if told is None else said.replace(said.strip(), told, 1)


_PLACES = ("x", "y", "x0", "x1", "y0", "y1", "categoryarray", "tickvals")  # the same everywhere, or bars are lost
_TOLD_KEYS = (*_PLACES, "text", "name", "title", "labels", "ticktext", "customdata", "hovertext", "hovertemplate")


def _within(value: Any, tell: Callable[[str], str], key: str = "") -> Any:
    """A plotly figure with the texts that readers see told."""
    if isinstance(value, dict):
        return {k: _within(v, tell, k) for k, v in value.items()}
    if isinstance(value, list):
        return [_within(v, tell, key) for v in value]
    seen = key in _TOLD_KEYS and isinstance(value, str) and not _ISO.match(value)
    return tell(value) if seen else value


def sentences(said: str) -> list[str]:
    """A text, sentence by sentence."""
    return _SENTENCES.split(said)


def _foreign(said: str) -> str:
    return f'<span lang="{DEFAULT}">{escape(said)}</span>'


def _name(said: str, depth: int) -> str | None:
    """A name or a code: every word begins with a capital or a digit, but for small ones."""
    if _QUOTED.fullmatch(said) or said.startswith(COMMAND):
        return said
    words = re.findall(r"[^\s,;()/&+]+", said)
    if said[-1] in ".!?" or len(words) > 12:
        return None
    named = all(not w[0].isalpha() or w[0].isupper() or w in _SMALL or re.search(r"\d", w) for w in words)
    plain = depth == 0 and len(words) == 1 and words[0][1:].islower()  # one word that only begins a line
    ends = {words[0], words[-1]} if words else _SMALL
    return said if named and not plain and not ends & _SMALL else None


def _ways(said: str) -> Iterator[tuple[str, Callable[[str], str], str]]:
    """A text as it may stand in the catalogue (no full stop, another first letter), and the way back."""
    bare, end = (said[:-1].rstrip(), said[-1]) if said[-1] in ".:" else (said, "")
    for text, close in ((said, ""), (bare, end)) if end else ((said, ""),):
        yield text, str, close
        if text[:1].isupper():
            yield _lower(text), _upper, close
        elif text[:1].islower():
            yield _upper(text), _lower, close


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


@cache
def retold(code: str) -> Retold:
    """What a language of ``LANGUAGES`` knows; not for English."""
    texts = {str(m.id): str(m.string) for m in catalogue(code, "report") if m.id}
    found = {k: v for k, v in texts.items() if not _PLACE.search(k)}
    shapes: dict[str, list[_Shape]] = {}
    for shape in (_shape(k, v) for k, v in texts.items() if _PLACE.search(k)):
        shapes.setdefault(max(shape.words, key=len, default=""), []).append(shape)
    names = (resources.files("gigawatt") / "data" / "names" / "countries.csv").read_text(encoding="utf-8")
    countries = {row["en"]: row.get(code) or row["en"] for row in csv.DictReader(names.splitlines())}
    lang = language(code)
    own = {
        str(m.id): str(m.string)
        for m in catalogue(code, "web")
        if m.id and isinstance(m.id, str) and not _PLACE.search(m.id)
    }
    return Retold(lang, {**countries, **own, **found}, shapes)


def _shape(text: str, told: str) -> _Shape:
    pieces = _PLACE.split(text)
    places = tuple(p[1:-1] for p in _PLACE.findall(text))
    groups = [*("([^A-Za-z]+?)" if p.startswith("n") else "(.+?)" for p in places), ""]
    pattern = "".join(re.escape(a) + b for a, b in zip(pieces, groups, strict=True))
    words = frozenset(_WORDS.findall(" ".join(pieces)))
    return _Shape(-sum(map(len, pieces)), re.compile(pattern), words, max(pieces, key=len), told, places)


def tell(code: str, said: str) -> str | None:
    """An English text of ours in a language; itself in English, None where it is not known."""
    return said if code == DEFAULT else retold(code).text(said)


def page(code: str, body: str) -> str:
    """A piece of a report in a language; as it is in English."""
    return body if code == DEFAULT else retold(code).html(body)


def untold(code: str, body: str) -> list[str]:
    """Sentences of a piece of a report that stay English in a language."""
    return [unescape(x) for x in re.findall(rf'<span lang="{DEFAULT}">(.*?)</span>', page(code, body))]
