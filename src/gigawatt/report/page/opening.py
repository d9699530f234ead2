"""The opening of the page: question, verdict, key figures, gates, what binds, other sizes."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from gigawatt.answer import Plan
from gigawatt.figures import Figure, display_unit, show
from gigawatt.report import schedule_charts
from gigawatt.report.page.parts import (
    Raw,
    cap,
    chart,
    class_mark,
    dollars,
    figure,
    months_text,
    num,
    own_currency,
    para,
    safe,
    share,
    split,
    state,
    stop,
    table,
)
from gigawatt.report.page.words import FIXED, GATES, OWN_MONEY, RUNG, TILES, VERDICT


def title(plan: Plan) -> str:
    return f"{plan.question['place']['name']}: can it be done?"


def opening(plan: Plan) -> str:
    q = plan.question
    place = q["place"]
    near = ", ".join(dict.fromkeys(str(x) for x in (place.get("site"), place.get("name")) if x))
    at = (
        f" ({place['lat']:.2f}, {place['lon']:.2f})"
        if place.get("lat") is not None and place.get("lon") is not None
        else ""
    )
    asked = "; ".join(
        f"{k.replace('_', ' ')}: {_asked(plan, k, v)}" for k, v in q.get("words", {}).items() if k != "as_of"
    )
    rows = [
        ("Asked", asked),
        ("Read as", stop(q.get("reading") or "")),
        ("Another reading", " ".join(_reading(plan, r) for r in q.get("readings") or [] if not r.get("used"))),
        ("Place", f"{near}{at}" + (f"; {place['note']}" if place.get("note") else "")),
        ("Accelerator", q.get("accelerator") or ""),
        ("Bases", stop(q["basis"]) if q.get("basis") else ""),
        ("Money", f"US dollars of {q['price_year']}" + _rate(q)),
        ("As of", q["as_of"]),
    ]
    echo = "".join(f"<dt>{safe(k)}</dt><dd>{safe(v)}</dd>" for k, v in rows if v)
    return f'<h1>{safe(title(plan))}</h1><dl class="echo">{echo}</dl>{_banner(plan)}<!--nav-->'


def _asked(plan: Plan, key: str, value: Any) -> str:
    budget = plan.question.get("budget")
    if key == "budget" and budget:
        return show(budget["amount"], None, None, budget["currency"])
    return str(value)


def _rate(q: dict[str, Any]) -> str:
    if q.get("currency") in (None, "USD") or not q.get("usd_per_currency_unit"):
        return ""
    return f"; 1 {q['currency']} = {show(q['usd_per_currency_unit'], None, None, 'USD')}"


def _reading(plan: Plan, r: dict[str, Any]) -> str:
    parts = [show(r["facility_peak_mw"], None, None, "MW") + " at the meter"]
    if r.get("accelerators") is not None:
        parts.append(show(r["accelerators"], None, None, "accelerator") + " accelerators")
    if r.get("capex_usd") is not None:
        parts.append(show(r["capex_usd"], None, None, dollars(plan)) + " all-in")
    verdict = f"; verdict: {schedule_charts.ANSWERS.get(r['answer'], r['answer'])}" if r.get("answer") else ""
    return f"If the figure meant {r['reading']}: {', '.join(parts)}{verdict}."


def _banner(plan: Plan) -> str:
    v = plan.verdict
    headline = re.sub(r"^(YES, IF:?|YES|NO):?\s+", "", v["headline"]) if v["headline"] else ""
    word = VERDICT.get(v["answer"], v["answer"])
    return (
        f'<div class="verdict {safe(v["answer"])}"><span class="word">{safe(word)}</span>'
        f'<p class="headline">{safe(cap(headline))}</p>{para(stop(v["summary"])) if v["summary"] else ""}</div>'
    )


_LEGEND = (
    "Ranges are P10 to P90: eight of ten draws of all inputs fall inside. The letter is the class of the weakest "
    "input behind a figure: A measured, B stated by someone, C analogy or assumption. "
    f"“{cap(FIXED)}”: given by the question, or held at one value in the draws."
)


def key_figures(plan: Plan) -> str:
    shown = [f for name in TILES if (f := figure(plan, name)) is not None]
    if not shown:
        reasons = {f.reason for f in plan.figures.values() if f.reason}
        return para(f"No figure can be given: {'; '.join(sorted(reasons)) or 'nothing was computed'}.")
    tiles = "".join(_tile(plan, f) for f in shown)
    return f'<div class="tiles">{tiles}</div>{para(_LEGEND, "note")}'


def _tile(plan: Plan, f: Figure) -> str:
    value, span = split(f)
    unit = display_unit(f.unit)
    shown = safe(value)
    if unit and value.endswith(f" {unit}"):
        shown = f'{safe(value.removesuffix(f" {unit}"))} <span class="unit">{safe(unit)}</span>'
    own = own_currency(plan, f) if f.id in OWN_MONEY else ""
    extra = f'<div class="range">= {safe(own)}</div>' if own else ""
    return (
        f'<div class="tile"><div class="label">{safe(f.label)}</div><div class="value">{shown}</div>'
        f'<div class="range">{safe(span)} {class_mark(f.fact_class)}</div>{extra}</div>'
    )


def gates(plan: Plan) -> str:
    rows = []
    for g in plan.verdict["gates"]:
        source = f'<span class="source">Source: {safe(g["source"])}</span>' if g.get("source") else ""
        rows.append(
            (
                GATES.get(g["gate"], cap(g["gate"])),
                state(g["state"]),
                Raw(f"{safe(_sentence(g['words']))}{source}"),
                class_mark(g["class"]),
            )
        )
    if not rows:
        return ""
    counts = Counter(g["state"] for g in plan.verdict["gates"])
    said = ", ".join(
        f"{counts[s]} {w}"
        for s, w in (("yes", "open"), ("yes_if", "open if a letter confirms it"), ("no", "closed"))
        if counts[s]
    )
    return para(f"What decides before any sum is done: {said}.") + table(
        ("gate", "state", "what it says", "class"), rows
    )


def _sentence(words: str) -> str:
    """Gates name things in lower case after a full stop; a reader expects a capital."""
    return stop(words) if words else ""


def binding(plan: Plan) -> str:
    v = plan.verdict
    parts = ""
    if v["binding"]:
        parts += "<ul>" + "".join(f"<li>{safe(stop(b['words']))}</li>" for b in v["binding"]) + "</ul>"
    if v["relaxations"]:
        rows = [(cap(r["change"]), _gain(r)) for r in v["relaxations"]]
        parts += "<h3>What each relaxation buys</h3>" + table(("change", "gains"), rows)
    if v.get("nearest"):
        parts += "<h3>Nearest plan that works</h3>" + _nearest(plan, v["nearest"])
    for p in plan.tables.get("precedents") or []:
        source = f'<span class="source">Source: {safe(p["source"])}</span>'
        parts += f"<p>On record: {safe(stop(p['words']))} {class_mark(p['class'])}{source}</p>"
    return parts


def _gain(r: dict[str, Any]) -> str:
    if r.get("gains") is None:
        return r.get("words", "")
    if r["unit"] == "month" and r["gains"] < 1.0:  # not time is gained
        return r["words"].partition(": ")[2]
    if r["unit"] == "month":
        return f"{months_text(r['gains'])} sooner"
    return f"{show(r['gains'], None, None, '')} {'accelerators more' if r['unit'] == 'accelerator' else r['unit']}"


def _nearest(plan: Plan, n: dict[str, Any]) -> str:
    usd = dollars(plan)
    rows = [
        ("Size", show(n["facility_peak_mw"], None, None, "MW") if n.get("facility_peak_mw") else ""),
        ("Accelerators", show(n["accelerators"], None, None, "accelerator") if n.get("accelerators") else ""),
        ("Capital, all-in", show(n["capex_usd"], None, None, usd) if n.get("capex_usd") else ""),
        ("A year", show(n["usd_per_year"], None, None, f"{usd}/year") if n.get("usd_per_year") else ""),
        ("First power", (n.get("first_power_date") or "")[:7]),
        ("Full power", (n.get("full_power_date") or "")[:7]),
    ]
    echo = "".join(f"<dt>{safe(k)}</dt><dd>{safe(x)}</dd>" for k, x in rows if x)
    return para(stop(n["words"].replace("yes_if", "yes, if"))) + (f'<dl class="echo">{echo}</dl>' if echo else "")


def ladder(plan: Plan) -> str:
    if not plan.ladder:
        return ""
    usd = dollars(plan)
    rows = []
    for r in plan.ladder:
        money = num(r["capex_usd"] or None).strip()
        if not r["capex_usd"] and r.get("usd_per_year"):
            money = show(r["usd_per_year"], None, None, "") + "/year"
        rows.append(
            (
                schedule_charts.rung_name(r),
                state(r["answer"], RUNG),
                num(r["accelerators"], "accelerator"),
                money,
                share(r["capex_share_of_gdp"]),
                share(r["share_of_peak_demand"]),
                (r["first_power_date"] or "–")[:7],
                (r["full_power_date"] or "–")[:7],
                Raw(f'<span class="small">{safe(stop(r["words"]))}</span>'),
            )
        )
    header = (
        "size",
        "verdict",
        "chips",
        f"capital, {display_unit(usd)}",
        "of GDP",
        "of national peak",
        "first power",
        "full power",
        "what decides",
    )
    return (
        para("The same question for other sizes, and renting the hours abroad instead.")
        + table(header, rows, numbers=range(2, 8), css="dense ladder")
        + chart(schedule_charts.ladder(plan))
    )
