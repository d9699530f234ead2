"""Write data/campuses.csv: the pace of campuses of record, what it leaves unexplained, and the tracker's own noise.

    PYTHONPATH=src python3 tools/fit_campuses.py REFERENCE_DIR

The campuses are those of data/published/campus_cases.csv, which derive_published.py writes first; the model is in
`gigawatt.validate.campus_pace`. Spreads are those of campuses predicted without themselves.
"""

from __future__ import annotations

import argparse
import csv
import math
from pathlib import Path

from fact_rows import DATA, HEADER, Reference, Row, fact, num, percentile

from gigawatt.record import Z_P90
from gigawatt.validate import campus_pace
from gigawatt.validate.campuses import size_errors, spread_of

SOURCE = "epoch-frontier-sites"
WHERE = "realised dates of campuses, snapshot of May 2026"
DIGITS = 4
NOISE = {
    "it_power": ("uncertainty-epoch-it-power", "1", "80 % interval of IT power: times or over"),
    "compute": ("uncertainty-epoch-compute", "1", "80 % interval of compute: times or over"),
    "dates": ("uncertainty-epoch-dates", "month", "80 % interval of dates: plus or minus"),
}


def pace_rows() -> list[Row]:
    """The fit on all campuses."""
    records = campus_pace.records()
    p = campus_pace.with_spread(records)
    factor = math.exp(Z_P90 * p.spread_first)
    counts = {k: sum(r.kind == k and r.first == r.first for r in records) for k in p.build}
    counts[campus_pace.QUICK] = sum(r.kind == campus_pace.ORDINARY and r.quick for r in records)
    waits = [r.first - r.to_release for r in records if r.to_release + p.wait > p.build[campus_pace.ORDINARY]]
    ends = [percentile([w for w in waits if w == w], share) for share in (0.1, 0.9)]
    rows = []
    for kind, value in {**p.build, "other": p.other}.items():
        on_record = (
            f"{counts[kind]} on record" if kind in counts else "a kind not on record: the mean of the quick ones"
        )
        note = f"{on_record}; works to first hall where accelerators can be had"
        rows.append(_row(f"build.{kind}", value, "month", note, value / factor, value * factor))
    rows += [
        _row("release_to_hall", p.wait, "month", "first sale of the accelerators to a hall of them", *ends),
        _row("expansion", p.expansion, "month", "first hall to full campus of the ordinary kind, works begun in 2023"),
        _row(
            "expansion_trend",
            p.trend,
            "month/year",
            "change with each later year; part of it is that campuses on record had to be full by May 2026",
        ),
        _row("start.first", p.starts[0], "year", "first start of works on record: the trend holds between"),
        _row("start.last", p.starts[1], "year", "last start of works on record"),
        _row("spread.months_to_first", p.spread_first, "1", "of log realised over predicted, each campus left out"),
        _row("spread.months_to_full", p.spread_full, "1", "of log realised over predicted, each campus left out"),
    ]
    for figure in ("accelerators", "capex_usd"):
        errors = [error for _, error in size_errors(figure)]
        note = f"of log realised over predicted, {len(errors)} campuses; nothing is fitted to them"
        rows.append(_row(f"spread.{figure}", spread_of(errors), "1", note))
    return rows


def _row(name: str, value: float, unit: str, note: str, low: float | str = "", high: float | str = "") -> Row:
    texts = [num(x, DIGITS) if x != "" else "" for x in (value, low, high)]
    if name.startswith("start."):
        texts[0] = num(value)
    return fact(
        f"campus.{name}",
        texts[0],
        unit,
        year=2026,
        cls="B",
        source=SOURCE,
        where=WHERE,
        note=note,
        low=texts[1],
        high=texts[2],
    )


def noise_rows(ref: Reference) -> list[Row]:
    """What the tracker says of its own figures."""
    known = ref.keyed("lead_times", "id")
    return [
        fact(
            f"tracker.noise.{name}",
            known[row]["central"],
            unit,
            year=2026,
            cls="B",
            source=SOURCE,
            where="notes on uncertainty, July 2026, as summarised by others",
            note=note,
        )
        for name, (row, unit, note) in NOISE.items()
    ]


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path)
    rows = [*pace_rows(), *noise_rows(Reference(parser.parse_args().reference))]
    with (DATA / "campuses.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(sorted(rows))
    print(f"campuses.csv: {len(rows)} facts")


if __name__ == "__main__":
    main()
