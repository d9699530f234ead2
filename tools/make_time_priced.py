"""Write docs/time_priced.md: how US sites choose their power when time is priced, from published cases.

    python3 tools/make_time_priced.py REFERENCE_DIR
    python3 tools/make_time_priced.py REFERENCE_DIR --runs RESULTS.csv --cells CELLS.csv

REFERENCE_DIR holds published_cases/us_sites_newkirk2025.csv. The two tables of the whole study are in its repository
(output_tables/final_lcoe_results_complete2.csv and ng_3yr_sensitivity_results_v2.csv); without them the part of the
page that rests on them is kept as it stands.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from gigawatt.chapters import delay
from gigawatt.facts import Facts, load_facts
from gigawatt.plan import Decision
from gigawatt.validate import time_priced

PAGE = Path(__file__).resolve().parents[1] / "docs" / "time_priced.md"
CASES = "published_cases/us_sites_newkirk2025.csv"
WHOLE = "## The whole study\n"
BILLION = 1e9

INTRO = """# Grid, gas, or solar: the choice when time is priced

A study of US sites (A. Newkirk, AI-Datacenter-Microgrid-Analysis, 2025, MIT) publishes what electricity costs from
the grid, from gas on site, and from solar with batteries. On levelised cost alone the grid wins nearly everywhere. The
study then charges rent, 2.40 USD an hour, for every accelerator from the first day of the wait, and solar wins.

We price the same waits by what they cost: the margin on hours that could have been sold, price less full cost; interest
on what is paid before ground is broken; and, where the wait turns out longer than planned, interest on halls, and
interest, lost value and standing cost of accelerators, for the time by which they came too early. Accelerators that
nobody has bought yet cost neither interest nor rent. Terms are those of a plan of 100,000 H100 in Texas; a wait counts
from the time in which the building itself stands (fast greenfield). Lead times and their P10 and P90 are facts of the
planner: grid 12-24-36 months (Texas 12-18-30, Northern Virginia 36-60-84), combined cycles and large frames 42-60-72,
small turbines 12-18-24, engines 12-15-18, own solar and battery 15-24-36.

Not in it: engines that bridge until the grid comes (they take the best of both), land, and gas pipelines. The cost of
the gas option is that of turbines also where engines deliver it.

Made by `tools/make_time_priced.py`.

"""


def study_table(facts: Facts, sites: time_priced.Sites, terms: time_priced.Terms) -> str:
    """Shares and flips as a Markdown table, and the wait at which the grid loses."""
    head = ("how time is priced", *time_priced.OPTIONS, "choices that flip")
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    for row in time_priced.study(facts, sites, terms):
        shares = " | ".join(f"{row.share[o]:.1%}" for o in time_priced.OPTIONS)
        lines.append(f"| {row.name} | {shares} | {row.flips:,} of {len(sites):,} ({row.share_flipped:.1%}) |")
    waits = time_priced.break_even_months(facts, sites, terms)
    words = "; ".join(f"{option}: {' / '.join(time_priced.quantiles(w))}" for option, w in waits.items())
    after = (
        f"\n\nMonths of waiting for the grid after which another option is better (P10 / P50 / P90 of sites): {words}."
    )
    return "\n".join(lines) + after + " Gas here by engines.\n\n"


def cases_part(facts: Facts, reference: Path, terms: time_priced.Terms) -> str:
    """The published cases."""
    sites = time_priced.read_cases(reference / CASES)
    margin = terms.price - terms.cost_without_energy
    return (
        f"## The published cases: {len(sites)} sites of 100,000 accelerators\n\n"
        f"Before the cost of electricity an hour earns {margin:.2f} USD of 2022 over its cost: what a month of waiting "
        "loses, and what decides the choice. With twice the margin most sites leave the grid. "
        "Solar and battery at the cost published for 24,000 accelerators.\n\n" + study_table(facts, sites, terms)
    )


def colossus_part(facts: Facts, terms: time_priced.Terms) -> str:
    """What the early months of Colossus 1 were worth."""
    head = ("connection after, months", "months gained", "margin, contract of 2026", "margin, rent of 2024")
    head += ("idle, had they been bought", "published way")
    lines = ["| " + " | ".join(head) + " |", "|" + "---:|" * len(head)]
    for r in time_priced.early_months(facts, terms):
        money = ("margin_usd", "margin_2024_usd", "idle_usd", "published_usd")
        cells = " | ".join(f"{r[k] / BILLION:.2g} bn" for k in money)
        lines.append(f"| {r['wait_months']:.0f} | {r['gained_months']:.0f} | {cells} |")
    return (
        "## What the early months of Colossus 1 were worth\n\n"
        "100,000 H100 ran after 122 days on mobile turbines; a grid connection takes 12 to 36 months. USD of 2022.\n\n"
        + "\n".join(lines)
        + "\n\nAt today's contract price the early months are worth the margin, a fraction of the rent. At the lowest "
        "rents of 2024 they were worth nearly the 2.40 USD an hour of the published way. Had the accelerators been "
        "bought before the power was there, their interest and lost value would have come on top.\n\n"
    )


def late_part(campus: Decision) -> str:
    """The published 5.90 bn, and ours by when the delay strikes."""
    found = time_priced.three_years_late(campus)
    lines = ["| 100,000 H100 three years late | bn USD of 2022 |", "|---|---:|"]
    lines += [f"| {words} | {found[key] / BILLION:.2f} |" for key, words in delay.MOMENTS.items()]
    lines.append(f"| published way: 2.40 USD an hour for every accelerator | {found['published'] / BILLION:.2f} |")
    return (
        "## Three years late\n\n"
        + "\n".join(lines)
        + "\n\nA delay that is known before ground is broken loses the margin and little else. It comes near the rent "
        "only where the accelerators are bought, or on order, and stand: then they lose most of their value.\n\n"
    )


def whole_part(facts: Facts, runs: Path, cells: Path, terms: time_priced.Terms) -> str:
    """All runs of the study."""
    sites = time_priced.read_runs(runs, cells)
    rows = {c.name: c.share_flipped for c in time_priced.study(facts, sites, terms)}
    rent, ours = rows["as published: rent, the study's waits"], rows["ours, the study's waits"]
    return (
        f"{WHOLE}\n{len(sites):,} runs: 4,378 cells, 24,000, 50,000 and 750,000 accelerators. On the study's own "
        f"waits, charging rent flips {rent:.0%} of the choices; charging what waiting costs flips {ours:.0%}.\n\n"
        + study_table(facts, sites, terms)
    )


def page(facts: Facts, reference: Path, whole: str) -> str:
    """The page, with the part on the whole study given."""
    campus = time_priced.campus(facts)
    terms = time_priced.terms(campus)
    return INTRO + cases_part(facts, reference, terms) + late_part(campus) + colossus_part(facts, terms) + whole


def main() -> None:
    """Write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path)
    parser.add_argument("--runs", type=Path)
    parser.add_argument("--cells", type=Path)
    args = parser.parse_args()
    facts = load_facts()
    if args.runs and args.cells:
        whole = whole_part(facts, args.runs, args.cells, time_priced.terms(time_priced.campus(facts)))
    else:
        whole = WHOLE + PAGE.read_text(encoding="utf-8").partition(WHOLE)[2] if PAGE.exists() else ""
    PAGE.write_text(page(facts, args.reference, whole).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
