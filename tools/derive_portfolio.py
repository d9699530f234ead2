"""Derive what countries own already and how training over several sites was done from the reference folder.

    python3 tools/derive_portfolio.py REFERENCE_DIR

Writes src/gigawatt/data/portfolio.csv. Deterministic: same input, same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fact_rows import DATA, RECALLED, Reference, Row, fact, write

MACHINES = {  # reference row -> country, name, dense BF16 peak of one package [FLOP/s]
    "de-jupiter": ("DEU", "JUPITER, Jülich", 989e12, "GH200"),
    "it-leonardo": ("ITA", "Leonardo, Bologna", 312e12, "A100"),
}
BY_HAND = {  # machines that the reference folder does not have: country, name, packages, peak of one
    "lumi": ("FIN", "LUMI, Kajaani", 11_912, 383e12, "MI250X", 2023),
    "marenostrum5": ("ESP", "MareNostrum 5, Barcelona", 4_480, 989e12, "H100", 2024),
}
SOURCE = "epoch-gpu-clusters"


def rows(reference: Reference) -> list[Row]:
    """Rows of the table."""
    campuses = reference.keyed("campuses", "id")
    out: list[Row] = []
    for row_id, (iso3, name, peak, chip) in MACHINES.items():
        row = campuses[row_id]
        key = f"owned.{iso3}.{row_id.split('-')[1]}"
        year = row["source_date"][:4]
        where = f"{name}: {chip} packages"
        out += _machine(key, float(row["accelerators_num"]), peak, year, where, "B", SOURCE, row["accelerator_count"])
    for machine, (iso3, name, count, peak, chip, year) in BY_HAND.items():
        where = f"{name}: {chip} packages"
        key = f"owned.{iso3}.{machine}"
        out += _machine(key, count, peak, year, where, "C", "eurohpc-systems", RECALLED)
    out.append(
        fact(
            "wan.steps_between.diloco",
            500,
            "1",
            year=2023,
            cls="B",
            source="douillard-2023",
            where="abstract: eight workers, 500 times less communication",
            note="range: ours",
            low=30,
            high=1000,
        )
    )
    out.append(
        fact("wan.steps_between.synchronous", 1, "1", year=2026, cls="A", source="douillard-2023",
             where="the synchronous baseline", note="by definition")
    )  # fmt: skip
    return out


def _machine(
    key: str, count: float, peak: float, year: int | str, where: str, cls: str, source: str, note: str
) -> list[Row]:
    name = where.split(":")[0]
    return [
        fact(f"{key}.accelerators", count, "accelerator", year=year, cls=cls, source=source, where=where, note=note),
        fact(f"{key}.name", name, "text", year=year, cls=cls, source=source, where=where),
        fact(
            f"{key}.peak_bf16",
            peak,
            "FLOP/s",
            year=year,
            cls="B",
            source=source,
            where=where,
            note=f"dense, of one package; data sheet of the maker, {RECALLED}",
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reference", type=Path)
    write(DATA / "portfolio.csv", rows(Reference(parser.parse_args().reference)))


if __name__ == "__main__":
    main()
