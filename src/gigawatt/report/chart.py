"""One chart: a plotly figure in plain data, with its words and its numbers, and what all charts share.

Made once for the report, a notebook and the web. Nothing is computed but what drawing needs.
``plotly.graph_objects.Figure(chart.spec)`` shows one in a notebook.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from gigawatt.figures import show

INK, SOFT, LINE = "#1c2733", "#5a6774", "#d5dbe1"
BLOCK_COLOURS = ("#0072b2", "#56b4e9", "#f0c419", "#9aa5b1", "#cc79a7", "#009e73", "#d55e00", "#4a4a4a")


@dataclass(frozen=True, slots=True)
class Chart:
    """A plotly figure in plain data, with its words and its numbers."""

    id: str
    title: str
    words: str
    spec: dict[str, Any]
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def layout_of(height: int, **more: Any) -> dict[str, Any]:
    font = {"family": "system-ui, Segoe UI, Liberation Sans, Arial, sans-serif", "size": 13, "color": INK}
    base = {
        "height": height,
        "font": font,
        "margin": {"l": 10, "r": 14, "t": 10, "b": 10},
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "hovermode": "closest",
        "dragmode": False,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal"},
        "xaxis": axis(),
        "yaxis": axis(),
    }
    return base | more


def axis(title: str = "", **more: Any) -> dict[str, Any]:
    named = {"title": {"text": title, "standoff": 8, "font": {"size": 13}}} if title else {}
    return {
        "automargin": True,
        "gridcolor": LINE,
        "zerolinecolor": SOFT,
        "linecolor": SOFT,
        "fixedrange": True,
        **named,
        **more,
    }


def date_axis(dates: Sequence[str]) -> dict[str, Any]:
    """A date axis with one tick a year, a quarter where the dates are close, two years where they are far."""
    days = days_between(min(dates), max(dates))
    step, shown = ("M3", "%b %Y") if days < 800 else ("M12", "%Y") if days < 5500 else ("M24", "%Y")
    return axis(type="date", tickformat=shown, dtick=step)


def days_between(start: str, end: str) -> int:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).days


def percent(share: float) -> str:
    return "under 1 %" if 0 < share < 0.005 else f"{share * 100:.0f} %"


def money(usd: Any, year: int, low: Any = None, high: Any = None) -> str:
    return show(usd, low, high, f"USD_{year}")


def four_digits(values: np.ndarray) -> list[float | None]:
    """Four digits: what a screen can show."""
    return [float(f"{v:.4g}") if np.isfinite(v) else None for v in np.asarray(values, float)]


def quarter_of(day: str) -> str:
    return f"{day[:4]} Q{(int(day[5:7]) + 2) // 3}"
