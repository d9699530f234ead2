"""Long runs: kept in the database, each in a process of its own, cancelled by ending it, taken up again after a crash.

A running job shows a heartbeat. One whose heartbeat stopped belongs to a server that is gone: whichever server sees it
first goes on with it, from what the run has kept so far. Runs give the same result however often they are broken off.
"""

from __future__ import annotations

import json
import logging
import secrets
import shutil
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, or_, select, update

from gigawatt import __version__
from gigawatt.errors import GigawattError
from gigawatt.web import tasks
from gigawatt.web.crew import Ended, Worker
from gigawatt.web.errors import WebError, of_ours
from gigawatt.web.settings import Settings
from gigawatt.web.store import Database, Job

log = logging.getLogger("gigawatt.web")
BEAT_S = 1.0  # between heartbeats
SILENT_S = 5.0  # a job without one for so long is taken over
LOOK_S = 0.25  # between looks at the table
TRIES = 3  # a job that ended its process so often has failed
WAITING = ("queued", "running")
KINDS: dict[str, Callable[..., dict[str, Any]]] = {
    "screen": tasks.screen_job,
    "frontier": tasks.frontier_job,
    "draws": tasks.draws_job,
    "portfolio": tasks.portfolio_job,
}


@dataclass
class Running:
    """A job of ours under way."""

    worker: Worker
    until: float
    cancelled: str = ""
    progress: tuple[int, int] = (0, 0)
    thread: threading.Thread | None = field(default=None, repr=False)


class Jobs:
    """The jobs of one database, and those of them that run here."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database, self.settings = database, settings
        self.folder = settings.folder / "jobs"
        self.owner = secrets.token_hex(8)
        self.running: dict[str, Running] = {}
        self.stopping = threading.Event()
        self.thread: threading.Thread | None = None

    # ---- what requests call

    def add(self, kind: str, request: dict[str, Any]) -> Job:
        """Keep a job to be run.

        Raises
        ------
        WebError
            429 where too many wait.
        """
        with self.database.session() as session:
            waiting = session.scalar(select(func.count()).select_from(Job).where(Job.state.in_(WAITING))) or 0
            if waiting >= self.settings.jobs_waiting:
                raise WebError(
                    429,
                    "jobs",
                    waiting,
                    f"at most {self.settings.jobs_waiting} jobs at once",
                    "wait for one, or cancel one",
                    headers={"Retry-After": "30"},
                )
            job = Job(
                id=secrets.token_hex(16),
                kind=kind,
                request=request,
                state="queued",
                created=time.time(),
                model_version=__version__,
            )
            session.add(job)
        return job

    def get(self, job_id: str) -> Job:
        """A job.

        Raises
        ------
        WebError
            404 for an id that does not exist.
        """
        with self.database.session() as session:
            job = session.get(Job, job_id)
        if job is None:
            raise WebError(404, "job", job_id, "the id of a job", "see /api/jobs")
        return job

    def newest(self, count: int) -> list[Job]:
        """The newest jobs."""
        with self.database.session() as session:
            return list(session.scalars(select(Job).order_by(Job.created.desc()).limit(count)))

    def result(self, job_id: str) -> Any:
        """What came out.

        Raises
        ------
        WebError
            404 where there is no job, 409 where it has no result.
        """
        with self.database.session() as session:
            row = session.execute(select(Job.state, Job.result).where(Job.id == job_id)).first()
        if row is None:
            raise WebError(404, "job", job_id, "the id of a job", "see /api/jobs")
        if row.result is None:
            raise WebError(409, "job", row.state, "a job that is done", "look again later: /api/jobs")
        return json.loads(zlib.decompress(row.result))

    def cancel(self, job_id: str) -> Job:
        """End a job; the process that runs it is ended by the server that runs it. Nothing where it has ended."""
        with self.database.session() as session:
            session.execute(
                update(Job)
                .where(Job.id == job_id, Job.state.in_(WAITING))
                .values(state="cancelled", finished=time.time())
            )
        if job_id in self.running:
            self._end(job_id, "cancelled")
        return self.get(job_id)

    def remove(self, job_id: str) -> None:
        """Cancel a job and forget it."""
        self.cancel(job_id)
        with self.database.session() as session:
            session.execute(delete(Job).where(Job.id == job_id))
        shutil.rmtree(self._place(job_id), ignore_errors=True)

    # ---- what the server runs

    def start(self) -> None:
        """Begin to run jobs."""
        self.thread = threading.Thread(target=self._watch, name="jobs", daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Stop: jobs under way are left for the next start, which need not wait for their heartbeat to be missed."""
        self.stopping.set()
        if self.thread is not None:
            self.thread.join()
        for job_id in list(self.running):
            self._end(job_id, "stopped")
        for running in list(self.running.values()):
            if running.thread is not None:
                running.thread.join(timeout=5)
        with self.database.session() as session:
            session.execute(
                update(Job).where(Job.owner == self.owner, Job.state == "running").values(state="queued", owner="")
            )

    def _watch(self) -> None:
        """Start what waits, show that we live, end what was cancelled."""
        beat = 0.0
        while not self.stopping.wait(LOOK_S):
            try:
                if time.time() - beat >= BEAT_S:
                    beat = time.time()
                    self._beat()
                while len(self.running) < self.settings.jobs_at_once and (job := self._claimed()) is not None:
                    self._run(job)
            except Exception:
                log.exception("jobs")

    def _beat(self) -> None:
        for job_id, running in list(self.running.items()):
            done, total = running.progress
            with self.database.session() as session:
                found = session.execute(
                    update(Job)
                    .where(Job.id == job_id, Job.owner == self.owner, Job.state == "running")
                    .values(heartbeat=time.time(), done=done, total=total)
                )
            if not found.rowcount:  # type: ignore[attr-defined]
                self._end(job_id, "cancelled")
            elif time.monotonic() > running.until:
                self._end(job_id, "late")

    def _claimed(self) -> Job | None:
        """The oldest job that waits, or whose server is gone; now ours."""
        free = or_(Job.state == "queued", (Job.state == "running") & (Job.heartbeat < time.time() - SILENT_S))
        with self.database.session() as session:
            for job in session.scalars(select(Job).where(free).order_by(Job.created).limit(5)):
                if job.id in self.running:
                    continue
                taken = session.execute(
                    update(Job)
                    .where(Job.id == job.id, free)
                    .values(state="running", owner=self.owner, heartbeat=time.time(), tries=Job.tries + 1)
                )
                if taken.rowcount:  # type: ignore[attr-defined]
                    session.refresh(job)
                    return job
        return None

    def _run(self, job: Job) -> None:
        folder = self._place(job.id)
        folder.mkdir(parents=True, exist_ok=True)
        running = Running(
            Worker(self.settings.uploads), time.monotonic() + self.settings.job_s, "", (job.done, job.total)
        )
        running.thread = threading.Thread(target=self._work, args=(job, running, folder), daemon=True)
        self.running[job.id] = running
        running.thread.start()

    def _work(self, job: Job, running: Running, folder: Path) -> None:
        def progress(done: int, total: int) -> None:
            running.progress = (done, total)

        values: dict[str, Any]
        try:
            if job.tries > TRIES:
                raise Ended(f"its process ended {TRIES} times")
            found = running.worker.ask(KINDS[job.kind], job.request, str(folder), progress=progress)
            text = json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
            values = {"state": "done", "result": zlib.compress(text), "error": None}
        except GigawattError as error:
            values = {"state": "failed", "error": of_ours(error).json()["error"]}
        except Ended as error:
            if running.cancelled in ("stopped", "cancelled"):
                values = {}
            elif running.cancelled == "late" or job.tries > TRIES:
                said = f"it took more than {self.settings.job_s:g} s" if running.cancelled else str(error)
                values = {"state": "failed", "error": _broken(said)}
            else:
                values = {"state": "queued", "owner": ""}
        except Exception as error:
            log.exception("job %s", job.id)
            values = {"state": "failed", "error": _broken(str(error))}
        finally:
            running.worker.kill()
        done, total = running.progress
        if values.get("state") in ("done", "failed"):
            values["finished"] = time.time()
        if values:
            with self.database.session() as session:
                session.execute(
                    update(Job)
                    .where(Job.id == job.id, Job.owner == self.owner, Job.state == "running")
                    .values(done=done, total=total, **values)
                )
        if values.get("state") in ("done", "failed") or running.cancelled == "cancelled":
            shutil.rmtree(folder, ignore_errors=True)
        self.running.pop(job.id, None)

    def _end(self, job_id: str, why: str) -> None:
        running = self.running.get(job_id)
        if running is not None:
            running.cancelled = running.cancelled or why
            running.worker.kill()

    def _place(self, job_id: str) -> Path:
        return self.folder / job_id


def _broken(words: str) -> dict[str, Any]:
    found: dict[str, Any] = WebError(
        503, "job", "", "a run that ends", "ask for less, or tell us", message=words
    ).json()
    return dict(found["error"])
