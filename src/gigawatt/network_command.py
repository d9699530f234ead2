"""The verb `network`: what joins so many accelerators, as a bill."""

from __future__ import annotations

import json
import sys

import click


@click.command()
@click.option("--on", required=True, metavar="CLUSTER", help="Accelerators: '16384 H100', '100k GB300'.")
@click.option(
    "--topology",
    metavar="NAME",
    help="rail_optimised, rail_oversubscribed, rail_planes, fat_tree, rail_only or torus; without, all.",
)
@click.option("--sides", metavar="AxBxC", help="Sides of a torus: 16x16x16.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def network(on: str, topology: str | None, sides: str | None, as_json: bool) -> None:
    """Switches, optics, cables, power and price of the network of a cluster, topology by topology.

    \b
    gigawatt network --on "100k GB300"
    gigawatt network --on "16384 H100" --topology rail_only --json
    """
    from rich.console import Console

    from gigawatt.answer import plain
    from gigawatt.network_run import network as bill
    from gigawatt.report.cluster_words import NETWORK_HEADER, NETWORK_NOTE, network_rows
    from gigawatt.report.terminal_tables import titled

    found = bill(on, topology=topology, sides=sides)
    if as_json:
        click.echo(json.dumps(plain(found.json()), ensure_ascii=False, indent=1, allow_nan=False))
        return
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 110)  # as a plan is printed
    console.print(
        f"{found.accelerators:,} {found.accelerator}, {found.link_gbit_per_s:,.0f} Gbit/s each, switches of "
        f"{found.switch_ports:.0f} ports; USD of {found.price_year}, class C"
    )
    table = titled("", *NETWORK_HEADER)
    for row in network_rows(list(found.rows), f"USD_{found.price_year}"):
        table.add_row(*row)
    console.print(table)
    console.print(f"{found.words} {NETWORK_NOTE}", soft_wrap=True)
