"""Write the facts of build types, of lead times in earlier years, of slips, and of order terms.

    python tools/derive_buildout.py REFERENCE_DIR

Figures of the reference tables are picked by their id; those of pages read beside them stand in ``READ`` with their
source. The words in the notes are ours.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fact_rows import DATA, Reference, Row, fact, write

EPOCH = {"source": "epoch-frontier-sites", "where": "dates and IT power by site, snapshot of May 2026"}
FIRST, GROWN, SECOND = "colossus-1", "colossus-1-230k", "coreweave-denton-tx"  # conversions of buildings on record
MAKER_TERMS = "terms of one US maker: 10 % before release, 25 % with the drawings done, 50 % with the purchases made"
SUPPLIES = ("transformers", "switchgear", "generators", "cooling")


def retrofit_facts(reference: Reference) -> list[Row]:
    """Conversions of existing buildings: months to the first hall, its size, MW added a month after it."""
    sites = reference.keyed("campuses", "id")
    lead = reference.keyed("lead_times", "id")["colossus1"]
    months = [float(sites[i]["months_start_to_first"]) for i in (FIRST, SECOND)]
    size = [float(sites[FIRST]["it_mw_full"]), float(sites[SECOND]["first_it_mw"])]
    added = [
        (float(sites[GROWN]["it_mw_full"]) - size[0])
        / (float(sites[GROWN]["months_start_to_full"]) - float(sites[FIRST]["months_start_to_full"])),
        (float(sites[SECOND]["it_mw_full"]) - size[1]) / (float(sites[SECOND]["months_start_to_full"]) - months[1]),
    ]
    rate = sum(added) / len(added)
    two = "two conversions: a factory in Memphis (2024) and bitcoin halls in Denton (2025)"
    return [
        fact(
            "lead.build_to_first.retrofit", float(lead["central"]), "month", low=months[0], high=months[1], year=2026,
            cls="B", source="xai-colossus-press", where=f"page of {lead['source_date']}",
            note=f"{two}; value: works to 100,000 accelerators in Memphis, 122 days as claimed; low, high: Epoch AI",
        ),
        fact(
            "lead.first_hall.retrofit", size[0], "MW", low=float(sites[FIRST]["first_it_mw"]), high=size[0], year=2026,
            cls="B", note="IT power; Memphis, what its months brought on line; low: its first step; Denton opened hall "
            f"by hall, from {size[1]:g} MW on", **EPOCH,
        ),
        fact(
            "lead.ramp_after_first.retrofit", round(rate, 1), "MW/month", low=round(rate * 0.5, 1),
            high=round(rate * 1.5, 1), year=2026, cls="B",
            note=f"IT power; {two}, {added[0]:.1f} and {added[1]:.1f}; range: ours, half to one and a half", **EPOCH,
        ),
    ]  # fmt: skip


def earlier_facts(reference: Reference) -> list[Row]:
    """Lead times before the squeeze, for questions of earlier years."""
    ccgt = reference.keyed("lead_times", "id")["ccgt-total"]
    return [
        fact(
            "lead_then.gas_ccgt.world", float(ccgt["low"]), "month", year=2023, cls="B", source="sourcerock-backlog",
            where="page of 2026", note="3.5 years in 2023, 5 years in 2025",
        ),
        fact(
            "lead_then.switchgear.world", 7.5, "month", low=6, high=9, year=2021, cls="B", source="vmr-switchgear",
            where="page of 2025", note="what was normal before the shortage; the year is our reading",
        ),
    ]  # fmt: skip


def slip_facts(reference: Reference) -> list[Row]:
    """Published slips as shares of the plan they are late on."""
    slip, plan = reference.keyed("lead_times", "id")["slip-abilene"], 24.0
    values = [round(float(slip[k]) / plan, 3) for k in ("low", "central", "high")]
    return [
        fact(
            "slip.share.campus", values[1], "1", low=values[0], high=values[2], year=2026, cls="A",
            source="epoch-frontier-sites", where="page of 2025-03-18 / 2026-05",
            note="Abilene: 4 to 6 months late on a plan of 24",
        )
    ]  # fmt: skip


def read_facts() -> list[Row]:
    """Figures of pages read beside the reference tables."""
    rows = [
        fact(
            "lead.racks.h100", 2.3, "month", low=1.8, high=9, year=2024, cls="B", source="dell-h100-weeks",
            where="report of April 2024", note="8 to 12 weeks in April 2024; high: 39 weeks at the end of 2023",
        )
    ]  # fmt: skip
    for item in SUPPLIES:
        rows += [
            fact(
                f"order.deposit.{item}", 0.1, "1", low=0.1, high=0.3, year=2026, cls="C", source="acutran-terms",
                where="cancellations", note=f"{MAKER_TERMS}; taken for large plant; high: ours",
            ),
            fact(
                f"order.owed_half_way.{item}", 0.25, "1", low=0.1, high=0.5, year=2026, cls="C",
                source="acutran-terms", where="cancellations", note=f"{MAKER_TERMS}; taken for large plant",
            ),
        ]  # fmt: skip
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reference", type=Path, help="folder of the reference tables")
    parser.add_argument("--out", type=Path, default=DATA, help="folder to write to")
    arguments = parser.parse_args()
    reference = Reference(arguments.reference)
    rows = [*retrofit_facts(reference), *earlier_facts(reference), *slip_facts(reference), *read_facts()]
    write(arguments.out / "buildout.csv", sorted(rows))


if __name__ == "__main__":
    main()
