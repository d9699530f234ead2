"""The command line: arguments -> API -> print.

Data on stdout, talk on stderr; exit 0 for yes or yes_if, 1 for no, 2 for a question that cannot be read.
"""

from __future__ import annotations

import functools
import json
import shlex
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gigawatt import __version__
from gigawatt.compare_command import compare
from gigawatt.data_command import data
from gigawatt.errors import GigawattError, ScenarioError
from gigawatt.network_command import network
from gigawatt.portfolio_command import portfolio
from gigawatt.power_command import power
from gigawatt.serve_command import serve
from gigawatt.train_command import train
from gigawatt.validate_command import validate
from gigawatt.web_command import web

if TYPE_CHECKING:
    from gigawatt.facts import Fact, Facts

NO, UNREADABLE = 1, 2


class _Group(click.Group):
    """Prints our errors as lines without a traceback, with exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except GigawattError as error:
            for line in str(error).splitlines():
                click.echo(f"gigawatt: {line}", err=True)
            ctx.exit(UNREADABLE)


QUESTION: tuple[tuple[str, str, str], ...] = (
    ("at", "LAT,LON", "Coordinates instead of a name, such as 48.85,2.35."),
    ("budget", "MONEY", "Money limit, all-in: '109 B€', 'EUR 109bn', '$500B', '1,5 Md€'."),
    (
        "power",
        "POWER",
        "Whole power at the meter at peak, with its source: '1 GW nuclear', '800 MW grid + 200 MW gas'.",
    ),
    ("accelerators", "COUNT", "Accelerators wanted: '100k GB300'."),
    ("accelerator", "TYPE", "Accelerator type where no count is given; default GB300; any: with --goal."),
    ("by", "DATE", "Deadline for full power: 2029, 2029-06, '36 months'."),
    (
        "train",
        "MODEL",
        "A run to train: 'llama-3.1-405b in 60 days', 'llama-3.1-70b to loss 1.95', '2e25 FLOP in 100 days'.",
    ),
    ("serve", "USERS", "Users to serve: '10 M users'."),
    ("clean", "SHARE", "Least share of carbon-free energy, 0 to 1."),
    ("co2-cap-kg-per-mwh", "KG", "Cap on emissions of the power used."),
    ("cooling", "SYSTEM", "best, liquid_dry, liquid_tower, water_side, air_side or air_chiller."),
    ("operating-model", "MODEL", "anchor_lease, hyperscaler, colocation, ppp, state or merchant."),
    ("build-type", "TYPE", "greenfield, fast_greenfield, brownfield, fit_out, retrofit or modular."),
    ("existing-connection", "POWER", "Grid connection live at a built site: '150 MW'."),
    ("goal", "GOAL", "value, compute, date or cost: what supply, bridge, way of building and size are chosen for."),
    ("utilisation", "SHARE", "Share of accelerator-hours sold, 0 to 1."),
    ("security-level", "SL", "Security level SL1 to SL5."),
    ("precision", "P", "bf16, fp8 or fp4."),
    ("software", "DATE", "Date of training and serving software: 2025, 2025-06; else the newest known."),
    ("operator", "LEVEL", "Who trains: tuned (as the measured runs), practised or new."),
    ("cluster-age", "MONTHS", "Months the cluster has been in service: young ones fail more often."),
    ("recovery", "WAY", "Of a training run: persistent_checkpoint, in_memory_redundant or fast_hot_spares."),
    ("spares", "SHARE", "Accelerators that stand by: '2 %'."),
    ("elastic", "", "A failure stops one replica of a training run only."),
    ("weather-file", "FILE", "Your own weather year: EPW, TMY3, PVGIS, NASA POWER, Open-Meteo, CSV."),
    ("price-file", "FILE", "Your own hourly wholesale price: ENTSO-E, EIA, CSV."),
    ("price-year", "YEAR", "Year of all money, 2015 to 2025."),
    ("draws", "N", "Draws behind every range; a plan makes whole plans of them: 10000."),
    ("seed", "N", "Seed of draws and weather."),
    ("as-of", "DATE", "Today's date for this question."),
)


SAVED = (".json", ".md", ".csv", ".html", ".xlsx", ".pdf", ".geojson", ".nc")
MOST_PRICE = 1e4  # USD an hour: beyond it the number means something else
ONE_PLACE = ("at", "weather-file", "goal")


def question_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The flags of a question about one place."""
    return click.argument("place", required=False)(_question_flags(command))


def _question_flags(command: Callable[..., Any], without: tuple[str, ...] = ()) -> Callable[..., Any]:
    """The flags of a question, shared by every verb that asks one."""
    for name, metavar, text in reversed([q for q in QUESTION if q[0] not in without]):
        kind: dict[str, Any] = {"metavar": metavar} if metavar else {"is_flag": True, "default": None}
        command = click.option(f"--{name}", help=text, **kind)(command)
    command = click.option("--set", "overrides", metavar="FACT=VALUE", multiple=True, help="Override a fact by id.")(
        command
    )
    return click.option("--from", "file", metavar="FILE", help="Read the question from a TOML or JSON file.")(command)


def _scenario(place: str | None, file: str | None, overrides: tuple[str, ...], **flags: Any) -> Any:
    from gigawatt.scenario import read, read_file

    question = {k: v for k, v in flags.items() if v is not None}
    if place is not None:
        question["place"] = place
    facts = dict(_override(o) for o in overrides)
    if facts:
        question["facts"] = facts
    return read_file(file, extra=question) if file else read(question)


def _override(text: str) -> tuple[str, str]:
    fact_id, separator, value = text.partition("=")
    if not separator or not fact_id.strip() or not value.strip():
        raise ScenarioError(f"--set: {text!r}: expected FACT=VALUE such as pue.x=1.1 or 'price.y=85 USD_2025/MWh'")
    return fact_id.strip(), value.strip()


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="gigawatt %(version)s")
def main() -> None:
    """Can you do Stargate in my country?

    \b
    gigawatt plan France --budget "109 B€" --power "1 GW nuclear"
    gigawatt plan Ukraine --accelerators "100k GB300" --by 2029
    gigawatt plan Estonia
    """


@main.command()
@question_options
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the figures as CSV.")
@click.option("--markdown", is_flag=True, help="Print the plan as Markdown.")
@click.option(
    "--save",
    metavar="FILE",
    help="Also save: .json, .md, .csv (figures), .html, .pdf, .xlsx with formulas, .geojson, .nc (PyPSA network).",
)
@click.option(
    "--at-price", type=float, metavar="USD", help="Also the smallest campus whose accelerator-hour needs no more: 3.20."
)
@click.option("--frontier", is_flag=True, help="Also the same campus by every strategy: from fastest to cheapest.")
@click.option("--report", metavar="FILE", help="Also write a self-contained HTML report.")
@click.option(
    "--full", is_flag=True, help="Every table: who pays, cash, power, bridging, schedule, orders, accelerators, delay."
)
@click.option("--hours", metavar="FILE", help="Also write the hourly load, supply and price as CSV.")
@click.option("--workers", type=click.IntRange(1), metavar="N", help="Processes for --draws; default: one per core.")
@click.option("--dask", metavar="ADDRESS", help="Make the draws on the Dask cluster with this scheduler.")
@click.option("--store", metavar="FOLDER", help="Keep finished draws here; the same command goes on with them.")
@click.option("--resume", metavar="FOLDER", help="Go on with the draws in this folder; the question is in it.")
@click.option(
    "--what-if", metavar="NAME", multiple=True, help="Scenario of the robust choice, such as gas_x3; all if not given."
)
@click.pass_context
def plan(
    ctx: click.Context,
    as_json: bool,
    as_csv: bool,
    markdown: bool,
    save: str | None,
    report: str | None,
    hours: str | None,
    full: bool,
    frontier: bool,
    at_price: float | None,
    workers: int | None,
    dask: str | None,
    store: str | None,
    resume: str | None,
    what_if: tuple[str, ...],
    **question: Any,
) -> None:
    """The answer for one place: a buildable, costed, sourced plan, or a reasoned no.

    \b
    gigawatt plan France --budget "109 B€" --power "1 GW nuclear"
    gigawatt plan Kenya --power "100 MW" --json
    gigawatt plan Texas --power "1.2 GW" --accelerator GB200 --cooling air_chiller --report texas.html
    gigawatt plan Ukraine --accelerators "100k GB300" --by 2029 --draws 10000
    gigawatt plan --from question.toml
    """
    from importlib import import_module

    from gigawatt import report as reports
    from gigawatt.uncertainty import command

    story = import_module("gigawatt.plan")  # the package's name plan is the function
    if at_price is not None and not 0.0 < at_price < MOST_PRICE:
        raise ScenarioError(f"--at-price: {at_price:g}: expected USD an hour above 0 and below {MOST_PRICE:g}: 3.20")
    if as_json + as_csv + markdown > 1:
        raise ScenarioError("--json, --csv, --markdown: give one of them")
    targets = [path for path in (save, report, hours) if path]
    for path in targets:
        _check_writable(path)
    if save and Path(save).suffix.lower() not in SAVED:
        raise ScenarioError(f"--save: {save!r}: expected a name that ends in {', '.join(SAVED[:-1])} or {SAVED[-1]}")
    scenario = command.resumed(resume, question) if resume else _scenario(**question)
    kept = resume or store or ""
    answer = command.answer(
        scenario, with_frontier=frontier, workers=workers, dask=dask or "", store=kept, what_if=what_if
    )
    if at_price is not None:
        answer = story.with_price(answer, scenario, at_price)
    if as_json:
        click.echo(answer.text_json())
    elif as_csv:
        click.echo(reports.figures_csv(answer), nl=False)
    elif markdown:
        click.echo(reports.markdown(answer), nl=False)
    else:
        reports.terminal(answer, full=full)
    if save:
        writers: dict[str, Callable[[], str | bytes]] = {
            ".json": answer.text_json,
            ".md": lambda: reports.markdown(answer),
        }
        writers |= {".csv": lambda: reports.figures_csv(answer), ".html": lambda: reports.html(answer)}
        writers |= {".xlsx": lambda: reports.workbook(answer), ".pdf": lambda: reports.pdf(answer)}
        writers |= {".geojson": lambda: reports.geojson(answer), ".nc": lambda: reports.netcdf(answer)}
        _write(save, writers[Path(save).suffix.lower()]())
    if report:
        _write(report, reports.html(answer))
    if hours:
        _write(hours, reports.hours_csv(answer))
    ctx.exit(NO if answer.answer == "no" else 0)


@main.command()
@click.argument("plan", metavar="PLAN")
@click.argument("figure", metavar="FIGURE")
@click.option("--json", "as_json", is_flag=True, help="Print the tree as JSON.")
@click.option("--depth", type=click.IntRange(1), default=50, show_default=True, help="Levels to print.")
def explain(plan: str, figure: str, as_json: bool, depth: int) -> None:
    """The tree behind a figure: equation, inputs, facts, pages. PLAN is a saved JSON file, - or a question's words.

    \b
    gigawatt plan France --power "1 GW nuclear" --save france.json
    gigawatt explain france.json lcoc_usd_per_accelerator_hour
    gigawatt explain "Kenya --power '100 MW'" pue
    """
    from gigawatt import report as reports
    from gigawatt.answer import plain
    from gigawatt.explain import tree

    result = tree(_plan_json(plan), figure)
    if as_json:
        click.echo(json.dumps(plain(result), ensure_ascii=False, indent=1, allow_nan=False))
    else:
        reports.terminal_tree(result, depth)


def _plan_json(words: str) -> dict[str, Any]:
    """A plan's JSON from a file, standard input, or by asking the question."""
    from gigawatt import plan as make_plan
    from gigawatt.answer import plain

    if words == "-" or Path(words).suffix.lower() == ".json" or Path(words).is_file():
        try:
            text = sys.stdin.read() if words == "-" else Path(words).read_text(encoding="utf-8")
            data = json.loads(text)
        except (OSError, UnicodeDecodeError) as error:
            raise ScenarioError(f"{words}: cannot be read ({error}); expected a plan saved with --save") from None
        except json.JSONDecodeError as error:
            raise ScenarioError(f"{words}: {error}; expected a plan saved with --save") from None
        if not isinstance(data, dict):
            raise ScenarioError(f"{words}: holds a {type(data).__name__}; expected a plan saved with --save")
        return data
    return plain(make_plan(_scenario(**_parsed(words))).json())


def _parsed(words: str) -> dict[str, Any]:
    """The parameters of ``plan`` in the words of a question."""
    try:
        arguments = shlex.split(words)
    except ValueError as error:
        raise ScenarioError(f"{words!r}: {error}; expected a file or the words of a question") from None
    try:
        parsed = plan.make_context("plan", arguments).params
    except click.UsageError as error:
        raise ScenarioError(f"{words!r}: {error.format_message()}") from None
    keys = {name.replace("-", "_") for name, *_ in QUESTION} | {"place", "file", "overrides"}
    return {k: v for k, v in parsed.items() if k in keys}


def question_in_words(words: str) -> dict[str, Any]:
    """A question as the keys of a scenario, from its words on the command line."""
    from gigawatt.scenario import question_of

    given = _parsed(words)
    file, overrides = given.pop("file"), given.pop("overrides")
    question = (question_of(file) if file else {}) | {k: v for k, v in given.items() if v is not None}
    facts = dict(_override(o) for o in overrides)
    return question | ({"facts": {**question.get("facts", {}), **facts}} if facts else {})


@main.command()
@click.argument("places", nargs=-1, metavar="[PLACES]...")
@functools.partial(_question_flags, without=ONE_PLACE)
@click.option("--sites", metavar="COUNTRY", help="Instead of countries: the candidate sites within this one.")
@click.option("--sort", metavar="FIGURE", help="Order by a figure, such as lcoe_usd_per_mwh; default: as the ladder.")
@click.option("--reverse", is_flag=True, help="Worst first.")
@click.option("--territories", is_flag=True, help="Also the territories that are no UN members.")
@click.option(
    "--count",
    type=click.IntRange(1),
    metavar="N",
    help="Candidate sites: towns, climate stations, then a grid; default 500.",
)
@click.option("--top", type=click.IntRange(0), metavar="N", help="Rows to print, 0 for all; files hold all.")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the rows as CSV.")
@click.option(
    "--save", metavar="FILE", multiple=True, help="Also save: .json, .csv, .parquet, .geojson or .html by its ending."
)
@click.option("--workers", type=click.IntRange(1), metavar="N", help="Processes; default: one per core.")
@click.option("--dask", metavar="ADDRESS", help="Run on the Dask cluster with this scheduler, such as tcp://host:8786.")
@click.option("--store", metavar="FOLDER", help="Keep finished rows here; the same command goes on with them.")
@click.option("--resume", metavar="FOLDER", help="Go on with the screen in this folder; the question is in it.")
@click.pass_context
def screen(
    ctx: click.Context,
    places: tuple[str, ...],
    as_json: bool,
    as_csv: bool,
    save: tuple[str, ...],
    top: int | None,
    **more: Any,
) -> None:
    """The answer for many places: all countries ranked, each with what binds there, or the sites of one country.

    \b
    gigawatt screen                                   # all UN members: the largest campus of each
    gigawatt screen Kenya France Ukraine --power "100 MW" --save screen.html
    gigawatt screen --sort lcoc_usd_per_accelerator_hour --save world.csv --save world.geojson
    gigawatt screen --sites Kenya --power "100 MW"    # candidate sites by optimised cost
    """
    from gigawatt.screen import command

    if as_json and as_csv:
        raise ScenarioError("--json, --csv: give one of them")
    for path in save:
        _check_writable(path)
    found = command.run(places, save, **more)
    for path in save:  # before the rows are printed: whoever reads them may stop at the first page
        command.write(found, path)
    command.show(found, as_json=as_json, as_csv=as_csv, top=top)
    ctx.exit(NO if command.all_refused(found) else 0)


@main.command()
@click.argument("words", nargs=-1)
@click.option("--assumptions", is_flag=True, help="Only our own assumptions.")
@click.option("--check", is_flag=True, help="List what is stale, out of range, without page or in conflict.")
@click.option("--as-of", metavar="DATE", help="Today's date for --check: 2026-11-23.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print as CSV.")
def facts(
    words: tuple[str, ...], assumptions: bool, check: bool, as_of: str | None, as_json: bool, as_csv: bool
) -> None:
    """Browse and search the facts: value, range, unit, class, source, page.

    \b
    gigawatt facts                       # subjects and counts
    gigawatt facts nuclear france        # search
    gigawatt facts country.KEN.peak_load # show one
    gigawatt facts --check               # which to look at again; exit code 0 also where some are listed
    """
    from gigawatt import report as reports
    from gigawatt.answer import fact_row
    from gigawatt.facts import load_facts

    known = load_facts()
    found = [known[words[0]]] if len(words) == 1 and words[0] in known else known.search(*words)
    if assumptions:
        found = [f for f in found if f.is_assumption]
    if as_of and not check:
        raise ScenarioError("--as-of: only --check asks for a date; add --check or leave it out")
    if words and not found:
        raise ScenarioError(f"{' '.join(words)}: no fact has all these words; list the subjects with: gigawatt facts")
    if check:
        _check_facts(found, known, as_of, as_json, as_csv)
    elif as_json:
        click.echo(json.dumps([fact_row(f, known) for f in found], ensure_ascii=False, indent=1))
    elif as_csv:
        click.echo(reports.facts_csv(found, known), nl=False)
    else:
        reports.terminal_facts(found, known, subjects=not words and not assumptions)


def _check_facts(found: list[Fact], known: Facts, as_of: str | None, as_json: bool, as_csv: bool) -> None:
    """Print what to look at again among some facts."""
    from gigawatt import facts_check
    from gigawatt import report as reports

    try:
        today = date.fromisoformat(as_of) if as_of else date.today()
    except ValueError:
        raise ScenarioError(f"--as-of: {as_of!r}: expected a date such as 2026-11-23") from None
    findings = facts_check.check(known, today, found)
    counts = facts_check.summary(findings)
    if as_json:
        rows = [facts_check.row(f, known) for f in findings]
        whole = {"as_of": today.isoformat(), "checked": len(found), "counts": counts, "findings": rows}
        click.echo(json.dumps(whole, ensure_ascii=False, indent=1))
    elif as_csv:
        click.echo(reports.findings_csv(findings, known), nl=False)
    else:
        reports.terminal_findings(findings, counts, len(found), today)


main.add_command(power)
main.add_command(data)
main.add_command(validate)
main.add_command(compare)
main.add_command(portfolio)
main.add_command(serve)
main.add_command(train)
main.add_command(web)
main.add_command(network)


def _check_writable(path: str) -> None:
    folder = Path(path).resolve().parent
    if not folder.is_dir():
        raise ScenarioError(f"{path}: the folder {folder.name} does not exist; make it first")


def _write(path: str, content: str | bytes) -> None:
    try:
        Path(path).write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be written ({error.strerror}); choose another name") from None
    click.echo(f"wrote {path}", err=True)
