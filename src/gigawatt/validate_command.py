"""The verb `validate`: published or the user's own cases through the planner."""

from __future__ import annotations

import click

from gigawatt.errors import ScenarioError


@click.command()
@click.argument("paths", metavar="[PATH...]", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the statistics as JSON.")
@click.option("--rows", is_flag=True, help="With every row: one case and one figure each.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the rows as CSV.")
@click.option("--docs", metavar="FILE", help="Also write the page docs/validation.md.")
def validate(paths: tuple[str, ...], as_json: bool, rows: bool, as_csv: bool, docs: str | None) -> None:
    """Published cases against the planner, every error printed. PATH is a case file or a folder of them.

    \b
    gigawatt validate                                # the published cases that come with the package
    gigawatt validate published_cases/atb_lcoe.csv
    gigawatt validate my_cases/ --json --rows
    """
    from gigawatt.cli import _check_writable, _write
    from gigawatt.validate import shipped, validate
    from gigawatt.validate.page import page
    from gigawatt.validate.words import terminal

    if as_json and as_csv:
        raise ScenarioError("--json, --csv: give one of them")
    if docs:
        _check_writable(docs)
    report = validate(paths or shipped())
    for line in (*report.remarks, *report.problems):
        click.echo(f"gigawatt: {line}", err=True)
    if as_json:
        click.echo(report.text_json(rows))
    elif as_csv:
        click.echo(report.csv(), nl=False)
    else:
        terminal(report, rows)
    if docs:
        _write(docs, page(report))
