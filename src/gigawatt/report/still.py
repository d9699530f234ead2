"""A chart of the report as a still picture for paper: the same plotly figure in plain data, drawn by matplotlib as SVG.

Draws what our charts use and nothing more: bars along and across, stacked, grouped or on a base; lines, marks, areas
stacked or between two lines, ranges; axes of numbers, dates and categories; a second axis below the first.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from gigawatt.report.chart import INK, LINE, SOFT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH_PX, PX_PER_INCH = 700.0, 100.0  # of a chart as wide as the text of an A4 page
STYLE: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 8.5,
    "hatch.linewidth": 1.2,
    "svg.fonttype": "none",
    "svg.hashsalt": "gigawatt",
}
DASHES = {"dash": "--", "dot": ":", "solid": "-"}
MARKS = {"circle": "o", "diamond": "D", "x": "X", "line-ns": "|"}
WRAP = 34  # characters of a label of a row
LEGEND = 110  # and of a row of the legend with its marks


def svg(spec: dict[str, Any]) -> str:
    """A plotly figure of ours as SVG.

    Parameters
    ----------
    spec : dict
        ``data`` and ``layout``, as in ``Chart.spec``. [-]

    Returns
    -------
    str
        An ``svg`` element.
    """
    import matplotlib
    from matplotlib.figure import Figure

    layout, data = spec["layout"], spec["data"]
    with matplotlib.rc_context(STYLE):
        height = float(layout["height"])
        figure = Figure(figsize=(WIDTH_PX / PX_PER_INCH, height / PX_PER_INCH), layout="constrained")
        two = "yaxis2" in layout
        axes = figure.subplots(1 + two, 1, sharex=True, squeeze=False, height_ratios=[3, 1] if two else [1])[:, 0]
        for k, ax in enumerate(axes):
            mine = [t for t in data if (t.get("yaxis") == "y2") is bool(k)]
            _Drawing(ax, layout, "yaxis2" if k else "yaxis", mine).draw()
        _legend(figure, list(axes), layout)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()[out.getvalue().index("<svg") :]


def _legend(figure: Any, axes: Sequence[Axes], layout: dict[str, Any]) -> None:
    handles, labels = axes[0].get_legend_handles_labels()
    if handles and (len(handles) > 1 or layout.get("showlegend")):
        columns = min(len(handles), max(1, LEGEND // (max(map(len, labels)) + 6)))
        figure.legend(handles, labels, loc="outside upper left", ncols=columns, frameon=False, handlelength=1.4)


class _Drawing:
    """The traces of one pair of axes."""

    def __init__(self, ax: Axes, layout: dict[str, Any], across: str, data: list[dict[str, Any]]) -> None:
        self.ax, self.layout, self.data = ax, layout, data
        self.axes = {"x": layout["xaxis"], "y": layout[across]}
        self.names = {k: self._categories(k) for k in self.axes}

    def draw(self) -> None:
        tops: dict[str, np.ndarray] = {}
        bars = [t for t in self.data if t.get("type") == "bar"]
        for trace in self.data:
            if trace.get("type") == "bar":
                self._bar(trace, bars, tops)
            else:
                self._line(trace, tops)
        for shape in self.layout.get("shapes", ()):
            self.ax.axvline(shape["x0"], color=shape["line"]["color"], linewidth=1, linestyle=":")
        for key in self.axes:
            self._axis(key)
        self.ax.set_axisbelow(True)
        for side in ("top", "right"):
            self.ax.spines[side].set_visible(False)
        for side in ("left", "bottom"):
            self.ax.spines[side].set_color(SOFT)

    # --- places on an axis ------------------------------------------------------------------------------------------

    def _categories(self, key: str) -> list[str]:
        """Names along an axis in their order; none where it is of numbers or dates."""
        axis = self.axes[key]
        if axis.get("categoryarray"):
            return list(axis["categoryarray"])
        values = [v for t in self.data for v in t.get(key) or () if v is not None]
        if axis.get("type") == "date" or not any(isinstance(v, str) for v in values):
            return []
        return list(dict.fromkeys(values))

    def _places(self, key: str, values: Sequence[Any]) -> np.ndarray:
        if self.names[key]:
            where = {name: float(i) for i, name in enumerate(self.names[key])}
            return np.array([where.get(v, np.nan) for v in values])
        if self.axes[key].get("type") == "date":
            return np.array([np.nan if v is None else _day(v) for v in values])
        return np.array([np.nan if v is None else float(v) for v in values])

    # --- traces -----------------------------------------------------------------------------------------------------

    def _bar(self, trace: dict[str, Any], bars: list[dict[str, Any]], tops: dict[str, np.ndarray]) -> None:
        along, up = ("y", "x") if trace.get("orientation") == "h" else ("x", "y")
        at, long = self._places(along, trace[along]), _lengths(trace[up], self.axes[up])
        thick = 1.0 - float(self.layout.get("bargap", 0.2))
        base = self._places(up, trace["base"]) if "base" in trace else np.zeros(len(at))
        if self.layout.get("barmode") == "stack":
            base = np.array([tops.get(str(v), 0.0) for v in trace[along]])
            tops.update({str(v): b + x for v, b, x in zip(trace[along], base, np.nan_to_num(long), strict=True)})
        elif self.layout.get("barmode") == "group":
            thick /= len(bars)
            at = at + thick * (bars.index(trace) - (len(bars) - 1) / 2.0)
        mark = trace["marker"]
        more = {"color": mark["color"], "edgecolor": "#ffffff", "linewidth": 0.6, "label": self._named(trace)}
        more |= {"hatch": "////"} if mark.get("pattern") else {}
        if along == "y":
            drawn = self.ax.barh(at, long, thick, left=base, **more)
        else:
            drawn = self.ax.bar(at, long, thick, bottom=base, **more)
        if trace.get("text") and along == "y":
            inside = trace.get("textposition") == "inside"
            self.ax.bar_label(
                drawn, trace["text"], label_type="center" if inside else "edge", padding=0 if inside else 3, fontsize=8
            )

    def _line(self, trace: dict[str, Any], tops: dict[str, np.ndarray]) -> None:
        x, y = self._places("x", trace["x"]), self._places("y", trace["y"])
        line, mark = trace.get("line", {}), trace.get("marker", {})
        step = "post" if line.get("shape") == "hv" else None
        colour = line.get("color") or _first(mark.get("color")) or SOFT
        if trace.get("stackgroup"):
            below = tops.get("stack", np.zeros(len(y)))
            tops["stack"] = below + np.nan_to_num(y)
            self._between(x, below, tops["stack"], _rgba(trace["fillcolor"]), step, self._named(trace))
            return
        if trace.get("fill") in ("tonexty", "tozeroy"):
            under = tops["last"] if trace["fill"] == "tonexty" else np.zeros(len(y))
            fill = _rgba(trace.get("fillcolor") or colour)
            fill = fill if trace.get("fillcolor") else (*fill[:3], 0.25)
            self._between(x, under, y, fill, step, self._named(trace))
        tops["last"] = y
        width = float(line.get("width", 1.8)) if "lines" in trace.get("mode", "lines") else 0.0
        spread = trace.get("error_x")
        if spread:
            self.ax.errorbar(
                x, y, xerr=[spread["arrayminus"], spread["array"]], fmt="none", ecolor=spread["color"], elinewidth=1,
                capsize=2.5,
            )  # fmt: skip
        symbol = _first(mark.get("symbol")) or "circle"
        shown = "markers" in trace.get("mode", "")
        if width or shown:
            self.ax.plot(
                x, y, color=colour, linewidth=0.8 * width, linestyle=DASHES[line.get("dash", "solid")] if width else "",
                drawstyle="steps-post" if step else "default", label=None if trace.get("fill") else self._named(trace),
                marker=MARKS[symbol.removesuffix("-open")] if shown else None,
                markersize=0.62 * float(mark.get("size", 6)),
                markerfacecolor="none" if symbol.endswith("-open") else _first(mark.get("color")) or colour,
                markeredgecolor=_first(mark.get("color")) or mark.get("line", {}).get("color") or colour,
                markeredgewidth=float(mark.get("line", {}).get("width", 1.0)),
            )  # fmt: skip

    def _between(self, x: Any, low: Any, high: Any, colour: Any, step: Any, label: str | None) -> None:
        self.ax.fill_between(x, low, high, color=colour, linewidth=0, step=step, label=label)

    @staticmethod
    def _named(trace: dict[str, Any]) -> str | None:
        return trace.get("name") if trace.get("showlegend", True) else None

    # --- axes -------------------------------------------------------------------------------------------------------

    def _axis(self, key: str) -> None:
        from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

        axis, names = self.axes[key], self.names[key]
        drawn = self.ax.xaxis if key == "x" else self.ax.yaxis
        drawn.label.set(text=axis.get("title", {}).get("text", ""), color=INK)
        self.ax.tick_params(axis=key, color=SOFT, labelcolor=INK, length=2.5)  # type: ignore[arg-type]
        if axis.get("showgrid", True):
            drawn.grid(color=LINE, linewidth=0.6)
        if names:
            self._rows(key, drawn, names)
        elif axis.get("type") == "date":
            _dates(drawn, axis)
        else:
            exact = axis.get("dtick") == 1
            drawn.set_major_locator(MaxNLocator(nbins=int(axis.get("nticks", 40 if exact else 7)), integer=exact))
            suffix = axis.get("ticksuffix")
            drawn.set_major_formatter(PercentFormatter(100.0, 0, suffix) if suffix else FuncFormatter(_number))
        low, high = self.ax.get_xlim() if key == "x" else self.ax.get_ylim()
        limits = axis.get("range") or ((min(low, 0.0), high) if axis.get("rangemode") == "tozero" else None)
        if limits:
            (self.ax.set_xlim if key == "x" else self.ax.set_ylim)(*limits)
        if axis.get("showticklabels") is False:
            drawn.set_ticks([])
        if low < 0.0 < high and not names and axis.get("type") != "date":
            (self.ax.axvline if key == "x" else self.ax.axhline)(0.0, color=SOFT, linewidth=0.9)

    def _rows(self, key: str, drawn: Any, names: list[str]) -> None:
        most = int(self.axes[key].get("nticks", len(names)))
        every = -(-len(names) // most)
        shown = list(range(0, len(names), every))
        drawn.set_ticks(shown, [_lines(names[i]) for i in shown])
        if key == "y":
            self.ax.set_ylim(-0.6, len(names) - 0.4)
        self.ax.tick_params(axis=key, length=0)  # type: ignore[arg-type]


def _dates(drawn: Any, axis: dict[str, Any]) -> None:
    from matplotlib.dates import AutoDateLocator, DateFormatter, MonthLocator, YearLocator

    months = int(str(axis.get("dtick", "M0"))[1:])
    at = (
        YearLocator(months // 12)
        if months >= 12
        else MonthLocator(interval=months)
        if months
        else AutoDateLocator(maxticks=int(axis.get("nticks", 8)))
    )
    drawn.set_major_locator(at)
    drawn.set_major_formatter(DateFormatter(axis["tickformat"]))


def _day(value: str) -> float:
    """Days since the epoch, as matplotlib counts them."""
    return (datetime.fromisoformat(value) - datetime(1970, 1, 1)) / timedelta(days=1)


def _lengths(values: Sequence[Any], axis: dict[str, Any]) -> np.ndarray:
    """Lengths of bars; along dates plotly counts milliseconds, matplotlib days."""
    scale = timedelta(days=1) / timedelta(milliseconds=1) if axis.get("type") == "date" else 1.0
    return np.array([np.nan if v is None else float(v) for v in values]) / scale


def _number(value: float, _place: Any = None) -> str:
    """A number of an axis with the marks of the report."""
    return f"{value:,.10g}".replace("-", "\N{MINUS SIGN}")


def _lines(text: str) -> str:
    """A long name in two lines."""
    if len(text) <= WRAP or " " not in text:
        return text
    cut = text.rfind(" ", 0, len(text) // 2 + 6)
    return f"{text[:cut]}\n{text[cut + 1 :]}" if cut > 0 else text


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value


def _rgba(colour: str) -> tuple[float, ...]:
    """A colour of CSS as matplotlib takes it."""
    from matplotlib.colors import to_rgba

    found = re.fullmatch(r"rgba?\(([^)]*)\)", colour)
    if not found:
        return tuple(to_rgba(colour))
    red, green, blue, *alpha = (float(x) for x in found[1].split(","))
    return (red / 255.0, green / 255.0, blue / 255.0, *(alpha or [1.0]))
