"""The verb `data`: look at the user's own files, and download weather, prices and loads into files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gigawatt.errors import ScenarioError

if TYPE_CHECKING:
    from gigawatt.own_data.preview import Preview

SOURCES = ("pvgis", "nasa-power", "open-meteo", "entsoe", "eia")
CANNOT_BE_USED = 1


@click.group(invoke_without_command=False)
def data() -> None:
    """Your own weather, prices and loads: look at a file, or download one.

    \b
    gigawatt data preview paris.epw
    gigawatt data get pvgis --at 48.85,2.35 --out paris.json
    gigawatt data get entsoe --zone FR --year 2024 --out france.xml
    """


@data.command()
@click.argument("file", metavar="FILE")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def preview(ctx: click.Context, file: str, as_json: bool) -> None:
    """What a file is taken for: period, step, columns, gaps, notes, first rows, and what would be used of it.

    \b
    gigawatt data preview paris.epw
    gigawatt data preview "EIA930_BALANCE_2024.csv#ERCO" --json
    """
    from gigawatt.own_data.preview import preview as look

    seen = look(file)
    _show(seen, as_json)
    ctx.exit(CANNOT_BE_USED if seen.problem and not seen.used else 0)


@data.command()
@click.argument("source", type=click.Choice(SOURCES))
@click.option("--at", metavar="LAT,LON", help="Place of the weather, such as 48.85,2.35.")
@click.option("--zone", metavar="ZONE", default="", help="Bidding zone (FR, DE-LU, EIC code) or US authority (ERCO).")
@click.option("--what", type=click.Choice(("price", "load")), default="price", show_default=True, help="For entsoe.")
@click.option("--year", type=int, help="Calendar year; left out: the typical year (pvgis).")
@click.option("--out", metavar="FILE", help="File to write; left out: a name made of source, place and year.")
@click.option("--server", metavar="URL", help="Another server with the same interface.")
@click.option("--json", "as_json", is_flag=True, help="Print the preview as JSON.")
def get(
    source: str,
    at: str | None,
    zone: str,
    what: str,
    year: int | None,
    out: str | None,
    server: str | None,
    as_json: bool,
) -> None:
    """Download a year of weather, prices or load into a file, and show it. The file then serves offline.

    entsoe needs a token in ENTSOE_TOKEN, eia a key in EIA_API_KEY; both are free and are written nowhere.

    \b
    gigawatt data get pvgis --at 48.85,2.35 --out paris.json
    gigawatt data get open-meteo --at 59.44,24.75 --year 2024
    gigawatt data get entsoe --zone EE --what price --year 2024 --out estonia.xml
    gigawatt data get eia --zone ERCO --year 2024 --out texas.json
    """
    from gigawatt.cli import _check_writable
    from gigawatt.own_data.online import SUFFIX, Asked, fetch
    from gigawatt.own_data.preview import preview as look

    asked = Asked(source, _place(at), zone.strip(), "load" if source == "eia" else what, year)
    path = (
        out
        or "-".join(x for x in (source, at or zone, "" if at else asked.what, str(year or "tmy")) if x) + SUFFIX[source]
    )
    _check_writable(path)
    content, url = fetch(asked, server=server)
    try:
        Path(path).write_bytes(content)
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be written ({error.strerror}); choose another name") from None
    click.echo(f"wrote {path} ({len(content):,} bytes) from {url}", err=True)
    _show(look(path), as_json)


def _place(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        latitude, longitude = (float(x) for x in text.split(","))
    except ValueError:
        raise ScenarioError(f"--at: {text!r}; expected LAT,LON in degrees; write for example 48.85,2.35") from None
    return latitude, longitude


def _show(seen: Preview, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(seen.json(), ensure_ascii=False, indent=1, allow_nan=False))
        return
    period = f"{seen.first} to {seen.last}, " if seen.first else ""
    step = f"steps of {seen.step_min} min, " if seen.step_min else ""
    click.echo(f"{seen.name}: {seen.format}, {seen.rows:,} rows")
    click.echo(f"  {period}{step}{seen.clock}" + (f"; place {seen.place}" if seen.place else ""))
    if seen.columns:
        click.echo(_table(("quantity", "unit", "lowest", "mean", "highest", "missing", "column"), _rows(seen)))
    click.echo("  first rows:")
    for row in seen.head:
        line, *rest = row.items()
        click.echo(f"    line {line[1]}: " + ", ".join(f"{k} {'-' if v is None else v}" for k, v in rest))
    for note in seen.notes:
        click.echo(f"  note: {note}")
    if seen.used:
        click.echo(f"  serves {seen.used}")
    if seen.problem:
        click.echo(f"  {'otherwise' if seen.used else 'cannot be used'}: {seen.problem}")
    click.echo(f"  BLAKE2b {seen.digest}")


def _rows(seen: Preview) -> list[tuple[str, ...]]:
    def shown(x: Any) -> str:
        return "-" if x is None else f"{x:.4g}"

    return [
        (c["quantity"], c["unit"], *(shown(c[k]) for k in ("low", "mean", "high")), f"{c['missing']:,}", c["header"])
        for c in seen.columns
    ]


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(r[i]) for r in (header, *rows)) for i in range(len(header))]
    return "\n".join(
        "  " + "  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)).rstrip() for r in (header, *rows)
    )
