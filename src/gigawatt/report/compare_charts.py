"""The charts of a comparison and of an audit as SVG in the page: announced beside ours, ours with its range."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gigawatt.report.audit_words import title
from gigawatt.report.compare_words import Chart, number
from gigawatt.report.page.parts import safe

if TYPE_CHECKING:
    from gigawatt.compare import Audit, Comparison

WIDTH, LABEL, BAR, GAP, RIGHT = 980, 250, 15, 12, 130
STATED, OURS, RANGE = "#1c2733", "#56b4e9", "#0072b2"
DECADES = 1.5  # a chart whose values span more powers of ten than this has a logarithmic axis


def bars(c: Comparison, chart: Chart) -> str:
    """Bars of one quantity for every programme; nothing where nobody has it."""
    rows = [(e.id, chart.stated(e), chart.ours(e)) for e in c.entries]
    values = [x for _, stated, ours in rows for x in (stated, *(ours or ())) if x]
    if not values:
        return ""
    scale = _Scale(values)
    parts, y = [], 6
    for name, stated, ours in rows:
        parts.append(f'<text x="0" y="{y + BAR}" class="label">{safe(name)}</text>')
        if stated:
            parts.append(_bar(y, scale.x(stated), STATED, number(stated, chart.unit)))
        if ours:
            value, low, high = ours
            text = f"{number(value, chart.unit, low, high)}"
            parts.append(_bar(y + BAR + 2, scale.x(value), OURS, text, scale.x(high)))
            parts.append(_whisker(y + BAR + 2 + BAR / 2, scale.x(low), scale.x(high)))
        y += 2 * BAR + GAP + 4
    words = f"{chart.title}: announced (dark) and by our plan (light, with P10 to P90)"
    log = "; logarithmic" if scale.log else ""
    return _figure(f"{words}{log}.", parts, y)


def ranges(a: Audit) -> str:
    """Every check as stated over needed: 1 fits."""
    rows = [(c, c.ratio) for c in a.checks if c.ratio and c.scope != "contribution"]
    if not rows:
        return ""
    factors = [x for _, r in rows for x in (r, 1.0)]
    scale = _Scale([*factors, min(factors) / 1.5, max(factors) * 1.5], force_log=True)
    parts, y = [], 6
    height = 6 + len(rows) * (BAR + GAP)
    one = LABEL + scale.x(1.0)
    parts.append(f'<line x1="{one:.1f}" x2="{one:.1f}" y1="0" y2="{height}" stroke="{STATED}" stroke-dasharray="4 3"/>')
    for c, ratio in rows:
        colour = {"short": "#7a1f2b", "spare": "#d99a1c", "fits": "#0b5394"}[c.state]
        x = LABEL + scale.x(ratio)
        parts.append(f'<text x="0" y="{y + BAR - 3}" class="label">{safe(title(c)[:46])}</text>')
        parts.append(
            f'<line x1="{min(x, one):.1f}" x2="{max(x, one):.1f}" y1="{y + BAR / 2}" y2="{y + BAR / 2}" '
            f'stroke="{colour}" stroke-width="3"/><circle cx="{x:.1f}" cy="{y + BAR / 2}" r="5" fill="{colour}"/>'
            f'<text x="{max(x, one) + 10:.1f}" y="{y + BAR - 3}" class="value">{ratio:.2g}</text>'
        )
        y += BAR + GAP
    return _figure("Announced over needed: 1 where a part is just enough; logarithmic.", parts, height)


class _Scale:
    """Where a value lies on the axis, linear or logarithmic."""

    def __init__(self, values: list[float], *, force_log: bool = False) -> None:
        self.low, self.high = min(values), max(values)
        self.log = force_log or math.log10(self.high / self.low) > DECADES
        self.base = self.low / 2 if not force_log else self.low

    def x(self, value: float) -> float:
        room = WIDTH - LABEL - RIGHT
        if not self.log:
            return room * value / self.high
        return room * math.log(value / self.base) / math.log(self.high / self.base)


def _bar(y: float, length: float, colour: str, text: str, beyond: float = 0.0) -> str:
    at = LABEL + max(length, beyond) + 8
    return (
        f'<rect x="{LABEL}" y="{y}" width="{max(length, 1):.1f}" height="{BAR}" fill="{colour}"/>'
        f'<text x="{at:.1f}" y="{y + BAR - 3}" class="value">{safe(text)}</text>'
    )


def _whisker(y: float, low: float, high: float) -> str:
    if high - low < 1:
        return ""
    a, b = LABEL + low, LABEL + high
    return f'<line x1="{a:.1f}" x2="{b:.1f}" y1="{y}" y2="{y}" stroke="{RANGE}" stroke-width="2"/>'


def _figure(words: str, parts: list[str], height: float) -> str:
    style = "<style>.label,.value{font:13px system-ui,'Liberation Sans',Arial,sans-serif;fill:#1c2733}</style>"
    return (
        f"<figure><figcaption>{safe(words)}</figcaption>"
        f'<svg class="bars" viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{safe(words)}">'
        f"{style}{''.join(parts)}</svg></figure>"
    )
