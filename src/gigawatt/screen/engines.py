"""Where units of work run: here, in worker processes, or on a Dask cluster. The rows are the same on all.

Results come in any order; each unit comes once. A worker that dies is replaced and its unit done again.
"""

from __future__ import annotations

import json
import os
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from gigawatt.errors import ScenarioError
from gigawatt.screen import work

Task = dict[str, Any]
Rows = list[dict[str, Any]]
TRIES = 3  # a unit that kills its worker so often is kept as failed
AHEAD = 4  # units per Dask worker under way at a time, so that memory does not grow with their number
ADDRESS = re.compile(r"\w+://\S+|[^/\s]+:\d+")  # of a Dask scheduler; words without one are waited for in vain
CONNECT_S = 20  # how long an answer of the Dask scheduler is waited for


def here(tasks: Sequence[Task]) -> Iterator[tuple[str, Rows]]:
    """One after the other in this process."""
    for task in tasks:
        yield task["key"], work.run(task)


def processes(tasks: Sequence[Task], workers: int) -> Iterator[tuple[str, Rows]]:
    """In worker processes of this machine, fed one unit at a time.

    Workers are programmes of their own rather than forks: a fork copies the locks of compiled code, and
    ``multiprocessing`` would run the caller's script again. They stop when their input ends, so none is left behind
    whatever happens to us.
    """
    waiting: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
    for task in tasks:
        waiting.put(task)
    found: queue.SimpleQueue[tuple[str, Rows] | BaseException] = queue.SimpleQueue()
    crew = [_Worker(waiting, found) for _ in range(min(workers, len(tasks)))]
    try:
        for worker in crew:
            waiting.put(None)
            worker.start()
        for _ in tasks:
            result = found.get()
            if isinstance(result, BaseException):
                raise result
            yield result
    finally:
        for worker in crew:
            worker.stop()


class _Worker(threading.Thread):
    """A thread that feeds one worker process and replaces it when it dies."""

    def __init__(self, waiting: Any, found: Any) -> None:
        super().__init__(daemon=True)
        self.waiting, self.found = waiting, found
        self.process: subprocess.Popen[str] | None = None
        self.stopped = False

    def run(self) -> None:
        try:
            while not self.stopped and (task := self.waiting.get()) is not None:
                self.found.put((task["key"], self._rows(task)))
        except BaseException as error:
            self.found.put(error)
        finally:
            _end(self.process)

    def stop(self) -> None:
        """End the process and wait for the thread; harmless when both have ended."""
        self.stopped = True  # before the process is looked at: one that is started now sees it
        if self.process is not None:
            self.process.kill()
        self.join()

    def _rows(self, task: Task) -> Rows:
        code = None
        for _ in range(TRIES):
            if self.process is None:
                self.process = _spawn()
            if self.stopped:
                break
            if (line := _exchange(self.process, json.dumps(task))) is not None:
                return list(json.loads(line))
            code = _end(self.process)
            self.process = None
        return work.failed(task, f"the worker process ended {TRIES} times on it, the last time with code {code}")


def _spawn() -> subprocess.Popen[str]:
    """A worker with our own import path, in its own session so that Ctrl-C reaches only us."""
    path = os.pathsep.join(p for p in sys.path if p)
    return subprocess.Popen(
        [sys.executable, "-m", "gigawatt.screen.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": path},
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def _exchange(process: subprocess.Popen[str], line: str) -> str | None:
    """Hand over a unit and wait for its rows; None when the process ended first."""
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(line + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
    except (OSError, ValueError):
        return None
    return answer if answer.endswith("\n") else None


def _end(process: subprocess.Popen[str] | None) -> int | None:
    """End a worker, if there is one, and give its exit code."""
    if process is None:
        return None
    process.kill()
    for pipe in (process.stdin, process.stdout):
        try:
            if pipe is not None:
                pipe.close()
        except OSError:  # what was still to be sent to a worker that is gone
            pass
    return process.wait()


def dask(tasks: Sequence[Task], address: str) -> Iterator[tuple[str, Rows]]:
    """On a Dask cluster; the scheduler gives the units of a worker that dies to another one."""
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise ScenarioError('--dask needs the package distributed: pip install "gigawatt[cluster]"') from None
    if not ADDRESS.fullmatch(address):
        raise ScenarioError(f"--dask: {address!r}; expected the scheduler's host and port, such as tcp://host:8786")
    try:
        client = Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ScenarioError(f"--dask: {address!r}: no scheduler answers ({error}); start one: dask scheduler") from None
    with client:
        _same_code(client, address)
        by_key = {task["key"]: task for task in tasks}
        waiting = iter(tasks)

        def submit(task: Task) -> Any:
            return client.submit(work.run, task, key=f"gigawatt-{work.version()}-{task['key']}", pure=False)

        width = AHEAD * max(len(client.scheduler_info()["workers"]), 1)
        under_way = as_completed([submit(task) for task in islice(waiting, width)], loop=client.loop)
        for future in under_way:
            key = future.key.removeprefix(f"gigawatt-{work.version()}-")
            broken = future.exception()
            yield key, future.result() if broken is None else work.failed(by_key[key], f"on the cluster: {broken}")
            future.release()
            if (task := next(waiting, None)) is not None:
                under_way.add(submit(task))


def _same_code(client: Any, address: str) -> None:
    """Refuse a cluster whose workers hold other code or facts: their rows would not be ours."""
    others = {w: v for w, v in client.run(work.version).items() if v != work.version()}
    if others:
        worker, version = next(iter(others.items()))
        raise ScenarioError(
            f"--dask: {address!r}: worker {worker} has other code or facts ({version}, here {work.version()}); "
            "install the same Gigawatt there"
        )
