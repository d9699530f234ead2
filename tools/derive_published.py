"""Write the published cases that ship with the package from the reference folder. A maintainer runs it.

    python tools/derive_published.py REFERENCE_DIR

A compact choice of rows by a stated rule, only the columns that the scoring contract names, and a source key a case
(data/published/sources.toml). Only what its licence lets us pass on: no climate series, and no table whose licence is
not stated. Families that the package does not know yet are left out.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gigawatt.validate.announcements import INPUTS, TRUTHS
from gigawatt.validate.known import by_stem

FOLDER = Path(__file__).resolve().parents[1] / "src" / "gigawatt" / "data" / "published"
SITES = ("texas", "uk")  # one sunny and dry, one windy
ATB_EVERY, CELLS_EVERY, US_EVERY = 7, 4, 6  # rows kept of the long tables
PACKED = 9

Row = Mapping[str, str]


def _every(n: int) -> Callable[[int, Row], bool]:
    return lambda i, row: i % n == 0


# file: (source key, rows kept)
TABLES: dict[str, tuple[str, Callable[[int, Row], bool]]] = {
    "atb_lcoe": ("atb-calc", _every(ATB_EVERY)),
    "dispatch_fixed_mix": ("green-datacenters", lambda i, row: row["site"] in SITES),
    "us_sites_newkirk2025": ("newkirk-microgrids", _every(US_EVERY)),
    "eu_offgrid_scan_2030": ("green-datacenters", _every(CELLS_EVERY)),
}
ABOUT = ("source", "location", "note", "notes", "h3_index")
CAMPUS_WORDS = ("name", "power_supply", "note")  # not read by any prediction
ANNOUNCED = (
    *("due_by_status_date", "status", "status_months", "mw_delivered_by_promised_date", "actual_date", "status_as_of"),
    *("deciding_factor", "publisher", "source_date", "url"),
)

# file: (source key by beginning of the case, cases kept)
CASES: dict[str, tuple[dict[str, str], Callable[[Mapping[str, Any]], bool]]] = {
    "finance": ({"fin-gpu": "newkirk-microgrids", "": "reopt"}, lambda case: True),
    "reliability": ({"eue": "newkirk-microgrids", "": "reopt"}, lambda case: "series" not in case.get("load", {})),
    "training_energy_cost": (
        {"train-llama": "llama-model-cards", "train-bloom": "bloom-footprint", "train-gpt3": "patterson-2021"}
        | {"": "epoch-training-cost"},
        lambda case: True,
    ),
    "goodput": (
        {"gp-llama3": "llama3-herd", "gp-byterobust": "byterobust", "gp-kokolis": "kokolis-2025", "": "gemini-report"},
        lambda case: True,
    ),
    "capacity_expansion_single_node": ({"": "pypsa-model-energy"}, lambda case: bool(case["change"])),
    "offgrid_solar_gas_calculator": ({"": "offgrid-calculator"}, lambda case: case["site"] in SITES),
}
WORDS = ("source", "note", "notes", "evidence", "reference_wall_s", "cost_shares", "method", "other")

SERIES = {
    "era5_cf/{site}_2019.csv": ("solar_cf", "wind_cf"),
    "pypsa_model_energy_3h.csv": ("solar_pu", "wind_pu", "load_mw"),
}


def table(folder: Path, stem: str) -> str:
    """A CSV of cases, without what speaks about the source and with a source key instead."""
    key, kept = TABLES[stem]
    with (folder / f"{stem}.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for i, row in enumerate(csv.DictReader(file)) if kept(i, row)]
    names = [name for name in rows[0] if not name.startswith("published_") and name not in ABOUT]
    out = io.StringIO()
    writer = csv.DictWriter(out, [*names, "source"], extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "source": key} for row in rows)
    return out.getvalue()


def campuses(folder: Path) -> str:
    """Campuses with what was realised: a constant of the source's model and what is dated ahead are left out."""
    with (folder / "campus_cases.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kept = []
    for row in rows:
        asked = [x for x in row["predict"].split(";") if x]
        ours = [x for x in asked if x not in (*row["modelled"].split(";"), *row["planned"].split(";"))]
        if ours:
            key = "epoch-campuses" if "Epoch" in row["source"] else "campus-announcements"
            ahead = [x for x in row["planned"].split(";") if x]
            blank = dict.fromkeys([*asked, *ahead], "")
            kept.append(row | blank | {x: row[x] for x in ours} | {"predict": ";".join(ours)})
            kept[-1]["source"] = key
    names = [name for name in rows[0] if name not in (*CAMPUS_WORDS, "planned", "modelled")]
    out = io.StringIO()
    writer = csv.DictWriter(out, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(kept)
    return out.getvalue()


def announcements(reference: Path) -> str:
    """Announced campuses: what was said on the day, what came, and whose page says so; no remarks."""
    with (reference / "announcements.csv").open(encoding="utf-8", newline="") as file:
        rows = [row | {"source": "announcements"} for row in csv.DictReader(file)]
    out = io.StringIO()
    names = ["id", "name", *INPUTS, *(c for c in TRUTHS if c in ANNOUNCED), "source"]
    writer = csv.DictWriter(out, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def cases(folder: Path, stem: str) -> str:
    """A JSON of cases, without words about the source and with a source key instead."""
    keys, kept = CASES[stem]
    data = json.loads((folder / f"{stem}.json").read_text(encoding="utf-8"))
    chosen = [case for case in data["cases"] if kept(case)]
    for case in chosen:
        key = next(key for start, key in keys.items() if case["case_id"].startswith(start))
        case["source"] = key
    shared = {k: _plain(v) for k, v in data.items() if k not in ("cases", *WORDS)}
    whole = shared | {"cases": [_plain(case) | {"source": case["source"]} for case in chosen]}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _plain(value: Any) -> Any:
    """Without remarks, at every depth."""
    if isinstance(value, dict):
        return {k: v.split()[0] if k == "series" else _plain(v) for k, v in value.items() if k not in WORDS}
    return [_plain(v) for v in value] if isinstance(value, list) else value


def series(folder: Path) -> dict[str, bytes]:
    """The hourly series of the cases that ship, packed; the same bits every time."""
    found = {}
    for pattern, columns in SERIES.items():
        for site in SITES if "{site}" in pattern else ("",):
            name = pattern.format(site=site)
            with (folder / "series" / name).open(encoding="utf-8", newline="") as file:
                rows = [[row[c] for c in columns] for row in csv.DictReader(file)]
            text = "\n".join(",".join(row) for row in [list(columns), *rows]) + "\n"
            found[f"series/{name}.gz"] = gzip.compress(text.encode(), PACKED, mtime=0)
    return found


def everything(reference: Path) -> dict[str, bytes]:
    """Every file of the folder by its name."""
    folder = reference / "published_cases"
    found = {f"{stem}.csv": table(folder, stem).encode() for stem in TABLES if by_stem(stem)}
    found |= {f"{stem}.json": cases(folder, stem).encode() for stem in CASES if by_stem(stem)}
    found |= {"announcements.csv": announcements(reference).encode(), "campus_cases.csv": campuses(folder).encode()}
    return found | series(folder)


def main() -> None:
    """Write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path)
    for name, content in everything(parser.parse_args().reference).items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(f"{name}: {len(content):,} bytes")


if __name__ == "__main__":
    main()
