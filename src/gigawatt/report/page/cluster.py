"""Network, storage, power swings and sites on the page."""

from __future__ import annotations

from gigawatt.answer import Plan
from gigawatt.report import cluster_words
from gigawatt.report.page.parts import para, table


def cluster(plan: Plan) -> str:
    """The four short tables, each under its sentences."""
    return "".join(
        f"<h3>{part.title}</h3>"
        + "".join(para(words) for words in part.words)
        + table(part.header, part.rows, numbers=range(1, len(part.header)), css="dense")
        for part in cluster_words.parts(plan)
    )
