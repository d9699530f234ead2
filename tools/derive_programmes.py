"""Derive the catalogue of announced programmes and campuses from the reference folder: what was said, on which basis.

    python3 tools/derive_programmes.py REFERENCE_DIR

Writes src/gigawatt/data/programmes.csv and data/sources/programmes.toml. The cells of the reference are free text, so
each is read by hand below; the number read must stand in its cell. A further claim on the same thing gets a number
(``money.2``): claims stand side by side and are never averaged. Deterministic: same input, same bytes.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fact_rows import DATA, RECALLED, Reference, Row, fact, write
from readings.campuses import CAMPUSES
from readings.programmes import PROGRAMMES
from readings.words import BASES, Entry, Said

ACCESSED = "2026-11-23"
GENERAL = "general-knowledge"
UNITS = {"date": "date", "mw": "MW", "it_mw": "MW", "accelerators": "accelerator", "sites": "1"}
WHERE = {
    "money": "amount",
    "mw": "power",
    "it_mw": "IT power",
    "accelerators": "accelerators",
    "sites": "number of sites",
    "date": "date",
}


@dataclass(frozen=True)
class Given:
    """A row of a reference table, with the names that programmes and campuses share."""

    row: dict[str, str]

    @property
    def announced(self) -> str:
        return self.row["announced"].split(" / ")[0]

    @property
    def source(self) -> str:
        return GENERAL if "general knowledge" in self.row["source_title"] else f"programme-{self.row['id']}"

    @property
    def recalled(self) -> bool:
        return self.row["basis"].startswith("recalled") or self.row["confidence"] == "low"


def given(ref: Reference) -> dict[str, Given]:
    rows = {**ref.keyed("programmes", "id"), **ref.keyed("campuses", "id")}
    return {i: Given(rows[i]) for i in (*PROGRAMMES, *CAMPUSES)}


def facts_of(fid: str, entry: Entry, g: Given, kind: str) -> Iterator[Row]:
    """All facts of one programme: what it is in text, then its claims."""
    about = {
        "name": entry.name,
        "kind": kind,
        "place": entry.place,
        "accelerator": entry.accelerator,
        "build_type": entry.build_type,
        "status": entry.status,
    }
    year = g.announced[:4] or entry.year
    for key, text in about.items():
        if text:
            yield fact(
                f"programme.{fid}.{key}", text, "text", year=year, cls="B", source=g.source, where="in our words"
            )
    if g.announced:
        where, note = "date of the announcement", ""
        yield fact(f"programme.{fid}.announced", g.announced, "date", year=year, cls="B", source=g.source, where=where)
    seen: Counter[str] = Counter()
    for said in entry.said:
        seen[said.what] += 1
        number = f".{seen[said.what]}" if seen[said.what] > 1 else ""
        where = f"{WHERE[_thing(said)]}, announced {g.announced or year}"
        note = f"basis: {said.basis}; {said.words}" if said.basis else said.words
        cls = said.cls or ("C" if g.recalled else "B")
        if "recalled" in note or (g.recalled and cls == "C"):
            note = note.replace("recalled", RECALLED) if "recalled" in note else f"{note}; {RECALLED}"
        unit = _unit(said, g, year)
        _check(fid, said, g)
        value = said.value if unit == "date" else float(said.written) * said.times
        yield fact(
            f"programme.{fid}.{said.what}{number}",
            value,
            unit,
            year=said.year or year,
            cls=cls,
            source=g.source,
            where=where,
            note=note.strip("; "),
            low=said.low,
            high=said.high,
        )


def _thing(said: Said) -> str:
    """What a claim is about, whichever phase."""
    return said.what.removeprefix("first_").removeprefix("later_").removeprefix("part_").removeprefix("full_")


def _unit(said: Said, g: Given, year: str) -> str:
    if _thing(said) == "money":
        return f"{said.currency or g.row['capital_currency']}_{said.year or year}"
    return UNITS[_thing(said)]


def _check(fid: str, said: Said, g: Given) -> None:
    """The number read stands in the cell it was read from, and its basis is one of ours."""
    if said.written not in g.row[said.column]:
        raise SystemExit(f"{fid}: {said.what}: {said.written!r} is not in {said.column}: {g.row[said.column]!r}")
    if said.basis not in BASES[_thing(said)]:
        raise SystemExit(f"{fid}: {said.what}: basis {said.basis!r} is not one of {BASES[said.what.split('_')[-1]]}")


def rows(ref: Reference) -> list[Row]:
    found = given(ref)
    return [
        row
        for kind, entries in (("programme", PROGRAMMES), ("campus", CAMPUSES))
        for fid, entry in entries.items()
        for row in facts_of(fid, entry, found[fid], kind)
    ]


def sources(ref: Reference) -> str:
    """The sources file: who said it, where, when."""
    parts = []
    for _, g in sorted(given(ref).items()):
        if g.source == GENERAL:
            continue
        first, *more = [u.strip() for u in g.row["url"].split(" ; ")]
        fields = {
            "producer": g.row["publisher"],
            "title": g.row["source_title"],
            "url": first,
            "published": g.row["source_date"],
            "accessed": ACCESSED,
            "licence": "CC BY 4.0" if g.row["publisher"] == "Epoch AI (CC BY 4.0)" else "facts cited",
            "ships": "figure",
            "note": "also " + ", ".join(more) if more else "",
        }
        lines = [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in fields.items() if v]
        parts.append(f"[{g.source}]\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path, help="folder of the reference tables")
    parser.add_argument("--out", type=Path, default=DATA)
    args = parser.parse_args()
    ref = Reference(args.reference)
    write(args.out / "programmes.csv", rows(ref))
    (args.out / "sources" / "programmes.toml").write_text(sources(ref), encoding="utf-8")


if __name__ == "__main__":
    main()
