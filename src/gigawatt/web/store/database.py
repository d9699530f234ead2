"""The database: opened, brought to the newest shape, and handed out as sessions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from gigawatt.errors import ScenarioError

WAIT_S = 30  # for another writer of SQLite


class Database:
    """An engine, and sessions on it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._sessions = sessionmaker(engine, expire_on_commit=False)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that is committed at the end, or rolled back."""
        with self._sessions.begin() as session:
            yield session

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def opened(url: str) -> Database:
    """Open a database, make it where it is new, and bring its tables to the newest shape.

    Parameters
    ----------
    url : str
        SQLAlchemy address. [-]

    Returns
    -------
    Database

    Raises
    ------
    ScenarioError
        When it cannot be opened.
    """
    try:
        address = make_url(url)
        local = address.get_backend_name() == "sqlite"
        if local and address.database:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(address, connect_args={"timeout": WAIT_S} if local else {}, pool_pre_ping=not local)
        if local:
            event.listen(engine, "connect", _for_many_readers)
        with engine.connect() as connection:
            migrate(connection)
    except (ArgumentError, ImportError) as error:
        raise ScenarioError(
            f"GIGAWATT_DATABASE_URL: {error}; expected an address such as sqlite:///plans.sqlite"
        ) from None
    except (SQLAlchemyError, OSError) as error:
        said = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise ScenarioError(f"database: cannot be opened ({said}); check --data or GIGAWATT_DATABASE_URL") from None
    return Database(engine)


def migrate(connection: Any, to: str = "head") -> None:
    """Bring the tables to a revision."""
    with as_file(files("gigawatt.web.store").joinpath("migrations")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def _for_many_readers(connection: Any, _record: Any) -> None:
    """Readers do not wait for the writer, and what is committed survives a crash."""
    for line in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON"):
        connection.execute(line)
