"""The verb ``compare``: programmes, saved plans and questions side by side; ``--audit`` checks an announcement."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gigawatt.errors import ScenarioError

if TYPE_CHECKING:
    from gigawatt.facts import Facts

Doors = dict[str, Callable[[], Any]]

SAVED = (".json", ".csv", ".md", ".html")
DOES_NOT_FIT = 1


@click.command()
@click.argument("names", nargs=-1, metavar="A B ...")
@click.option("--audit", metavar="TEXT", help="Check whether the parts of an announcement fit each other.")
@click.option("--place", metavar="PLACE", help="Where, for an --audit whose text names no place.")
@click.option("--as-of", metavar="DATE", help="Today's date for all of them.")
@click.option("--price-year", type=click.IntRange(2015, 2025), default=2025, show_default=True, help="Year of money.")
@click.option("--set", "overrides", metavar="FACT=VALUE", multiple=True, help="Override a fact by id.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print as CSV.")
@click.option("--markdown", is_flag=True, help="Print as Markdown.")
@click.option("--save", metavar="FILE", help="Also save: .json, .csv, .md or .html by its ending.")
@click.pass_context
def compare(
    ctx: click.Context,
    names: tuple[str, ...],
    audit: str | None,
    place: str | None,
    as_of: str | None,
    price_year: int,
    overrides: tuple[str, ...],
    as_json: bool,
    as_csv: bool,
    markdown: bool,
    save: str | None,
) -> None:
    """Two to six programmes, saved plans or questions on the same bases; or an announcement checked against itself.

    \b
    gigawatt compare stargate-us fr-109bn eu-investai xai-colossus-1
    gigawatt compare fr-mgx-1gw france.json "Kenya --power '1 GW'" --save page.html
    gigawatt compare --audit "EUR 20 bn, 5 gigafactories, 100,000 GB300 each"
    gigawatt compare --audit "USD 44 bn" --place Kenya
    """
    from gigawatt.cli import _check_writable, _override, _write
    from gigawatt.facts import load_facts

    if as_json + as_csv + markdown > 1:
        raise ScenarioError("--json, --csv, --markdown: give one of them")
    if audit is not None and names:
        raise ScenarioError("--audit: it takes the announcement only; leave the programmes out")
    if place and audit is None:
        raise ScenarioError("--place: only --audit asks for one; put the place into the question")
    if save:
        _check_writable(save)
        if Path(save).suffix.lower() not in SAVED:
            raise ScenarioError(
                f"--save: {save!r}: expected a name that ends in {', '.join(SAVED[:-1])} or {SAVED[-1]}"
            )
    facts = load_facts().with_overrides(dict(_override(o) for o in overrides))
    if audit is None:
        doors, code = _compared(names, as_of, price_year, facts)
    else:
        doors, code = _audited(audit, place or "", as_of, price_year, facts)
    if as_json:
        click.echo(doors[".json"]())
    elif as_csv:
        click.echo(doors[".csv"](), nl=False)
    elif markdown:
        click.echo(doors[".md"](), nl=False)
    else:
        doors[""]()
    if save:
        _write(save, doors[Path(save).suffix.lower()]())
    ctx.exit(code)


def _compared(names: tuple[str, ...], as_of: str | None, price_year: int, facts: Facts) -> tuple[Doors, int]:
    """What prints and saves a comparison, by ending; '' is the terminal."""
    from gigawatt import report
    from gigawatt.compare import compare as put_side_by_side

    found = put_side_by_side(*names, as_of=as_of, price_year=price_year, facts=facts)
    return {
        "": lambda: report.compare_terminal(found),
        ".json": found.text_json,
        ".csv": lambda: report.compare_csv(found),
        ".md": lambda: report.compare_markdown(found),
        ".html": lambda: report.compare_html(found),
    }, 0


def _audited(text: str, place: str, as_of: str | None, price_year: int, facts: Facts) -> tuple[Doors, int]:
    """What prints and saves an audit; exit code 1 where the parts do not fit."""
    from gigawatt import report
    from gigawatt.compare import audit

    found = audit(text, place=place, as_of=as_of, price_year=price_year, facts=facts)
    return {
        "": lambda: report.audit_terminal(found),
        ".json": found.text_json,
        ".csv": lambda: report.audit_csv(found),
        ".md": lambda: report.audit_markdown(found),
        ".html": lambda: report.audit_html(found),
    }, DOES_NOT_FIT if found.fits is False else 0
