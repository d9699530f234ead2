"""The verb ``screen`` behind its flags: arguments -> API -> print, with progress on standard error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from gigawatt import report
from gigawatt.errors import ScenarioError
from gigawatt.screen import Interrupted, Screen, outputs, screen

TOP_SITES = 40  # rows of a site screen that are printed where --top says nothing


def run(
    places: Sequence[str],
    save: Sequence[str],
    *,
    sites: str | None,
    file: str | None,
    overrides: Sequence[str],
    sort: str | None,
    reverse: bool,
    territories: bool,
    count: int | None,
    workers: int | None,
    dask: str | None,
    store: str | None,
    resume: str | None,
    **flags: Any,
) -> Screen:
    """Answer what the flags ask; what cannot be written or read is said before any work begins."""
    for path in save:
        outputs.checked(path)
    question = _question(file, overrides, flags)
    if resume and (places or sites or question):
        raise ScenarioError(f"--resume {resume}: the question is in the folder; leave the rest of it out")
    try:
        with progress_bar() as progress:
            return screen(
                places,
                in_country=sites or "",
                question=question,
                sort=sort or "",
                reverse=reverse,
                territories=territories,
                count=count,
                workers=workers,
                dask=dask or "",
                store=store or "",
                resume=resume or "",
                progress=progress,
            )
    except Interrupted as stopped:
        click.echo(f"gigawatt: {stopped}", err=True)
        raise SystemExit(130) from None


def _question(file: str | None, overrides: Sequence[str], flags: dict[str, Any]) -> dict[str, Any]:
    from gigawatt.cli import _override
    from gigawatt.scenario import question_of

    question = question_of(file) if file else {}
    if question.get("goal"):
        raise ScenarioError(f"{file}: goal: {question['goal']!r}; a screen asks the same of all: leave it out")
    question |= {k: v for k, v in flags.items() if v is not None}
    if facts := dict(_override(o) for o in overrides):
        question["facts"] = {**question.get("facts", {}), **facts}
    return question


@contextmanager
def progress_bar() -> Iterator[Any]:
    """A bar on standard error; nothing there when it is no terminal."""
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("", total=None)
    with bar:
        yield lambda done, total: bar.update(task, completed=done, total=total)


def show(found: Screen, *, as_json: bool, as_csv: bool, top: int | None) -> None:
    """Print rows: a table, JSON or CSV."""
    if as_json:
        click.echo(found.text_json())
    elif as_csv:
        click.echo(outputs.csv_text(found), nl=False)
    else:
        usual = TOP_SITES if found.request["kind"] == "sites" else 0
        report.screen_terminal(found, (usual if top is None else top) or None)


def write(found: Screen, path: str) -> None:
    """Save rows by the ending of the name."""
    try:
        Path(path).write_bytes(outputs.made(found, path))
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be written ({error.strerror}); choose another name") from None
    click.echo(f"wrote {path}", err=True)


def all_refused(found: Screen) -> bool:
    """Whether no place has a yes or a yes_if: exit code 1, as of a plan that is a no."""
    return all(row["verdict"] in ("no", None) for row in found.rows)
