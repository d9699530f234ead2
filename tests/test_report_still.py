"""Charts on paper: every chart is drawn as SVG with its words, and bars have the lengths of their numbers."""

import json
import re
import xml.etree.ElementTree as ET

import pytest

from asked import example

pytest.importorskip("matplotlib")

from gigawatt.report import still
from gigawatt.report.chart import axis, layout_of
from gigawatt.report.page import SECTIONS

SPEC = re.compile(r'class="chart-data" data-chart="([\w-]+)">(.*?)</script>', re.DOTALL)


def _texts(svg):
    return [t.text for t in ET.fromstring(svg).iter() if t.tag.endswith("}text") and t.text]


def _bars(svg):
    """Widths of the bars of a chart across, in its own order."""
    paths = re.findall(r'<path d="M ([\d.]+) [\d.]+ \nL ([\d.]+) [\d.]+[^"]*" clip-path', svg)
    return [float(b) - float(a) for a, b in paths]


@pytest.mark.parametrize("name", ["france", "kenya_1gw", "estonia_ladder"])
def test_every_chart_of_a_report_is_drawn_with_its_names(name):
    plan, seen = example(name), 0
    for _, make in SECTIONS:
        for chart, text in SPEC.findall(make(plan)):
            spec = json.loads(text)
            drawn = " ".join(_texts(still.svg(spec)))
            titles = [a.get("title", {}).get("text", "") for k, a in spec["layout"].items() if "axis" in k]
            named = [t["name"] for t in spec["data"] if t.get("name") and t.get("showlegend", True)]
            for said in (*titles, *(named if len(named) > 1 else ())):
                assert said in drawn, f"{chart}: {said}"
            seen += 1
    assert seen > 5


def test_bars_are_as_long_as_their_numbers_and_stand_on_each_other():
    bars = [
        {"type": "bar", "orientation": "h", "name": n, "x": [x], "y": ["all"], "marker": {"color": "#0072b2"}}
        for n, x in (("first", 10.0), ("second", 30.0))
    ]
    layout = layout_of(200, barmode="stack", xaxis=axis("bn USD", rangemode="tozero"), yaxis=axis())
    first, second = _bars(still.svg({"data": bars, "layout": layout}))[-2:]
    assert second == pytest.approx(3.0 * first, rel=1e-3)
    beside = _bars(still.svg({"data": bars, "layout": layout | {"barmode": "group"}}))[-2:]
    assert beside[1] == pytest.approx(3.0 * beside[0], rel=1e-3)


def test_tasks_begin_at_their_dates():
    task = {"type": "bar", "orientation": "h", "y": ["permits"], "base": ["2027-01-01"], "marker": {"color": "#0072b2"}}
    year = {"x": [365 * 86_400_000], **task}
    month = {"x": [31 * 86_400_000], **task, "y": ["racks"]}
    years = axis(type="date", tickformat="%Y", dtick="M12")
    spec = {"data": [year, month], "layout": layout_of(200, barmode="overlay", xaxis=years, yaxis=axis())}
    long, short = _bars(still.svg(spec))[-2:]
    assert long / short == pytest.approx(365 / 31, rel=1e-3) and "2027" in _texts(still.svg(spec))


def test_an_area_of_a_colour_with_a_share_of_itself():
    assert still._rgba("rgba(0,114,178,0.15)") == pytest.approx((0.0, 114 / 255, 178 / 255, 0.15))
    assert still._rgba("#ffffff") == (1.0, 1.0, 1.0, 1.0)
