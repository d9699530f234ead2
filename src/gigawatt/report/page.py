"""The plan as one HTML file: no network, no fonts, prints on A4, readable without JavaScript. Computes nothing."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from gigawatt.answer import Plan, plain
from gigawatt.errors import ScenarioError
from gigawatt.figures import Figure, display_unit, show
from gigawatt.report import charts
from gigawatt.report.charts import Chart

VERDICT = {"yes": "✓ YES", "yes_if": "◐ YES, IF", "no": "✕ NO"}
STATE = {"yes": "✓ open", "yes_if": "◐ if", "no": "✕ closed"}
RUNG = {"yes": "✓ yes", "yes_if": "◐ yes, if", "no": "✕ no"}
CLASSES = {"A": "measured", "B": "stated", "C": "analogy or assumption"}
GATES = {
    "chips": "Licence for the chips",
    "power": "Power",
    "payer": "Someone who pays",
    "money": "Money",
    "land": "Land",
    "water": "Water",
    "hazard": "Natural hazards",
    "war": "War",
    "moratorium": "Local rules",
    "time": "Date",
}
ITEMS = {
    "shell": "halls with electrical and cooling plant",
    "grid": "grid connection",
    "power_plant": "own power plants",
    "network_and_storage": "network and storage",
    "contingency_shell_power": "contingency on halls and power",
    "contingency_it": "contingency on accelerators",
    "contingency_all_in": "contingency on the rest",
    "owners_cost": "owner's cost",
    "duty": "import duty",
    "sales_tax": "sales tax not recovered",
    "interest_during_construction": "interest during construction",
}
SCOPES = {"shell_power": "shell and power", "it": "accelerators and network", "all_in": "on top"}
BLOCKS = {"hardware": "accelerators and network", "shell": "halls", "power": "power", "running": "other running cost"}
BASES = {
    "accelerators": "accelerators and network",
    "all_in": "everything, all-in",
    "it": "accelerators and network",
    "shell_power": "shell and power",
    "shell": "halls only",
}
FIXED = "not varied"
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
COOLING = {
    "liquid_dry": "liquid to the chip, dry coolers outside",
    "liquid_tower": "liquid to the chip, cooling towers outside",
    "air_cooled_chiller": "air-cooled chillers",
    "water_side": "water-side free cooling",
    "air_side": "outside air",
}
LAWS = {
    "eu-gpai": "EU, general-purpose AI models",
    "eu-systemic": "EU, models with systemic risk",
    "kr-framework": "South Korea, AI framework act",
    "us-ca-sb53": "California, SB 53",
    "us-ny-raise": "New York, RAISE act",
    "us-eo14110": "United States, Executive Order 14110",
}
TILES = (
    "facility_peak_mw",
    "accelerators",
    "capex_usd",
    "unspent_usd",
    "first_power_date",
    "full_power_date",
    "lcoc_at_utilisation_usd_per_accelerator_hour",
    "market_price_usd_per_accelerator_hour",
    "lcoe_usd_per_mwh",
    "share_of_peak_demand",
    "emissions_kg_per_mwh",
    "water_m3_per_year",
)
OWN_MONEY = ("capex_usd", "unspent_usd")
FOOTPRINT = (
    "emissions_t_per_year",
    "cfe_share",
    "water_m3_per_year",
    "wue_m3_per_mwh",
    "land_km2",
    "share_of_peak_demand",
    "share_of_national_generation",
    "largest_contingency_mw",
    "net_exports_twh",
)
COMPUTE = (
    "accelerators",
    "peak_flop_per_s",
    "mfu",
    "goodput",
    "training_flop_per_day",
    "largest_run_100_days_flop",
    "tokens_per_s",
    "users_served",
    "users_served_per_inhabitant",
    "usd_per_million_tokens",
)
ROOT_FIGURES = ("capex_usd", "lcoc_usd_per_accelerator_hour", "lcoe_usd_per_mwh")


def html(plan: Plan) -> str:
    """One self-contained HTML page.

    Parameters
    ----------
    plan : Plan
        The answer. [-]

    Returns
    -------
    str
        The whole file; plotly's JavaScript is embedded once.

    Raises
    ------
    ScenarioError
        When plotly is not installed.
    """
    library = _plotly_javascript()
    made = [(title, body) for title, make in SECTIONS if (body := make(plan))]
    drawn = any('class="chart-data"' in body for _, body in made)
    nav = " ".join(f'<a href="#s{i}">{_t(title)}</a>' for i, (title, _) in enumerate(made) if title)
    body = "\n".join(
        f'<section id="s{i}">{"" if "<h2>" in part else _heading(title)}{part}</section>'
        for i, (title, part) in enumerate(made)
    ).replace("<!--nav-->", f'<nav aria-label="Contents">{nav}</nav>')
    script = f"<script>{library}</script>\n<script>{_DRAW}</script>" if drawn else ""
    style = files("gigawatt.report").joinpath("style.css").read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_t(_title(plan))}</title>\n<style>\n{style}</style>\n</head>\n<body>\n{body}\n{script}\n</body>\n</html>\n"
    )


_DRAW = """
document.querySelectorAll("script.chart-data").forEach(function (s) {
  var spec = JSON.parse(s.textContent), box = document.getElementById(s.dataset.chart);
  Plotly.newPlot(box, spec.data, spec.layout, {displayModeBar: false, responsive: true});
});
window.addEventListener("beforeprint", function () {
  document.querySelectorAll(".chart").forEach(function (c) { Plotly.relayout(c, {width: 660}); });
});
window.addEventListener("afterprint", function () {
  document.querySelectorAll(".chart").forEach(function (c) { Plotly.relayout(c, {width: null, autosize: true}); });
});
"""


def _plotly_javascript() -> str:
    try:
        from plotly.offline import get_plotlyjs
    except ImportError:
        raise ScenarioError('the HTML report needs plotly: pip install "gigawatt[report]"') from None
    return str(get_plotlyjs()).replace("</script", "<\\/script")


# ---- small parts


def _t(value: Any) -> str:
    """Any value as escaped text; nothing for None."""
    return "" if value is None else escape(str(value), quote=True).replace(" %", "\u00a0%")


def _heading(title: str) -> str:
    return f"<h2>{_t(title)}</h2>" if title else ""


def _p(text: str, css: str = "") -> str:
    return f'<p class="{css}">{_t(text)}</p>' if css else f"<p>{_t(text)}</p>"


def _cap(text: str) -> str:
    return text[:1].upper() + text[1:]


def _stop(text: str) -> str:
    """A sentence with its full stop."""
    text = text.strip()
    return _cap(text) if text.endswith((".", "!", "?")) else _cap(text) + "."


class _Raw(str):
    """Text that is HTML already."""


def _cell(value: Any, number: bool, tag: str = "td") -> str:
    inner = value if isinstance(value, _Raw) else _t(value)
    return f'<{tag} class="n">{inner}</{tag}>' if number else f"<{tag}>{inner}</{tag}>"


def _table(
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    numbers: Iterable[int] = (),
    caption: str = "",
    css: str = "",
    marked: dict[int, str] | None = None,
) -> str:
    """A table; ``numbers`` are the columns set to the right, ``marked`` the CSS class of rows."""
    right, marked = set(numbers), marked or {}
    head = "".join(_cell(h, i in right, "th") for i, h in enumerate(header))
    body = "".join(
        (f'<tr class="{marked[k]}">' if k in marked else "<tr>")
        + "".join(_cell(c, i in right) for i, c in enumerate(row))
        + "</tr>"
        for k, row in enumerate(rows)
    )
    top = f"<caption>{_t(caption)}</caption>" if caption else ""
    kind = f' class="{css}"' if css else ""
    return f'<div class="wide"><table{kind}>{top}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _state(answer: str, words: dict[str, str] = STATE) -> _Raw:
    return _Raw(f'<span class="state {_t(answer)}">{_t(words.get(answer, answer))}</span>')


def _class(letter: str) -> _Raw:
    return _Raw(f'<span class="class" title="{_t(CLASSES.get(letter, ""))}">{_t(letter)}</span>')


def _chart(chart: Chart | None) -> str:
    """A chart with words for those without JavaScript and its numbers as a table."""
    if chart is None:
        return ""
    spec = json.dumps(plain(chart.spec), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    inner = _p(chart.words) + (_table(chart.header, chart.rows, css="dense") if chart.rows else "")
    return (
        f'<figure><figcaption>{_t(chart.title)}</figcaption><div class="chart" id="{_t(chart.id)}" role="img" '
        f'aria-label="{_t(chart.words)}"></div>'
        f'<noscript><div class="chartless">This chart is drawn with JavaScript. {_t(chart.words)}</div></noscript>'
        f'<script type="application/json" class="chart-data" data-chart="{_t(chart.id)}">{spec}</script>'
        f"<details><summary>This chart in words and numbers</summary>{inner}</details></figure>"
    )


def _num(value: Any, unit: str = "", low: Any = None, high: Any = None) -> str:
    """A number that has no range of its own, to three digits; a dash where there is none."""
    return "–" if value is None else show(value, low, high, unit)


def _span(low: Any, high: Any, unit: str) -> str:
    """low to high, or nothing where the number is exact."""
    if low is None or high is None or low == high:
        return ""
    low_text, high_text = (show(x, low, high, unit, with_unit=False) for x in (low, high))
    return f"{low_text} to {high_text}"


def _usd(plan: Plan) -> str:
    return f"USD_{plan.question['price_year']}"


def _figure(plan: Plan, name: str) -> Figure | None:
    """A figure that has a value."""
    f = plan.figures.get(name)
    return f if f is not None and f.value is not None else None


def _split(f: Figure) -> tuple[str, str]:
    """Value with unit, and range, as ``text_with_range`` prints them."""
    if f.value is None:
        return "n/a", f.reason
    text = f.text_with_range
    if f.id == "users_served_per_inhabitant":  # a number of people, not a share
        text = f"{show(f.value, f.low, f.high, '')} ({_span(f.low, f.high, '')})"
    found = re.fullmatch(r"(.*?) \((.*)\)(.*)", text)
    if found:
        return found[1] + found[3], found[2]
    return (text[:7] if f.unit == "date" else text), FIXED


def _own(plan: Plan, f: Figure) -> str:
    """The figure in the asker's currency; nothing for USD."""
    q = plan.question
    rate, currency = q.get("usd_per_currency_unit"), q.get("currency") or "USD"
    if currency == "USD" or not rate or f.value is None or isinstance(f.value, str):
        return ""
    value, low, high = (float(x) / rate if x is not None else None for x in (f.value, f.low, f.high))
    text, span = show(value, low, high, currency), _span(low, high, currency)
    return f"{text} ({span})" if span else text


def _figures_table(plan: Plan, names: Iterable[str]) -> str:
    rows = []
    for name in names:
        f = plan.figures.get(name)
        if f is not None:
            rows.append((f.label, *_split(f), _class(f.fact_class)))
    return _table(("", "value", "range (P10 to P90)", "class"), rows, numbers=(1,)) if rows else ""


def _sentence(words: str) -> str:
    """Gates name things in lower case after a full stop; a reader expects a capital."""
    return _stop(words) if words else ""


# ---- sections, in the order of the page


def _title(plan: Plan) -> str:
    return f"{plan.question['place']['name']}: can it be done?"


def _opening(plan: Plan) -> str:
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
        ("Read as", _stop(q.get("reading") or "")),
        ("Another reading", " ".join(_reading(plan, r) for r in q.get("readings") or [] if not r.get("used"))),
        ("Place", f"{near}{at}" + (f"; {place['note']}" if place.get("note") else "")),
        ("Accelerator", q.get("accelerator") or ""),
        ("Bases", _stop(q["basis"]) if q.get("basis") else ""),
        ("Money", f"US dollars of {q['price_year']}" + _rate(q)),
        ("As of", q["as_of"]),
    ]
    echo = "".join(f"<dt>{_t(k)}</dt><dd>{_t(v)}</dd>" for k, v in rows if v)
    return f'<h1>{_t(_title(plan))}</h1><dl class="echo">{echo}</dl>{_banner(plan)}<!--nav-->'


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
        parts.append(show(r["capex_usd"], None, None, _usd(plan)) + " all-in")
    verdict = f"; verdict: {charts.ANSWERS.get(r['answer'], r['answer'])}" if r.get("answer") else ""
    return f"If the figure meant {r['reading']}: {', '.join(parts)}{verdict}."


def _banner(plan: Plan) -> str:
    v = plan.verdict
    headline = re.sub(r"^(YES, IF:?|YES|NO):?\s+", "", v["headline"]) if v["headline"] else ""
    return (
        f'<div class="verdict {_t(v["answer"])}"><span class="word">{_t(VERDICT.get(v["answer"], v["answer"]))}</span>'
        f'<p class="headline">{_t(_cap(headline))}</p>{_p(_stop(v["summary"])) if v["summary"] else ""}</div>'
    )


def _key_figures(plan: Plan) -> str:
    shown = [f for name in TILES if (f := _figure(plan, name)) is not None]
    if not shown:
        reasons = {f.reason for f in plan.figures.values() if f.reason}
        return _p(f"No figure can be given: {'; '.join(sorted(reasons)) or 'nothing was computed'}.")
    tiles = "".join(_tile(plan, f) for f in shown)
    return f'<div class="tiles">{tiles}</div>{_p(_LEGEND, "note")}'


_LEGEND = (
    "Ranges are P10 to P90: eight of ten draws of all inputs fall inside. The letter is the class of the weakest "
    "input behind a figure: A measured, B stated by someone, C analogy or assumption. "
    f"“{_cap(FIXED)}”: given by the question, or held at one value in the draws."
)


def _tile(plan: Plan, f: Figure) -> str:
    value, span = _split(f)
    unit = display_unit(f.unit)
    shown = _t(value)
    if unit and value.endswith(f" {unit}"):
        shown = f'{_t(value.removesuffix(f" {unit}"))} <span class="unit">{_t(unit)}</span>'
    own = _own(plan, f) if f.id in OWN_MONEY else ""
    extra = f'<div class="range">= {_t(own)}</div>' if own else ""
    return (
        f'<div class="tile"><div class="label">{_t(f.label)}</div><div class="value">{shown}</div>'
        f'<div class="range">{_t(span)} {_class(f.fact_class)}</div>{extra}</div>'
    )


def _gates(plan: Plan) -> str:
    rows = []
    for g in plan.verdict["gates"]:
        source = f'<span class="source">Source: {_t(g["source"])}</span>' if g.get("source") else ""
        rows.append(
            (
                GATES.get(g["gate"], _cap(g["gate"])),
                _state(g["state"]),
                _Raw(f"{_t(_sentence(g['words']))}{source}"),
                _class(g["class"]),
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
    return _p(f"What decides before any sum is done: {said}.") + _table(
        ("gate", "state", "what it says", "class"), rows
    )


def _binding(plan: Plan) -> str:
    v = plan.verdict
    parts = ""
    if v["binding"]:
        parts += "<ul>" + "".join(f"<li>{_t(_stop(b['words']))}</li>" for b in v["binding"]) + "</ul>"
    if v["relaxations"]:
        rows = [(_cap(r["change"]), _gain(r)) for r in v["relaxations"]]
        parts += "<h3>What each relaxation buys</h3>" + _table(("change", "gains"), rows)
    if v.get("nearest"):
        parts += "<h3>Nearest plan that works</h3>" + _nearest(plan, v["nearest"])
    for p in plan.tables.get("precedents") or []:
        source = f'<span class="source">Source: {_t(p["source"])}</span>'
        parts += f"<p>On record: {_t(_stop(p['words']))} {_class(p['class'])}{source}</p>"
    return parts


def _gain(r: dict[str, Any]) -> str:
    if r.get("gains") is None:
        return r.get("words", "")
    if r["unit"] == "month":
        return f"{_months(r['gains'])} sooner"
    return f"{show(r['gains'], None, None, '')} {'accelerators more' if r['unit'] == 'accelerator' else r['unit']}"


def _months(n: float) -> str:
    """Whole months: a calendar supports no more."""
    return "1 month" if round(n) == 1 else f"{n:.0f} months"


def _part(part: float, whole: float) -> str:
    """A share to the per cent."""
    if not whole or not part:
        return "–" if not whole else "0 %"
    return "under 1 %" if abs(part / whole) < 0.005 else f"{part / whole * 100:.0f} %"


def _nearest(plan: Plan, n: dict[str, Any]) -> str:
    usd = _usd(plan)
    rows = [
        ("Size", show(n["facility_peak_mw"], None, None, "MW") if n.get("facility_peak_mw") else ""),
        ("Accelerators", show(n["accelerators"], None, None, "accelerator") if n.get("accelerators") else ""),
        ("Capital, all-in", show(n["capex_usd"], None, None, usd) if n.get("capex_usd") else ""),
        ("A year", show(n["usd_per_year"], None, None, f"{usd}/year") if n.get("usd_per_year") else ""),
        ("First power", (n.get("first_power_date") or "")[:7]),
        ("Full power", (n.get("full_power_date") or "")[:7]),
    ]
    echo = "".join(f"<dt>{_t(k)}</dt><dd>{_t(x)}</dd>" for k, x in rows if x)
    return _p(_stop(n["words"].replace("yes_if", "yes, if"))) + (f'<dl class="echo">{echo}</dl>' if echo else "")


def _ladder(plan: Plan) -> str:
    if not plan.ladder:
        return ""
    usd = _usd(plan)
    rows = []
    for r in plan.ladder:
        money = _num(r["capex_usd"] or None).strip()
        if not r["capex_usd"] and r.get("usd_per_year"):
            money = show(r["usd_per_year"], None, None, "") + "/year"
        rows.append(
            (
                charts.rung_name(r),
                _state(r["answer"], RUNG),
                _num(r["accelerators"], "accelerator"),
                money,
                _share(r["capex_share_of_gdp"]),
                _share(r["share_of_peak_demand"]),
                (r["first_power_date"] or "–")[:7],
                (r["full_power_date"] or "–")[:7],
                _Raw(f'<span class="small">{_t(_stop(r["words"]))}</span>'),
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
        _p("The same question for other sizes, and renting the hours abroad instead.")
        + _table(header, rows, numbers=range(2, 8), css="dense ladder")
        + _chart(charts.ladder(plan))
    )


def _item(name: str) -> str:
    return ITEMS.get(name, name.replace("_", " "))


def _bill(plan: Plan) -> str:
    if not plan.bill:
        return ""
    usd, total = _usd(plan), sum(b["usd"] for b in plan.bill)
    shown = [b for b in plan.bill if b["usd"] or b["high"]]
    rows = [
        (
            _cap(_item(b["item"])),
            show(b["usd"], b["low"], b["high"], usd, with_unit=False),
            _span(b["low"], b["high"], usd) or FIXED,
            _part(b["usd"], total),
            SCOPES.get(b["scope"], b["scope"]),
        )
        for b in shown
    ]
    capex = _figure(plan, "capex_usd")
    whole = _split(capex) if capex else (show(total, None, None, usd), "")
    rows.append(("All-in", whole[0].replace(" USD", ""), whole[1], "100 %" if total else "–", ""))
    nil = ", ".join(_item(b["item"]) for b in plan.bill if b not in shown)
    note = "The lines add up before rounding; their ranges do not add up, because not all goes wrong at once."
    if nil:
        note += f" Nothing for: {nil}."
    year = plan.question["price_year"]
    return (
        _table(
            (f"USD of {year}", "amount", "range (P10 to P90)", "share", "scope"),
            rows,
            numbers=(1, 3),
            marked={len(rows) - 1: "total"},
        )
        + _p(note, "note")
        + _chart(charts.bill(plan, ITEMS))
    )


def _share(x: float | None) -> str:
    """A share of its own, which is never shown as nothing when it is something."""
    return "–" if not x else "under 0.01 %" if 0 < x < 5e-5 else show(x, None, None, "1")


def _cents(usd: float | None) -> str:
    return "–" if usd is None else show(usd, usd - 0.05, usd + 0.05, "")


def _cost(plan: Plan) -> str:
    blocks = plan.tables.get("lcoc_by_block") or {}
    if not blocks:
        return ""
    full = _figure(plan, "lcoc_usd_per_accelerator_hour")
    total = float(full.value) if full is not None and full.value is not None else 0.0
    rows: list[Sequence[Any]] = [(_cap(BLOCKS.get(k, k)), _cents(v), _part(v or 0.0, total)) for k, v in blocks.items()]
    if full is not None:
        rows.append((full.label, _split(full)[0].replace(" USD/h", ""), "100 %"))
    marked = {len(rows) - 1: "total"} if full is not None else {}
    names = (
        "utilisation",
        "lcoc_at_utilisation_usd_per_accelerator_hour",
        "market_price_usd_per_accelerator_hour",
        "break_even_utilisation",
        "rent_abroad_usd_per_accelerator_hour",
        "energy_share_of_cost",
        "opex_usd_per_year",
        "cost_of_delay_usd_per_month",
    )
    lenders = plan.tables.get("take_or_pay_usd_per_accelerator_hour")
    said = (
        f"Lenders would want a customer who pays {show(lenders, None, None, 'USD/h')}, hours used or not."
        if lenders
        else ""
    )
    return (
        _table(("block", "USD per accelerator-hour", "share"), rows, numbers=(1, 2), marked=marked)
        + (_p(said) if said else "")
        + _chart(charts.cost(plan, BLOCKS))
        + _figures_table(plan, names)
    )


def _reconciliation(plan: Plan) -> str:
    rows = plan.tables.get("reconciliation") or []
    if not rows:
        return ""
    bases = [r["basis"] for r in rows]
    body = [
        (
            i,
            "" if i > 1 and bases[i - 2] == r["basis"] else _basis(r["basis"]),
            _num(r["ours_usd_per_w"]),
            _num(r["published"]),
            _span(r["published_low"], r["published_high"], "") or "–",
            r["source"],
        )
        for i, r in enumerate(rows, 1)
    ]
    words = (
        "Published figures mix bases: with or without the accelerators, per W of IT or of the whole facility. "
        "Each is set beside ours on its own basis."
    )
    return (
        _p(words)
        + _table(
            ("", "basis", "ours", "published", "range", "source"),
            body,
            numbers=(0, 2, 3, 4),
            css="dense",
            caption="USD per W, of the price year of the plan",
        )
        + _chart(charts.reconciliation(plan, BASES))
    )


def _basis(basis: str) -> str:
    scope, _, per = basis.rpartition("_")
    return f"{BASES.get(scope, scope.replace('_', ' '))}, per W of {'IT load' if per == 'it' else per}"


def _power(plan: Plan) -> str:
    p = plan.power
    if not p.get("portfolio"):
        return ""
    usd, energy = _usd(plan), sum(r["mwh_per_year"] for r in p["portfolio"])
    rows = [
        (
            _cap(charts.supply_name(r["technology"])),
            _num(r["mw"], "MW"),
            _num(r["mwh"] or None, "MWh"),
            _num(r["mwh_per_year"] / 1e3, "GWh"),
            _part(r["mwh_per_year"], energy),
            _num(r["usd_per_year"], usd),
        )
        for r in p["portfolio"]
    ]
    names = (
        "lcoe_usd_per_mwh",
        "facility_peak_mw",
        "facility_load_mw",
        "it_load_mw",
        "grid_connection_mw",
        "pue",
        "pue_design_peak",
    )
    cooling = plan.tables.get("cooling") or {}
    why = str(cooling.get("words", "")).partition(": ")[2]
    system = cooling.get("system", "")
    said = f"Cooling: {COOLING.get(system, system.replace('_', ' '))}{f' ({why})' if why else ''}." if system else ""
    fortnights = "".join(
        _chart(charts.dispatch(plan, start(plan.series), which))
        for start, which in ((charts.typical_fortnight, "typical"), (charts.hardest_fortnight, "hardest"))
    )
    hourly = "The tables of all hours come with --hours." if fortnights else "No hourly series came with this plan."
    return (
        _figures_table(plan, names)
        + (_p(said) if said else "")
        + _table(
            ("source", "size", "storage", "a year", "of energy", "USD a year"),
            rows,
            numbers=(1, 2, 3, 4, 5),
            caption="Where the power comes from",
        )
        + "".join(_p(_stop(n), "note") for n in p.get("notes") or [])
        + _certificate(plan)
        + fortnights
        + _p(f"{hourly} Weather is a generated year that matches the place's climate, not a forecast.", "note")
    )


def _certificate(plan: Plan) -> str:
    p = plan.power
    if p.get("gap") is None:
        return ""
    gap = "less than one part in a million" if p["gap"] < 1e-6 else f"at most {show(p['gap'], None, None, '1')}"
    broken = [v for k, v in (p.get("violations") or {}).items() if v is not None]
    worst = (
        f" Largest violation of any limit: {'a rounding error' if max(broken) < 1e-6 else f'{max(broken):.1e}'}."
        if broken
        else ""
    )
    unserved = p.get("unserved_fraction")
    short = f" Load not served: {_tiny(unserved)}." if unserved is not None else ""
    low, high = (_num(p.get(f"{k}_bound_usd_per_mwh"), "USD/MWh") for k in ("lower", "upper"))
    bounds = f"at {low}" if low == high else f"between {low} and {high}"
    words = f"For these inputs no cheaper supply exists: proven to {gap} of its cost (the optimum is {bounds})."
    return f"<h3>Certificate</h3>{_p(words + worst + short)}"


def _tiny(fraction: float) -> str:
    return (
        "none"
        if fraction < 1e-9
        else "under 0.001 % of the year's energy"
        if fraction < 1e-5
        else f"{_share(fraction)} of the year's energy"
    )


def _buildout(plan: Plan) -> str:
    if not plan.schedule and not plan.tables.get("ramp"):
        return ""
    late = plan.tables.get("median_dates") or {}
    said = f"Half of the draws reach full power after {late['full_power'][:7]}. " if late.get("full_power") else ""
    said += (
        "Tasks that hold up full power are dark and hatched; the thin line runs to the end that nine of ten draws meet."
    )
    return (
        _figures_table(plan, ("first_power_date", "full_power_date", "cost_of_delay_usd_per_month"))
        + _p(said)
        + _chart(charts.gantt(plan))
        + _chart(charts.ramp(plan))
    )


def _compute(plan: Plan) -> str:
    if _figure(plan, "accelerators") is None:
        return ""
    t, usd = plan.tables, _usd(plan)
    basis = [
        "MFU is the share of peak compute that a training run uses; goodput the share of time in which it moves on.",
        f"Peak compute is dense, at {str(t['precision']).upper()}." if t.get("precision") else "",
        f"Serving is counted with {t['reference_model']}." if t.get("reference_model") else "",
        f"In all as much as {show(t['h100_equivalents'], None, None, '')} H100." if t.get("h100_equivalents") else "",
    ]
    run = [
        (_cap(k.replace("_", " ")), v if isinstance(v, str) else _num(v))
        for k, v in (t.get("run") or {}).items()
        if v is not None
    ]
    rows, marked = [], {}
    for k, g in enumerate(t.get("generations") or []):
        if g["accelerator"] == plan.question.get("accelerator"):
            marked[k] = "ours"
        rows.append(
            (
                g["accelerator"],
                _num(g["accelerators"], "accelerator"),
                _num(g["facility_peak_mw"], "MW"),
                _num(g["capex_usd"], usd),
                _num(g["lcoc_usd_per_accelerator_hour"], "USD/h"),
                _num(g["peak_flop_per_s"], "FLOP/s"),
                _num(g["usd_per_peak_pflop_hour"]),
            )
        )
    header = (
        "accelerator",
        "how many",
        "campus",
        "capital",
        "an hour, all sold",
        "peak compute",
        "USD per PFLOP/s and hour",
    )
    more = (
        "<h3>The same question with other accelerators</h3>" + _table(header, rows, numbers=range(1, 7), marked=marked)
        if rows
        else ""
    )
    asked = "<h3>The run that was asked for</h3>" + _table(("", ""), run) if run else ""
    return _figures_table(plan, COMPUTE) + _p(" ".join(b for b in basis if b), "note") + asked + more


def _footprint(plan: Plan) -> str:
    t = plan.tables
    if _figure(plan, "emissions_kg_per_mwh") is None and not any(_figure(plan, n) for n in FOOTPRINT):
        return ""
    rows: list[Sequence[Any]] = []
    for name, words in (
        ("emissions_kg_per_mwh", "average mix of the place (location-based, average)"),
        ("emissions_marginal_kg_per_mwh", "plants that start up because of the campus (marginal)"),
    ):
        f = plan.figures.get(name)
        if f is not None:
            rows.append((_cap(words), *_split(f), _class(f.fact_class)))
    if t.get("emissions_market_based_kg_per_mwh") is not None:
        rows.append(
            ("By contract (market-based)", show(t["emissions_market_based_kg_per_mwh"], None, None, "kg/MWh"), "", "")
        )
    if t.get("emissions_embodied_t_per_year") is not None:
        rows.append(
            (
                "Making the hardware and the halls (embodied)",
                show(t["emissions_embodied_t_per_year"], None, None, "t/year"),
                "",
                "",
            )
        )
    people = t.get("water_people")
    said = (
        f"The water equals what {show(people, None, None, '')} inhabitants use at home." if people is not None else ""
    )
    return (
        _table(("CO2, counted in each way", "value", "range (P10 to P90)", "class"), rows, numbers=(1,))
        + _figures_table(plan, FOOTPRINT)
        + (_p(said) if said else "")
    )


def _security(plan: Plan) -> str:
    t = plan.tables
    s, thresholds = t.get("security") or {}, t.get("thresholds") or []
    if not s and not thresholds:
        return ""
    out = ""
    if s:
        cost = f" It costs {show(s['capex_usd'], None, None, _usd(plan))}" if s.get("capex_usd") else ""
        months = f" and takes {_months(s['programme_months'])}" if cost and s.get("programme_months") else ""
        words = f"Level {s['level']} on RAND's scale from SL1 to SL5: {s['measures'].rstrip('.')}."
        out += _p(words + (f"{cost}{months}." if cost else ""))
    if thresholds:
        run = _figure(plan, "largest_run_100_days_flop")
        about = f" The largest run here in 100 days: {run.text}." if run else ""
        rows = [
            (
                LAWS.get(x["id"], x["id"]),
                show(x["flop"], None, None, "FLOP"),
                "yes" if x["crossed"] else "no",
                "yes" if x["applies"] else "no",
                _law_words(x["words"]),
            )
            for x in thresholds
        ]
        out += "<h3>Training runs large enough to fall under a law</h3>" + _p(
            f"Laws count the operations (FLOP) of a training run.{about}"
        )
        out += _table(("law", "from", "could be crossed", "applies here", "what follows"), rows, numbers=(1,))
    return out


def _law_words(words: str) -> str:
    return _stop(re.sub(r"^(not )?crossed(, here)?[:,]?\s*", "", words))


# ---- the press page: plain sentences


def _press(plan: Plan) -> str:
    lines = [(head, words) for head, words in _press_lines(plan) if words]
    body = "".join(f"<p><strong>{_t(head)}.</strong> {_t(_spoken(words))}</p>" for head, words in lines)
    return f'<div class="press"><h2>For the press</h2>{body}</div>'


def _spoken(words: str) -> str:
    """Scales and rates as a reader says them."""
    for short, said in (("tn", "trillion"), ("bn", "billion"), ("M", "million")):
        words = re.sub(rf"(?<=\d) {short}\b", f" {said}", words)
    return words.replace("kg/MWh", "kg per MWh").replace("USD/h", "USD an hour")


def _press_lines(plan: Plan) -> list[tuple[str, str]]:
    q, v = plan.question, plan.verdict
    return [
        ("What", _what(plan)),
        (f"The answer on {_day(q['as_of'])}", _stop(v["headline"])),
        ("What it costs", _press_cost(plan)),
        ("Public money", _press_public(plan)),
        ("When", _press_when(plan)),
        ("What holds it up", _press_holdup(plan)),
        ("Power", _press_power(plan)),
        ("Work", _press_jobs(plan)),
        ("Water", _press_water(plan)),
        ("CO2", _press_carbon(plan)),
        ("Who could buy it", _press_market(plan)),
        ("What is not known", _press_unknown(plan)),
    ]


def _month(day: Any) -> str:
    text = str(day)
    return f"{MONTHS[int(text[5:7]) - 1]} {text[:4]}" if re.match(r"\d{4}-\d\d", text) else text


def _day(day: str) -> str:
    return f"{int(day[8:10])} {_month(day)}" if re.fullmatch(r"\d{4}-\d\d-\d\d", day) else day


def _said(f: Figure, unit: str = "") -> str:
    """A figure in a sentence, its range behind it, its unit in words."""
    if f.unit == "date":
        text = _month(f.value)
        return text if f.low == f.high else f"{text} ({_month(f.low)} to {_month(f.high)})"
    value, span = _split(f)
    if unit:
        value = f"{value.removesuffix(display_unit(f.unit)).strip()} {unit}"
    return value if span in ("", FIXED) else f"{value} ({span})"


def _what(plan: Plan) -> str:
    peak, n, q = _figure(plan, "facility_peak_mw"), _figure(plan, "accelerators"), plan.question
    if not peak:
        return _stop(q.get("reading") or "")
    verb = "was asked for" if plan.verdict["answer"] == "no" else "is the plan"
    with_chips = f" with {n.text} {q['accelerator']} accelerators" if n else ""
    near = f" near {q['place']['site']}" if q["place"].get("site") else ""
    return f"A campus for artificial intelligence of {peak.text} in {q['place']['name']}{near}{with_chips} {verb}."


def _press_cost(plan: Plan) -> str:
    capex, gdp = _figure(plan, "capex_usd"), _figure(plan, "capex_share_of_gdp")
    if not capex:
        return ""
    own = _own(plan, capex)
    words = f"{_said(capex)}" + (f", or {own}," if own else "") + " with everything included"
    return words + (f"; that is {gdp.text} of what the country produces in a year." if gdp else ".")


def _press_public(plan: Plan) -> str:
    f = _figure(plan, "public_money_usd")
    return "" if not f else "None is counted." if f.value == 0 else f"{_said(f)}."


def _press_when(plan: Plan) -> str:
    first, full = _figure(plan, "first_power_date"), _figure(plan, "full_power_date")
    return f"First power in {_said(first)}, full power in {_said(full)}." if first and full else ""


def _press_holdup(plan: Plan) -> str:
    v = plan.verdict
    words = [
        b["words"].removeprefix("What holds it up: ")
        for b in v["binding"]
        if b["constraint"] not in ("power", "budget", "accelerators")
    ]
    waiting = ", ".join(dict.fromkeys(s["to"] for s in v["next_steps"]))
    return " ".join(_stop(w) for w in words) + (f" Letters are to be answered by: {waiting}." if waiting else "")


def _press_power(plan: Plan) -> str:
    share, generation = _figure(plan, "share_of_peak_demand"), _figure(plan, "share_of_national_generation")
    if not share:
        return ""
    year = f", and over a year {generation.text} of the power generated" if generation else ""
    return f"At full load it draws as much as {share.text} of the highest demand{year}."


def _press_jobs(plan: Plan) -> str:
    build, stay = _figure(plan, "jobs_construction_peak"), _figure(plan, "jobs_permanent")
    return (
        f"Building it takes {_said(build, 'people')} at the busiest time; running it {_said(stay, 'people')}."
        if build and stay
        else ""
    )


def _press_water(plan: Plan) -> str:
    water, people = _figure(plan, "water_m3_per_year"), plan.tables.get("water_people")
    if not water:
        return ""
    homes = f", as much as {show(people, None, None, '')} inhabitants use at home" if people is not None else ""
    return f"{_said(water, 'cubic metres a year')}{homes}."


def _press_carbon(plan: Plan) -> str:
    tonnes, marginal = _figure(plan, "emissions_t_per_year"), _figure(plan, "emissions_marginal_kg_per_mwh")
    if not tonnes:
        return ""
    words = f"{_said(tonnes, 'tonnes a year')} if the average mix of the grid is counted"
    if marginal:
        words += f"; the plants that start up because of it emit {_said(marginal)}"
    embodied = plan.tables.get("emissions_embodied_t_per_year")
    return words + (
        f"; making the hardware adds {show(embodied, None, None, '')} tonnes a year." if embodied is not None else "."
    )


def _press_market(plan: Plan) -> str:
    cost = _figure(plan, "lcoc_at_utilisation_usd_per_accelerator_hour")
    market = _figure(plan, "market_price_usd_per_accelerator_hour")
    if not cost:
        return ""
    pays = f"; the market pays {_said(market, 'USD')}" if market else "; what the market pays is not known"
    return f"An hour of one accelerator costs {_said(cost, 'USD')} to provide{pays}."


def _press_unknown(plan: Plan) -> str:
    unsettled = [GATES.get(g["gate"], g["gate"]).lower() for g in plan.verdict["gates"] if g["state"] == "yes_if"]
    counts = _class_counts(plan)
    missing = sum(1 for f in plan.figures.values() if f.value is None)
    words = [f"Not settled: {', '.join(unsettled)}."] if unsettled else []
    if counts:
        words.append(f"Analogies or assumptions: {counts['C']} of the {sum(counts.values())} facts behind this page.")
    if missing > 1:
        words.append(f"{missing} of {len(plan.figures)} figures cannot be given.")
    return " ".join([*words, "This is a planning estimate, not an offer and not engineering design."])


# ---- letters, all figures, sources, assumptions, provenance


def _letters(plan: Plan) -> str:
    steps = plan.verdict["next_steps"]
    if not steps:
        return _p("No letter is needed.")
    items = "".join(
        f"<li><strong>{_t(s['to'])}</strong>"
        + (f", by {_t(s['by'])}" if s.get("by") else "")
        + f"<br>Ask for: {_t(_stop(s['ask']))}"
        f'<br><span class="small">Unlocks: {_t(_stop(s["unlocks"]))}</span></li>'
        for s in steps
    )
    return _p("Letters to write, in this order.") + f'<ol class="letters">{items}</ol>'


def _all_figures(plan: Plan) -> str:
    rows = []
    for f in plan.figures.values():
        value, span = _split(f)
        unit = display_unit(f.unit)
        value = value.removesuffix(f" {unit}") if unit else value
        span = span if f.value is not None else _Raw(f'<span class="wrap">{_t(span)}</span>')
        rows.append(
            (_Raw(f'<code id="figure-{_t(f.id)}">{_t(f.id)}</code>'), f.label, value, span, unit, _class(f.fact_class))
        )
    words = "Each figure opens into its equation, inputs and pages with: gigawatt explain PLAN.json ID"
    return _p(words, "note") + _table(
        ("id", "figure", "value", "range (P10 to P90)", "unit", "class"), rows, numbers=(2,), css="dense figures"
    )


def _sources(plan: Plan) -> str:
    if not plan.sources:
        return _p("No published source was read beyond those named with the gates.")
    rows = []
    for s in plan.sources:
        title = (
            f'<a href="{_t(s["url"])}">{_t(s["title"])}</a>'
            if str(s.get("url") or "").startswith(("http://", "https://"))
            else _t(s["title"])
        )
        key = f'<code class="key" id="source-{_t(s["key"])}">{_t(s["key"])}</code>'
        rows.append((s["producer"], _Raw(f"{title} {key}"), s["published"], s["licence"], s["facts"]))
    return _p(f"{len(plan.sources)} sources gave {sum(s['facts'] for s in plan.sources)} facts.") + _table(
        ("producer", "title and key", "date", "licence", "facts"), rows, numbers=(2, 4), css="dense"
    )


def _assumptions(plan: Plan) -> str:
    if not plan.assumptions:
        return _p("None of ours were read.")
    rows = [
        (
            _Raw(f"<code>{_t(a['id'])}</code>"),
            _fact_value(a["value"]),
            _fact_span(a),
            a["unit"] if a["unit"] != "1" else "",
            _cap(a["note"] or a["where"] or ""),
        )
        for a in plan.assumptions
    ]
    own = sum(1 for a in plan.assumptions if a.get("source") == "user")
    said = f"{len(plan.assumptions) - own} numbers are our own assumptions" + (
        f", {own} were set by the asker" if own else ""
    )
    return _p(f"{said}. Fractions run from 0 to 1.") + _table(
        ("id", "value", "range", "unit", "reason"), rows, css="dense facts", numbers=(1,)
    )


def _fact_value(value: Any) -> str:
    """A fact as it is stored: rounding is for results, not for what they rest on."""
    if value is None or isinstance(value, str):
        return value or ""
    return f"{float(value):,.6g}"


def _fact_span(a: dict[str, Any]) -> str:
    low, high = a["low"], a["high"]
    if low is None or high is None or isinstance(low, str) or low == high:
        return FIXED
    return f"{_fact_value(low)} to {_fact_value(high)}"


def _class_counts(plan: Plan) -> Counter[str]:
    return Counter(str(f["class"]) for f in (plan.trace.get("facts") or {}).values())


def _provenance(plan: Plan) -> str:
    p, counts = plan.provenance, _class_counts(plan)
    total = sum(counts.values())
    out = ""
    if total:
        shares = ", ".join(f"{_part(counts[c], total)} {CLASSES[c]} ({c}: {counts[c]})" for c in "ABC" if counts[c])
        out += _p(f"Of {total} facts behind the answer {shares}. {len(plan.assumptions)} are assumptions of ours.")
        weakest = _weakest(plan)
        if weakest:
            out += _p(
                "Of the assumptions and analogies that the cost rests on, these have the widest ranges for their size "
                "(a wide range is not always a heavy one):"
            ) + _table(("fact", "value", "range", "unit", "why"), weakest, css="dense facts", numbers=(1,))
    notes = "".join(f"<li>{_t(_stop(n))}</li>" for n in p.get("notes") or [])
    made = f"Gigawatt {p['version']}, facts {p['facts_hash']}, seed {p['seed']}: with these the numbers come out again."
    return out + (f"<h3>Notes</h3><ul>{notes}</ul>" if notes else "") + _p(made, "note")


def _weakest(plan: Plan, most: int = 5) -> list[Sequence[Any]]:
    """Facts of class C behind the cost figures, widest range for their size first."""
    found: dict[str, dict[str, Any]] = {}
    for name in _behind(plan):
        fact = (plan.trace.get("facts") or {}).get(name)
        if (
            fact
            and fact["class"] == "C"
            and isinstance(fact["low"], (int, float))
            and isinstance(fact["high"], (int, float))
        ):
            found[name] = fact
    wide = {k: (f["high"] - f["low"]) / abs(f["value"]) for k, f in found.items() if f["value"]}
    worst = sorted((k for k in wide if wide[k] > 0), key=lambda k: -wide[k])[:most]
    return [
        (
            _Raw(f"<code>{_t(k)}</code>"),
            _fact_value(found[k]["value"]),
            _fact_span(found[k]),
            found[k]["unit"] if found[k]["unit"] != "1" else "",
            _cap(found[k]["note"] or found[k]["where"] or ""),
        )
        for k in worst
    ]


def _behind(plan: Plan) -> list[str]:
    """Ids of the facts behind the cost figures, walking the trace once."""
    nodes, seen, names = plan.trace.get("nodes") or [], set(), []
    stack = [n for f in ROOT_FIGURES if (n := (plan.trace.get("figures") or {}).get(f)) is not None]
    while stack:
        number = stack.pop()
        if number in seen:
            continue
        seen.add(number)
        node = nodes[number]
        if node["kind"] == "fact":
            names.append(node["name"])
        stack += [
            v
            for v in (node.get("inputs") or {}).values()
            if isinstance(v, int) and not isinstance(v, bool) and 0 <= v < len(nodes)
        ]
    return names


SECTIONS: tuple[tuple[str, Callable[[Plan], str]], ...] = (
    ("", _opening),
    ("Key figures", _key_figures),
    ("Gates", _gates),
    ("What binds", _binding),
    ("Other sizes", _ladder),
    ("The bill", _bill),
    ("Cost of an accelerator-hour", _cost),
    ("Beside published costs", _reconciliation),
    ("Power", _power),
    ("Build-out", _buildout),
    ("Compute", _compute),
    ("Footprint", _footprint),
    ("Security and law", _security),
    ("For the press", _press),
    ("Next steps", _letters),
    ("All figures", _all_figures),
    ("Sources", _sources),
    ("Assumptions", _assumptions),
    ("How sure is this, and where it comes from", _provenance),
)
