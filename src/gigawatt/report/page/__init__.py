"""The plan as one HTML file: no network, no fonts, prints on A4, readable without JavaScript. Computes nothing."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

from gigawatt.answer import Plan
from gigawatt.errors import ScenarioError
from gigawatt.report.page import (
    bridging,
    campus,
    cluster,
    customers,
    evidence,
    fleet,
    frontier,
    meaning,
    money,
    opening,
    orders,
    press,
    sure,
)
from gigawatt.report.page.parts import safe


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
    nav = " ".join(f'<a href="#s{i}">{safe(title)}</a>' for i, (title, _) in enumerate(made) if title)
    body = "\n".join(
        f'<section id="s{i}">{"" if "<h2>" in part else _heading(title)}{part}</section>'
        for i, (title, part) in enumerate(made)
    ).replace("<!--nav-->", f'<nav aria-label="Contents">{nav}</nav>')
    script = f"<script>{library}</script>\n<script>{_DRAW}</script>" if drawn else ""
    style = files("gigawatt.report").joinpath("style.css").read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{safe(opening.title(plan))}</title>\n<style>\n{style}</style>\n</head>\n<body>\n{body}\n{script}\n</body>\n</html>\n"
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


def _heading(title: str) -> str:
    return f"<h2>{safe(title)}</h2>" if title else ""


SECTIONS: tuple[tuple[str, Callable[[Plan], str]], ...] = (
    ("", opening.opening),
    ("Key figures", opening.key_figures),
    ("How sure", sure.sure),
    ("What it hangs on", meaning.meaning),
    ("Gates", opening.gates),
    ("What binds", opening.binding),
    ("Other sizes", opening.ladder),
    ("Faster or cheaper", frontier.frontier),
    ("The bill", money.bill),
    ("Cost of an accelerator-hour", money.cost),
    ("Cash and returns", money.cash),
    ("Beside published costs", money.reconciliation),
    ("Who pays", customers.customers),
    ("Power", campus.power),
    ("Build-out", campus.buildout),
    ("Bridging power", bridging.bridging),
    ("Orders and cash at risk", orders.orders),
    ("Accelerators on line", fleet.fleet),
    ("What waiting costs", fleet.delay),
    ("Compute", campus.compute),
    ("Network, storage, power swings, sites", cluster.cluster),
    ("Footprint", campus.footprint),
    ("Security and law", campus.security),
    ("For the press", press.press),
    ("Next steps", evidence.letters),
    ("All figures", evidence.all_figures),
    ("Sources", evidence.sources),
    ("Assumptions", evidence.assumptions),
    ("How sure is this, and where it comes from", evidence.provenance),
)
