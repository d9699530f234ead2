"""The verb `train`: what a cluster delivers on one training run, and the parallel plan that does it."""

from __future__ import annotations

import json

import click

from gigawatt import parse
from gigawatt.errors import ScenarioError

EXAMPLES = {"loss": "1.95", "age": "3"}


@click.command()
@click.argument("model")
@click.option("--on", required=True, metavar="CLUSTER", help="Accelerators: '16384 H100', '100k GB300'.")
@click.option("--tokens", metavar="N", help="Length of the run in tokens, such as 15e12.")
@click.option("--flop", metavar="N", help="Length of the run in FLOP instead, such as 4e25.")
@click.option("--loss", metavar="NATS", help="Loss per token to reach instead, by a published scaling law: 1.95.")
@click.option("--batch", type=int, metavar="N", help="Sequences per step.")
@click.option("--sequence", type=int, metavar="N", help="Tokens per sequence.")
@click.option("--precision", default="bf16", show_default=True, help="Of linear layers: bf16, fp8, mxfp8, nvfp4.")
@click.option("--software", metavar="DATE", help="Date of the training software: 2025, 2025-06; else the newest known.")
@click.option("--plan", "degrees", metavar="DEGREES", help="Given degrees: 'tp=8,pp=16,mb=1'; else the best.")
@click.option("--recovery", help="persistent_checkpoint, in_memory_redundant or fast_hot_spares.")
@click.option("--operator", help="tuned (as the measured runs; the default), practised or new.")
@click.option(
    "--age",
    "--cluster-age",
    "age",
    metavar="MONTHS",
    help="Months the cluster has been in service: young ones fail more often.",
)
@click.option("--spares", metavar="SHARE", help="Accelerators that stand by: '2 %'.")
@click.option("--elastic", is_flag=True, help="A failure stops one replica only.")
@click.option("--sites", type=int, metavar="N", help="Share the accelerators out over N sites.")
@click.option("--wan", metavar="SPEED", help="Bandwidth between neighbouring sites: '800 Gbps', '100 Tbit/s'.")
@click.option("--distance", metavar="KM", help="Distance between neighbouring sites: '300 km'.")
@click.option("--within", metavar="SHARE", help="Time that may be lost between sites: '5 %'.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def train(
    model: str,
    on: str,
    tokens: str | None,
    flop: str | None,
    loss: str | None,
    batch: int | None,
    sequence: int | None,
    precision: str,
    software: str | None,
    degrees: str | None,
    recovery: str | None,
    operator: str | None,
    age: str | None,
    spares: str | None,
    elastic: bool,
    sites: int | None,
    wan: str | None,
    distance: str | None,
    within: str | None,
    as_json: bool,
) -> None:
    """What a cluster delivers on one training run. MODEL is of the catalogue, or a TOML or JSON file of its shape.

    \b
    gigawatt train llama-3.1-405b --on "16384 H100"
    gigawatt train deepseek-v3 --on "2048 H800" --precision fp8 --tokens 14.8e12
    gigawatt train my_model.toml --on "4096 GB300" --plan tp=4,pp=8 --json
    gigawatt train llama-3.1-405b --on "100k GB300" --loss 1.9 --spares "2 %" --elastic --age 3
    gigawatt train llama-3.1-405b --on "5 x 100000 GB300" --wan "800 Gbps" --distance "300 km"
    """
    from gigawatt.report.training_words import terminal
    from gigawatt.training_run import train as run

    if sequence is not None and sequence < 1:
        raise ScenarioError(f"--sequence: {sequence}; expected at least 1 token")
    found = run(
        model,
        on,
        tokens=_number("tokens", tokens),
        flop=_number("flop", flop),
        batch=batch,
        sequence=sequence,
        precision=precision,
        software=_year(software),
        plan=_degrees(degrees),
        recovery=recovery,
        loss=_number("loss", loss),
        operator=operator,
        age=_number("age", age),
        spares=_share("spares", spares),
        elastic=elastic,
        sites=sites,
        wan=wan,
        distance=distance,
        within=within,
    )
    if as_json:
        click.echo(json.dumps(found.json(), ensure_ascii=False, indent=1, allow_nan=False))
    else:
        terminal(found)


def _number(name: str, text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return float(text.replace("_", ""))
    except ValueError:
        raise ScenarioError(f"--{name}: {text!r}; expected a number such as {EXAMPLES.get(name, '15e12')}") from None


def _share(name: str, text: str | None) -> float | None:
    """A share: '2 %' or 0.02."""
    try:
        return None if text is None else parse.share(text)
    except ValueError as error:
        raise ScenarioError(f"--{name}: {error}") from None


def _year(text: str | None) -> float | None:
    """A date as a year with its share: the middle of the year or month named."""
    if text is None:
        return None
    try:
        return parse.year(text)
    except ValueError as error:
        raise ScenarioError(f"--software: {error}") from None


def _degrees(text: str | None) -> dict[str, str] | None:
    if not text or text.strip().lower() == "best":
        return None
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    if not all(sign for _, sign, _ in pairs):
        raise ScenarioError(f"--plan: {text!r}; expected degrees such as tp=8,pp=16,mb=1, or best")
    names = [key.strip().lower() for key, _, _ in pairs]
    if twice := sorted({n for n in names if names.count(n) > 1}):
        raise ScenarioError(f"--plan: {twice[0]} is given twice; write it once")
    return {key.strip().lower(): value.strip() for key, _, value in pairs}
