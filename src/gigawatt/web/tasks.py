"""What workers run: functions of plain arguments that call the library. None takes a path from a request."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from gigawatt.answer import Plan, plain
from gigawatt.errors import ScenarioError
from gigawatt.scenario import Scenario

Progress = Callable[[int, int], None]
WARMING = {"place": "France", "power": "1 GW", "draws": 50}


def warm() -> None:
    """Load facts and compiled code."""
    from gigawatt.scenario import read

    plan(read(WARMING))


def plan(scenario: Scenario, with_frontier: bool = False) -> Plan:
    """The answer for one place."""
    from gigawatt.plan import plan as make

    return make(scenario, with_frontier=with_frontier)


def compare(entries: tuple[str, ...], terms: dict[str, Any]) -> dict[str, Any]:
    """Programmes and questions side by side."""
    from gigawatt.compare import compare as make

    return dict(plain(make(*entries, **terms).json()))


def audit(text: str, place: str, terms: dict[str, Any]) -> dict[str, Any]:
    """An announcement checked against itself."""
    from gigawatt.compare import audit as make

    return dict(plain(make(text, place=place, **terms).json()))


def train(model: str, on: str, more: dict[str, Any]) -> dict[str, Any]:
    """A training run on a cluster."""
    from gigawatt.training_run import train as make

    return dict(plain(make(model, on, **more).json()))


def network(on: str, topology: str | None, sides: str | None) -> dict[str, Any]:
    """The network of a cluster."""
    from gigawatt.network_run import network as make

    return dict(plain(make(on, topology=topology, sides=sides).json()))


def serve(model: str, on: str, more: dict[str, Any]) -> dict[str, Any]:
    """What accelerators serve of a model."""
    from gigawatt.inference import serve as make

    return dict(plain(make(model, on, **more).json()))


@contextmanager
def _sent(files: Mapping[str, str]) -> Iterator[Path]:
    """A folder with files that were sent, for as long as they are read; no message names the folder."""
    with tempfile.TemporaryDirectory(prefix="gigawatt-") as folder:
        for name, text in files.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        try:
            yield Path(folder)
        except ScenarioError as error:
            raise ScenarioError([p.replace(f"{folder}{os.sep}", "") for p in error.problems]) from None


def power(case: str, series: Mapping[str, str], gap: float) -> dict[str, Any]:
    """The power room on the user's own case and series, which were sent as text."""
    from gigawatt.power import solve
    from gigawatt.power.explain import nearest
    from gigawatt.power_case import as_year, nearest_as_year, read_case_text
    from gigawatt.report.power_words import power_json

    with _sent(series) as folder:
        asked = read_case_text(case, folder / "case", only=set(series))
    found = solve(asked.problem, gap=gap)
    near = None
    if found.status == "infeasible":
        near = nearest_as_year(nearest(asked.problem), asked.year_share)
    return dict(plain(power_json(asked, as_year(found, asked.year_share), near)))


def validate(files: Mapping[str, str], rows: bool) -> dict[str, Any]:
    """Cases that were sent as text, or those that come with the package, through the planner."""
    from gigawatt.validate import validate as make

    if not files:
        return _published(rows)
    with _sent(files) as folder:
        text = make([folder / name for name in files]).text_json(rows)
    return dict(json.loads(text.replace(f"{folder}{os.sep}", "")))


@cache
def _published(rows: bool) -> dict[str, Any]:
    """The published cases: they do not change while we run."""
    from gigawatt.validate import shipped
    from gigawatt.validate import validate as make

    return dict(json.loads(make(shipped()).text_json(rows)))


def screen(request: dict[str, Any], folder: str = "", progress: Progress | None = None) -> dict[str, Any]:
    """The answer for many places; finished rows are kept in a folder, from which a later call goes on."""
    from gigawatt.screen import screen as make

    more = {k: v for k, v in request.items() if k != "places"}
    found = make(tuple(request.get("places") or ()), **more, workers=1, store=folder, progress=progress)
    return dict(plain(found.json()))


def screen_job(request: dict[str, Any], folder: str, progress: Progress) -> dict[str, Any]:
    """A screen that goes on with the rows in its folder; rows of an older version are thrown away."""
    rows = Path(folder, "rows")
    try:
        return screen(request, str(rows), progress)
    except ScenarioError:
        if not rows.exists():
            raise
        shutil.rmtree(rows)
        return screen(request, str(rows), progress)


def frontier_job(request: dict[str, Any], folder: str, progress: Progress) -> dict[str, Any]:
    """A plan with the same campus by every strategy; seconds of work, so a later try begins anew."""
    from gigawatt.plan import plan as make
    from gigawatt.scenario import read

    return dict(plain(make(read(request), with_frontier=True, progress=progress).json()))


def draws_job(request: dict[str, Any], folder: str, progress: Progress) -> dict[str, Any]:
    """A plan with joint draws of whole plans; what is drawn is kept in the folder, from which a later try goes on."""
    from gigawatt.scenario import read
    from gigawatt.uncertainty.command import planned
    from gigawatt.uncertainty.ensemble import simulate

    scenario, rows = read(request), Path(folder, "draws")
    try:
        drawn = simulate(scenario, workers=1, store=rows, keep=True, progress=progress)
    except ScenarioError:
        if not rows.exists():
            raise
        shutil.rmtree(rows)  # of an older version
        drawn = simulate(scenario, workers=1, store=rows, keep=True, progress=progress)
    return dict(plain(planned(scenario, drawn).json()))


def portfolio_job(request: dict[str, Any], folder: str, progress: Progress) -> dict[str, Any]:
    """One budget over several sites; the curves of finished sites are kept in the folder."""
    from gigawatt.portfolio import portfolio as make

    rows = Path(folder, "sites")
    try:
        found = make(request, workers=1, store=rows, progress=progress)
    except ScenarioError:
        if not rows.exists():
            raise
        shutil.rmtree(rows)  # of an older version
        found = make(request, workers=1, store=rows, progress=progress)
    return dict(json.loads(found.text_json()))


def preview(path: str, name: str) -> dict[str, Any]:
    """What an upload is taken for."""
    from gigawatt.own_data.preview import preview as look

    try:
        return dict(plain(look(path).json()))
    except ScenarioError as error:  # the folder of the server is nobody's business
        raise ScenarioError([p.replace(path, name) for p in error.problems]) from None


def json_file(found: Plan) -> bytes:
    """The published JSON."""
    return found.text_json().encode()


def csv_file(found: Plan) -> bytes:
    """Figures and tables."""
    from gigawatt import report

    return report.tables_csv(found).encode()


def xlsx_file(found: Plan) -> bytes:
    """The workbook with live formulas."""
    from gigawatt import report

    return report.workbook(found)


def html_file(found: Plan) -> bytes:
    """The self-contained report."""
    from gigawatt import report

    return report.html(found).encode()


def pdf_file(found: Plan) -> bytes:
    """The printed report."""
    from gigawatt import report

    return report.pdf(found)


def geojson_file(found: Plan) -> bytes:
    """The campus on a map."""
    from gigawatt import report

    return report.geojson(found).encode()


def nc_file(found: Plan) -> bytes:
    """The PyPSA network."""
    from gigawatt import report

    return report.netcdf(found)
