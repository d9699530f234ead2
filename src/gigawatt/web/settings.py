"""What the server is told when it starts: where it listens, what it keeps, how much it takes on."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import platformdirs

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PORT = 8765


@dataclass(frozen=True)
class Settings:
    """Settings of one server; the defaults suit one person on one machine."""

    host: str = "127.0.0.1"
    """Address to listen on. [-]"""
    port: int = PORT
    """TCP port. [-]"""
    token: str = ""
    """Shared secret every request must show; '' on loopback. [-]"""
    allowed_hosts: tuple[str, ...] = ()
    """Names by which the server may be called, beside loopback and its own address. [-]"""
    data: Path | None = None
    """Folder of the database and of uploads; None: the platform's folder for user data. [-]"""
    database_url: str = field(default="", repr=False)
    """SQLAlchemy address of another database, such as postgresql+psycopg://user@host/name. [-]"""
    today: date | None = None
    """Today's date for questions without ``as_of``; None: the clock's. [-]"""
    body_bytes: int = 8_000_000
    """Most bytes of a request's body. [byte]"""
    all_bodies_bytes: int = 200_000_000
    """Most bytes of all bodies held at once. [byte]"""
    upload_bytes: int = 30_000_000
    """Most bytes of an uploaded file; an hourly year with twenty columns is about 2 MB. [byte]"""
    body_s: float = 30.0
    """Most time a body may take to arrive. [s]"""
    plan_s: float = 60.0
    """Most time an answer may take; longer runs are jobs. [s]"""
    file_s: float = 180.0
    """Most time a file to take away may take: a PDF has many pages. [s]"""
    workers: int = max(2, min(4, os.cpu_count() or 1))
    """Processes that answer questions; 0: threads of the server, which cannot be stopped. [-]"""
    queue: int = 16
    """Questions that may wait; more are told to come back. [-]"""
    job_s: float = 4 * 3600.0
    """Most time a job may take. [s]"""
    jobs_at_once: int = 1
    """Jobs that run at a time, each in a process. [-]"""
    jobs_waiting: int = 20
    """Jobs that may wait or run; more are told to come back. [-]"""
    plans_kept: int = 10_000
    """Most saved plans. [-]"""
    draws: int = 20_000
    """Most draws a request may ask for. [draw]"""

    @property
    def folder(self) -> Path:
        """Where the server keeps what it is given."""
        return self.data or platformdirs.user_data_path("gigawatt", appauthor=False)

    @property
    def uploads(self) -> Path:
        """Where uploads lie, by the hash of their content."""
        return self.folder / "uploads"

    @property
    def database(self) -> str:
        """SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{self.folder / 'gigawatt.sqlite'}"

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in LOOPBACK
