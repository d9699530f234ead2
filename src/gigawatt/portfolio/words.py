"""A portfolio for people: terminal and CSV. Computes nothing."""

from __future__ import annotations

import csv
import io
import sys
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gigawatt.portfolio.answer import Portfolio

WIDTH = 120
LEAST_SHOWN = 1e-4  # shares of the money below this are rounding
COLUMNS = (
    "key iso3 lat lon mw accelerators capex_usd capex_low_usd capex_high_usd first_power_date full_power_date "
    "annual_cost_usd water_m3_per_year emissions_t_per_year answer binding words source"
).split()
NOT_BUILT = {"cost": "Open, but not taken", "date": "Too late", "licence": "No licence", "facts": "Not told"}
RULES = {"gdp": "by GDP", "head": "by head", "equal": "in equal parts"}
MODES = {
    "synchronous": "all sites in step",
    "diloco": "rare exchanges between sites",
    "streaming": "exchanges beside the work",
}


def csv_text(found: Portfolio) -> str:
    """The sites as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: v for k, v in row.items() if v is not None} for row in found.sites)
    return out.getvalue()


def terminal(found: Portfolio) -> None:
    """Print the answer: what where, then what else the money could do."""
    out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    d = found.data
    out.print(f"\n[bold]{escape(d['question']['title'])}[/bold]")
    out.print(escape(_asked(d["question"]["reading"])))
    if d["totals"] is None:
        out.print(f"\n[red]NO[/red]  No plan keeps to the limits: {escape(d['infeasible']['words'])}.\n")
    else:
        out.print(f"\n{escape(_headline(d))}\n")
        out.print(_table([row for row in found.sites if row["mw"] > 0]))
        for line in (*_when(d), *_limits(d), *_alternatives(d)):
            out.print(escape(line))
    for line in _closed(found):
        out.print(f"[dim]{escape(line)}[/dim]")


def _asked(r: dict[str, Any]) -> str:
    parts = []
    if r["budget_usd"]:
        parts.append(f"{_billion(r['budget_usd'])} of capital, all-in, USD of {r['price_year']}")
    if r["power_mw"]:
        parts.append(f"{_mw(r['power_mw'])} {r['source']}".strip())
    if r["accelerators"]:
        parts.append(f"{r['accelerators']:,.0f} accelerators")
    if r["by"]:
        parts.append(f"every campus at full power by {r['by']}")
    goal = {"most": "the most accelerators", "soonest": "the most accelerator-years", "cheapest": "the least money"}
    goal["one_run"] = "the most training in one run over all sites"
    return f"{r['sites']} sites; {'; '.join(parts)}; sought: {goal[r['goal']]}"


def _headline(d: dict[str, Any]) -> str:
    t = d["totals"]
    sites = "1 campus" if t["sites"] == 1 else f"{t['sites']} campuses"
    said = (
        f"{sites}, {_mw(t['mw'])}, {_count(t['accelerators'])} accelerators for {_billion(t['capex_usd'])} "
        f"({_billion(t['capex_low_usd'])} to {_billion(t['capex_high_usd'])}), full power {t['full_power_date']}"
    )
    said += f" ({t['full_power_low']} to {t['full_power_high']})."
    if t["unspent_usd"] is not None and t["unspent_usd"] > 0.01 * t["capex_usd"]:
        said += f" Unspent: {_billion(t['unspent_usd'])}."
    if t["probability_within_budget"] is not None:
        said += f" Within the budget in {t['probability_within_budget'] * 100:.0f} % of the draws."
    return said


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
    for title, right in (
        ("site", False), ("MW", True), ("accelerators", True), ("billion USD", True), ("first", False),
        ("full", False), ("what binds", False),
    ):  # fmt: skip
        table.add_column(title, justify="right" if right else "left", no_wrap=title != "what binds")
    for r in rows:
        money = f"{_tens(r['capex_usd'], 3)} ({_tens(r['capex_low_usd'], 2)}-{_tens(r['capex_high_usd'], 2)})"
        dates = [(r[f"{k}_power_date"] or "never")[:7] for k in ("first", "full")]
        binds = r["words"] or "the shared limits"
        table.add_row(
            escape(r["key"]), f"{r['mw']:,.0f}", f"{_round(r['accelerators']):,.0f}", money, *dates, escape(binds)
        )
    return table


def _when(d: dict[str, Any]) -> list[str]:
    years = d["totals"]["online_mw"]
    return ["", "On line at the end of the year: " + ", ".join(f"{y} {_mw(mw)}" for y, mw in years.items() if mw > 0)]


def _limits(d: dict[str, Any]) -> list[str]:
    out = []
    shared = [b["limit"] for b in d["binding"] if "sites" not in b or b["limit"] == "sites"]
    own = [f"{b['limit'].removeprefix('site: ')} at {b['sites']}" for b in d["binding"] if "sites" in b]
    if shared or own:
        out.append(f"Binding: {', '.join(shared) or 'no shared limit'}; of the sites' own: {', '.join(own) or 'none'}.")
    p = d["prices"]
    if p["per_billion_usd"]:
        out.append(f"One more billion USD: {_count(p['per_billion_usd'])} {p['unit']}s more at the same sites.")
    if p["per_mw"]:
        out.append(f"One more MW: {p['per_mw']:,.3g} {p['unit']}s more at the same sites.")
    if p["per_accelerator"]:
        out.append(f"One more accelerator: {p['per_accelerator']:,.0f} USD.")
    for r in d["relaxations"]:
        out.append(
            f"With {r['change']}: {_mw(r['mw'])}, {_count(r['accelerators'])} accelerators more, "
            f"{_billion(r['capex_usd'])}."
        )
    return out


def _alternatives(d: dict[str, Any]) -> list[str]:
    out, f, run = [""], d["fair_share"], d["one_run"]
    rule = RULES[f["rule"]]
    if f["accelerators"]:
        count = "1 site" if len(f["sites"]) == 1 else f"{len(f['sites'])} sites"
        fewer = f"{_count(f['fewer_accelerators'])} fewer than" if f["fewer_accelerators"] > 1 else "as many as"
        costs = f"{_billion(f['extra_usd'])} more" if f["extra_usd"] > LEAST_SHOWN * f["capex_usd"] else "nothing"
        out.append(
            f"Fair share {rule}: {_count(f['accelerators'])} accelerators at {count} for {_billion(f['capex_usd'])}, "
            f"{fewer} the best plan; the same number where it is cheapest: {_billion(f['cheapest_usd'])}, so the rule "
            f"costs {costs}."
        )
    else:
        out.append(f"Fair share {rule}: no member's share reaches a smallest campus.")
    if run and run["sites"] > 1:
        how = MODES.get(run["best"], run["best"])
        out.append(
            f"As one training run over all sites ({run['ring_km']:,.0f} km of ring): at best {how}, "
            f"{run['delivered_flop_per_day']:.2g} FLOP a day, {run['lost_to_distance'] * 100:.2g} % less than the "
            f"sites apart; the largest site alone does {run['largest_site_flop_per_day']:.2g}. Links of "
            f"{run['link_gbit_per_s'] / 1e3:,.3g} Tbit/s around the ring: {_billion(run['fibre_usd'])}, class C."
        )
    rent, own = d["baselines"]["rent_abroad"], d["baselines"]["federate"]
    if rent:
        yearly = f"{_billion(rent['usd_per_year'])} a year against {_billion(rent['own_usd_per_year'])}"
        out.append(
            f"Rent abroad instead: {yearly} of owning "
            f"({rent['usd_per_accelerator_hour']:.2f} against {rent['own_usd_per_accelerator_hour']:.2f} USD "
            "per sold accelerator-hour)."
        )
    if own["machines"]:
        names = ", ".join(m["name"] for m in own["machines"])
        share = own["share_of_portfolio"]
        out.append(
            f"Federate instead: {names} are {_count(own['h100_equivalents'])} H100 equivalents (BF16), "
            f"{share * 100:.2g} % of this portfolio; shared with science."
        )
    else:
        out.append("Federate instead: no public machine of these countries is on record here.")
    return out


def _closed(found: Portfolio) -> list[str]:
    """Sites without a campus, by reason."""
    rows = [r for r in found.sites if not r["mw"]]
    by: dict[str, list[dict[str, Any]]] = {}
    for r in rows:
        by.setdefault(r["binding"], []).append(r)
    out = [""] if by else []
    for limit, some in by.items():
        names = ", ".join(dict.fromkeys(r["place"] for r in some))
        out.append(f"{NOT_BUILT.get(limit, f'Not built by {limit}')}: {names}. {some[0]['place']}: {some[0]['words']}.")
    return out


def _round(x: float) -> float:
    return float(f"{x:.3g}")


def _tens(usd: float, digits: int) -> str:
    return f"{float(f'{usd / 1e9:.{digits}g}'):,.10g}"


def _count(x: float) -> str:
    return f"{_round(x):,.0f}"


def _mw(mw: float) -> str:
    return f"{_round(mw / 1e3):,.10g} GW" if _round(mw) >= 1e3 else f"{_round(mw):,.10g} MW"


def _billion(usd: float) -> str:
    return f"{_round(usd / 1e9):,.10g} bn USD"
