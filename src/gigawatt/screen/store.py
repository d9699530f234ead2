"""Finished rows on disk: one SQLite file, a transaction per unit of work. What is in it is whole, and in it once."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gigawatt.errors import ScenarioError

FILE = "screen.sqlite"
_TABLES = (
    "CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS unit (key TEXT PRIMARY KEY, rows TEXT NOT NULL)",
)


class Store:
    """The rows of one request. A row counts once it is on the disk; a unit that is there is not done again.

    Parameters
    ----------
    folder : Path or None
        Where the file lies; None: in memory, for a run that need not survive. [-]
    request : mapping
        What is asked, as plain data; another request is refused. [-]
    version : str
        Fingerprint of code and facts; rows of another one are refused. [-]
    """

    def __init__(self, folder: Path | None, request: Mapping[str, Any], version: str) -> None:
        self.folder = folder
        try:
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
            self._db = _open(folder)
            with self._db:
                for table in _TABLES:
                    self._db.execute(table)
                about = {"request": _text(request), "version": version}
                self._db.executemany("INSERT OR IGNORE INTO about VALUES (?, ?)", about.items())
            found = dict(self._db.execute("SELECT name, value FROM about"))
        except (OSError, sqlite3.Error) as error:
            raise ScenarioError(f"{folder}: rows cannot be kept there ({error}); choose another folder") from None
        if found["request"] != about["request"]:
            raise ScenarioError(
                f"{folder}: holds the rows of another question; go on with that one by --resume {folder}, "
                "or choose another folder"
            )
        if found["version"] != version:
            raise ScenarioError(
                f"{folder}: its rows were made by other code or facts ({found['version']}, now {version}) and are not "
                "mixed with new ones; choose another folder"
            )

    def done(self) -> set[str]:
        """Keys of the finished units."""
        return {key for (key,) in self._db.execute("SELECT key FROM unit")}

    def add(self, key: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Keep the rows of a unit, on the disk when this returns; a second time changes nothing."""
        with self._db:
            self._db.execute("INSERT OR IGNORE INTO unit VALUES (?, ?)", (key, _text(list(rows))))

    def rows(self) -> list[dict[str, Any]]:
        """All rows, by key of their unit."""
        return [row for (text,) in self._db.execute("SELECT rows FROM unit ORDER BY key") for row in json.loads(text)]

    def close(self) -> None:
        self._db.close()

    def remove(self) -> None:
        """Take the file away, once its rows have been handed over."""
        self.close()
        if self.folder is not None:
            (self.folder / FILE).unlink(missing_ok=True)
            self.folder.rmdir()


def stored_request(folder: Path) -> dict[str, Any]:
    """The request whose rows a folder holds.

    Raises
    ------
    ScenarioError
        Where there is none.
    """
    path = folder / FILE
    if not path.is_file():
        raise ScenarioError(f"{folder}: holds no run to go on with; begin one there with --store {folder}")
    try:
        db = _open(folder)
        (text,) = db.execute("SELECT value FROM about WHERE name = 'request'").fetchone()
        db.close()
        return dict(json.loads(text))
    except (sqlite3.Error, TypeError, ValueError) as error:
        raise ScenarioError(f"{path}: cannot be read ({error}); expected a file that a run wrote") from None


def cache_folder(request: Mapping[str, Any], version: str, kind: str) -> Path | None:
    """Where an interrupted run without a folder of its own leaves its rows for the next of the same question."""
    text = json.dumps([request, version], sort_keys=True)
    name = f"gigawatt-{kind}-{hashlib.blake2b(text.encode(), digest_size=8).hexdigest()}"
    for home in (os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache"), tempfile.gettempdir()):
        folder = Path(home) / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return folder
        except OSError:
            continue
    return None


def _open(folder: Path | None) -> sqlite3.Connection:
    db = sqlite3.connect(":memory:" if folder is None else folder / FILE, timeout=60)
    db.execute("PRAGMA synchronous = FULL")
    return db


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False, separators=(",", ":"))
