"""The verb `power`: the power room alone, on the user's own hourly series and costs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gigawatt.errors import ScenarioError

if TYPE_CHECKING:
    from gigawatt.power.problem import Answer, Problem
    from gigawatt.power_case import Case

NO_PLAN = 1


@click.command()
@click.argument("case", metavar="CASE")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.option("--gap", type=float, default=1e-4, show_default=True, help="Certified distance from the optimum, 0 to 1.")
@click.option("--hours", metavar="FILE", help="Also write load, supply, stores, flows and price of every hour as CSV.")
@click.option("--set", "overrides", metavar="KEY=VALUE", multiple=True, help="Change a value of the case.")
@click.pass_context
def power(
    ctx: click.Context, case: str, as_json: bool, gap: float, hours: str | None, overrides: tuple[str, ...]
) -> None:
    """Least-cost power for your own hourly load, series and costs. CASE is a TOML or JSON file, or -.

    \b
    gigawatt power examples/power_site.toml
    gigawatt power examples/power_site.toml --set grid.limit_mw=20 --set sources.gas.max_mw=0 --json
    gigawatt power examples/power_site.toml --hours hours.csv
    """
    from gigawatt.cli import _check_writable, _write
    from gigawatt.power.explain import nearest
    from gigawatt.power_case import as_year, nearest_as_year
    from gigawatt.report.power_words import power_hours_csv, power_json, power_terminal

    if not 0.0 < gap < 1.0:
        raise ScenarioError(f"--gap: {gap:g}; expected a share between 0 and 1; write for example 1e-4")
    if hours:
        _check_writable(hours)
    asked = _read(case, overrides)
    found = _solved(asked.problem, gap)
    near = None
    if found.status == "infeasible":
        click.echo("no plan meets all limits; looking for the nearest that works ...", err=True)
        near = nearest_as_year(nearest(asked.problem), asked.year_share)
    answer = as_year(found, asked.year_share)
    if as_json:
        click.echo(json.dumps(power_json(asked, answer, near), ensure_ascii=False, indent=1, allow_nan=False))
    else:
        power_terminal(asked, answer, near, gap)
    if hours and answer.decision is None:
        click.echo(f"{hours}: not written, as there is no plan", err=True)
    elif hours:
        _write(hours, power_hours_csv(asked, answer))
    ctx.exit(0 if answer.status == "optimal" else NO_PLAN)


def _read(case: str, overrides: tuple[str, ...]) -> Case:
    from gigawatt.power_case import read_case, read_case_text

    if case == "-":
        return read_case_text(sys.stdin.buffer.read(), Path("standard input"), overrides=overrides)
    return read_case(case, overrides=overrides)


def _solved(problem: Problem, gap: float) -> Answer:
    from gigawatt.power import solve

    return solve(problem, gap=gap)
