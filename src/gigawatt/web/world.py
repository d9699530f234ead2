"""The answer of every country for the first page: made once per code and facts, kept, made anew where it is old.

The screen takes tens of seconds, so it runs in worker processes of its own while the page shows what is kept: of this
data folder, else of the package (``tools/make_world.py``), with its date. It goes on where it was stopped.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from gigawatt.errors import GigawattError
from gigawatt.facts import load_facts
from gigawatt.screen import screen, work
from gigawatt.web.settings import Settings

FILE = "world.json"
OLD_DAYS = 30  # after which the dates of an answer are made anew
LARGEST: dict[str, Any] = {}  # nothing given: the largest campus that no gate refuses
SAME = {"power": "100 MW"}  # the same campus everywhere, for what depends on size
OF_LARGEST = ("facility_peak_mw", "capex_usd")
OF_SAME = (
    "full_power_date",
    "lcoc_at_utilisation_usd_per_accelerator_hour",
    "lcoe_usd_per_mwh",
    "emissions_kg_per_mwh",
    "share_of_peak_demand",
)
EDGES = ("web", "report", "cli", "compare", "validate", "own_data")  # what no answer of a country depends on
PARTS = ("value", "low", "high", "unit")
log = logging.getLogger("gigawatt.web")


@dataclass(frozen=True)
class World:
    """Rows of all countries: code, verdict, what binds, headline figures; and what made them."""

    version: str
    as_of: str
    rows: tuple[dict[str, Any], ...]

    def is_current(self, today: date) -> bool:
        """Whether code and facts are those of now, and the dates not old."""
        if self.version != made_by() or not self.rows:
            return False
        return (today - date.fromisoformat(self.as_of)).days <= OLD_DAYS

    def text(self) -> str:
        """As it is kept."""
        kept = {"version": self.version, "as_of": self.as_of, "rows": list(self.rows)}
        return json.dumps(kept, ensure_ascii=False, allow_nan=False, indent=0)


NOTHING = World("", "1970-01-01", ())


def summarised(largest: Any, same: Any) -> World:
    """The rows of two screens with what the first page shows of them."""
    beside = {r["key"]: r for r in same.rows}
    rows = tuple(_row(r, beside[r["key"]]) for r in sorted(largest.rows, key=lambda r: str(r["iso3"])))
    return World(made_by(), str(largest.request["question"]["as_of"]), rows)


def _row(row: Mapping[str, Any], same: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("iso3", "name", "lat", "lon", "verdict")
    figures = _figures(row, OF_LARGEST) | _figures(same, OF_SAME)
    return {k: row[k] for k in kept} | {"binding": row["binding"]["constraint"], "figures": figures}


def _figures(row: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, list[Any]]:
    found = {k: row["figures"].get(k, {}) for k in names if row["verdict"] != "no"}
    return {k: _short(f) for k, f in found.items() if f.get("value") is not None}


def _short(figure: Mapping[str, Any]) -> list[Any]:
    return [float(f"{x:.5g}") if isinstance(x, float) else x for x in (figure[k] for k in PARTS)]


class Keeper:
    """Holds the answers of all countries; ``start`` makes them anew in the background where they are old."""

    def __init__(self, settings: Settings) -> None:
        self.folder, self.today, self.workers = settings.folder / "world", settings.today, settings.workers
        known = (_read(self.folder / FILE) or NOTHING, shipped())
        self.world = max(known, key=lambda w: (w.is_current(self.today or date.today()), w.as_of))
        self.progress: tuple[int, int] | None = None  # places done and all, while a screen runs
        self.thread: threading.Thread | None = None

    @property
    def is_current(self) -> bool:
        """Whether what is shown was made by this code and these facts."""
        return self.world.is_current(self.today or date.today())

    def start(self) -> None:
        """Begin a screen where what is kept is old; harmless when one runs."""
        if self.is_current or self.thread is not None:
            return
        self.progress = (0, 0)
        self.thread = threading.Thread(target=self._screen, daemon=True)
        self.thread.start()

    def _screen(self) -> None:
        today = (self.today or date.today()).isoformat()
        try:
            made = [self._answers(asked | {"as_of": today}, part) for part, asked in enumerate((LARGEST, SAME))]
            self.world = summarised(*made)
            partial = self.folder / f"{FILE}.part"
            partial.write_text(self.world.text(), encoding="utf-8")
            partial.replace(self.folder / FILE)
            for old in self.folder.glob("*/screen.sqlite"):
                old.unlink(missing_ok=True)
                old.parent.rmdir()
        except (GigawattError, OSError) as error:
            log.warning("the answers of all countries could not be made: %s", error)
        finally:
            self.progress = None

    def _answers(self, question: dict[str, Any], part: int) -> Any:
        def progress(done: int, of: int) -> None:
            self.progress = (done + part * of, 2 * of)

        rows = self.folder / f"{part}-{work.version()}-{question['as_of']}"
        return screen(question=question, store=rows, workers=max(2, self.workers), progress=progress)


@cache
def made_by() -> str:
    """Fingerprint of what the answers depend on: the facts, and the code but for its edges."""
    root = Path(work.__file__).resolve().parent.parent
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root).as_posix()
        if not name.startswith(EDGES):
            digest.update(name.encode() + path.read_bytes())
    return f"{digest.hexdigest()}-{load_facts().hash}"


@cache
def shipped() -> World:
    """The rows that came with the package, made by the code and facts they name."""
    return _read(Path(str(resources.files("gigawatt.web") / FILE))) or NOTHING


def _read(path: Path) -> World | None:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return replace(NOTHING, version=kept["version"], as_of=kept["as_of"], rows=tuple(kept["rows"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
