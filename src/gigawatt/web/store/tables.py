"""The tables. A change here needs a migration in ``migrations/versions``; a test compares the two."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Float, Integer, LargeBinary, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Base of all tables."""


class SavedPlan(Base):
    """A question somebody kept. The answer is made again; ``then`` and the hashes say what moved since."""

    __tablename__ = "plan"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    notes: Mapped[str] = mapped_column(Text, default="")
    question: Mapped[dict[str, Any]] = mapped_column(JSON)  # only what differs from the defaults
    answer: Mapped[str] = mapped_column(String(10))
    headline: Mapped[str] = mapped_column(Text)
    answer_hash: Mapped[str] = mapped_column(String(64))
    model_version: Mapped[str] = mapped_column(String(40))
    facts_hash: Mapped[str] = mapped_column(String(64))
    then: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), default=None)  # figures and facts read
    created: Mapped[float] = mapped_column(Float)  # seconds since 1970, UTC
    changed: Mapped[float] = mapped_column(Float)


class Job(Base):
    """A long run: what is asked, how far it is, what came out."""

    __tablename__ = "job"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12), index=True)
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    owner: Mapped[str] = mapped_column(String(40), default="")
    heartbeat: Mapped[float] = mapped_column(Float, default=0.0)
    created: Mapped[float] = mapped_column(Float)
    finished: Mapped[float | None] = mapped_column(Float, default=None)
    model_version: Mapped[str] = mapped_column(String(40))
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)
    result: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, deferred=True)  # JSON, packed by zlib
