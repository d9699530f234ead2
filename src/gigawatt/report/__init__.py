"""Plan -> terminal, Markdown, CSV, HTML, Excel. Computes nothing; the workbook works itself out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gigawatt.answer import Plan
from gigawatt.report.audit_text import audit_csv, audit_markdown, audit_terminal
from gigawatt.report.compare_terminal import compare_terminal
from gigawatt.report.compare_text import compare_csv, compare_markdown
from gigawatt.report.findings import findings_csv, terminal_findings
from gigawatt.report.geojson import geojson
from gigawatt.report.markdown import markdown
from gigawatt.report.screen_terminal import screen_terminal
from gigawatt.report.tables import facts_csv, figures_csv, hours_csv, tables_csv
from gigawatt.report.terminal import terminal, terminal_facts, terminal_tree

if TYPE_CHECKING:
    from gigawatt.compare import Audit, Comparison
    from gigawatt.screen import Screen

__all__ = [
    "audit_csv",
    "audit_html",
    "audit_markdown",
    "audit_terminal",
    "compare_csv",
    "compare_html",
    "compare_markdown",
    "compare_terminal",
    "facts_csv",
    "figures_csv",
    "findings_csv",
    "geojson",
    "hours_csv",
    "html",
    "markdown",
    "netcdf",
    "pdf",
    "screen_html",
    "screen_terminal",
    "tables_csv",
    "terminal",
    "terminal_facts",
    "terminal_findings",
    "terminal_tree",
    "workbook",
]


def html(plan: Plan) -> str:
    """One self-contained HTML file; needs the extra ``report``."""
    from gigawatt.report.page import html as make

    return make(plan)


def audit_html(found: Audit) -> str:
    """An audit as one self-contained HTML file."""
    from gigawatt.report.compare_page import audit_html as make

    return make(found)


def compare_html(found: Comparison) -> str:
    """A comparison as one self-contained HTML file; needs the extra ``report``."""
    from gigawatt.report.compare_page import compare_html as make

    return make(found)


def screen_html(found: Screen) -> str:
    """A screen as one self-contained HTML file."""
    from gigawatt.report.screen_page import screen_html as make

    return make(found)


def netcdf(plan: Plan) -> bytes:
    """The plan's power as a PyPSA network; needs the extra ``pypsa``."""
    from gigawatt.report.pypsa_network import netcdf as make

    return make(plan)


def pdf(plan: Plan) -> bytes:
    """The report as a PDF; needs the extra ``pdf``."""
    from gigawatt.report.pdf import pdf as make

    return make(plan)


def workbook(plan: Plan) -> bytes:
    """An Excel file with live formulas; needs the extra ``files``."""
    from gigawatt.report.excel import workbook as make

    return make(plan)
