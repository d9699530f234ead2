"""The verb `portfolio`: one budget over several countries or sites."""

from __future__ import annotations

from pathlib import Path

import click

from gigawatt.errors import ScenarioError

SAVED = (".json", ".csv")


@click.command()
@click.argument("name", metavar="[FILE|NAME]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the sites as CSV.")
@click.option("--save", metavar="FILE", help="Also save: .json or .csv by its ending.")
@click.option("--as-of", metavar="DATE", help="Today's date for this question.")
@click.option("--workers", type=click.IntRange(1), metavar="N", help="Processes; default: one per core.")
@click.pass_context
def portfolio(
    ctx: click.Context,
    name: str | None,
    as_json: bool,
    as_csv: bool,
    save: str | None,
    as_of: str | None,
    workers: int | None,
) -> None:
    """One budget over several countries or sites: how much where and when, and what a fair share costs instead.

    \b
    gigawatt portfolio                       # the names that come with the package
    gigawatt portfolio eu-aigf
    gigawatt portfolio stargate-us --json
    gigawatt portfolio mine.toml --save mine.json
    """
    from gigawatt.cli import NO, _check_writable, _write
    from gigawatt.portfolio import portfolio as answer
    from gigawatt.portfolio.question import shipped, words_of
    from gigawatt.portfolio.words import csv_text, terminal

    if as_json and as_csv:
        raise ScenarioError("--json, --csv: give one of them")
    if not name:
        for known in shipped():
            click.echo(f"{known:14s} {words_of(known)['title']}")
        return
    if save:
        _check_writable(save)
        if Path(save).suffix.lower() not in SAVED:
            raise ScenarioError(f"--save: {save!r}: expected a name that ends in {' or '.join(SAVED)}")
    words = words_of(name)
    found = answer({**words, "as_of": as_of} if as_of else words, workers=workers)
    if as_json:
        click.echo(found.text_json())
    elif as_csv:
        click.echo(csv_text(found), nl=False)
    else:
        terminal(found)
    if save:
        _write(save, found.text_json() if save.lower().endswith(".json") else csv_text(found))
    ctx.exit(NO if found.answer == "no" else 0)
