"""Worker processes that answer requests: a bounded queue in front, a time limit, and an end to what overruns.

A thread cannot be stopped, a process can: so whatever may take long runs in one.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from gigawatt.errors import GigawattError
from gigawatt.web.errors import WebError

T = TypeVar("T")
Progress = Callable[[int, int], None]


class Ended(Exception):
    """The process ended before it answered: killed, or out of memory."""


class Worker:
    """One worker process. ``ask`` blocks; ``kill`` may come from any thread."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        self.lock, self.turn = threading.Lock(), threading.Lock()
        self.killed = False

    def ask(self, function: Callable[..., T], *arguments: Any, progress: Progress | None = None) -> T:
        """Run a function in the process, which starts at the first question.

        Raises
        ------
        Ended
            When the process ends first.
        GigawattError
            What the function raised.
        """
        with self.turn:
            return self._asked(function, arguments, progress)

    def _asked(self, function: Callable[..., T], arguments: tuple[Any, ...], progress: Progress | None) -> T:
        with self.lock:
            if self.killed:
                raise Ended("ended before it began")
            if self.process is None or self.process.poll() is not None:
                self.process = _started(self.folder)
            process = self.process
        assert process.stdin is not None and process.stdout is not None
        try:
            pickle.dump((function, arguments, progress is not None), process.stdin)
            process.stdin.flush()
            while True:
                kind, value = pickle.load(process.stdout)
                if kind == "progress" and progress is not None:
                    progress(*value)
                elif kind == "result":
                    return value  # type: ignore[no-any-return]
                elif kind == "refused":
                    assert isinstance(value, GigawattError)
                    raise value
                elif kind == "broken":
                    raise RuntimeError(value)
        except (EOFError, OSError, ValueError, pickle.UnpicklingError) as error:
            raise Ended(f"the worker process ended: {error}") from None

    def kill(self) -> None:
        """End the process, in the middle of its work too."""
        with self.lock:
            self.killed, process, self.process = True, self.process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except OSError:
                        pass


def _started(folder: Path | None) -> subprocess.Popen[bytes]:
    """A worker with our own import path, in a session of its own so that Ctrl-C reaches only us."""
    return subprocess.Popen(
        [sys.executable, "-m", "gigawatt.web.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        cwd=folder,
        start_new_session=True,
    )


class Crew:
    """Workers behind one queue; with none, functions run in a thread of the server and cannot be ended.

    Parameters
    ----------
    size : int
        Processes. [-]
    queue : int
        Requests that may wait for one. [-]
    folder : Path
        Where they work: names of uploads start from there. [-]
    """

    def __init__(self, size: int, queue: int, folder: Path) -> None:
        self.size, self.queue, self.folder = size, queue, folder
        self.idle = [Worker(folder) for _ in range(size)]
        self.all = list(self.idle)
        self.gate = asyncio.Semaphore(max(size, 1))
        self.threads = ThreadPoolExecutor(max(size, 1), thread_name_prefix="crew")
        self.inside = 0
        self.warming: threading.Thread | None = None

    async def run(self, function: Callable[..., T], *arguments: Any, seconds: float) -> T:
        """Run a function of a module of ours in a worker.

        Parameters
        ----------
        function : callable
            Importable by name. [-]
        *arguments : object
            What it is called with; pickled. [-]
        seconds : float
            Most time, waiting included, once the workers are warm. [s]

        Raises
        ------
        WebError
            429 where the queue is full, 503 where no worker came free in time, 504 where the answer took too long.
        """
        if self.inside >= max(self.size, 1) + self.queue:
            raise WebError(
                429, "server", "", "fewer questions at once", "ask again in a moment", headers={"Retry-After": "2"}
            )
        self.inside += 1
        loop = asyncio.get_running_loop()
        try:
            if self.warming is not None:
                await loop.run_in_executor(None, self.warming.join)
            end = loop.time() + seconds
            try:
                await asyncio.wait_for(self.gate.acquire(), seconds)
            except TimeoutError:
                raise WebError(
                    503, "server", "", "a free worker", "ask again in a moment", headers={"Retry-After": "5"}
                ) from None
            try:
                return await self._in_turn(function, arguments, end - loop.time(), seconds)
            finally:
                self.gate.release()
        finally:
            self.inside -= 1

    async def _in_turn(self, function: Callable[..., T], arguments: tuple[Any, ...], left: float, seconds: float) -> T:
        """Run it now, in a worker that is free."""
        loop = asyncio.get_running_loop()
        if not self.size:
            return await loop.run_in_executor(self.threads, function, *arguments)
        worker = self.idle.pop()
        try:
            running = loop.run_in_executor(self.threads, lambda: worker.ask(function, *arguments))
            done, _ = await asyncio.wait({running}, timeout=max(left, 0.0))
            if not done:
                worker = self._replaced(worker)
                await asyncio.wait({running})
                running.exception()
                raise WebError(
                    504,
                    "question",
                    "",
                    f"an answer within {seconds:g} s",
                    "ask for less, or run it as a job: /api/jobs",
                )
            return running.result()
        except Ended:
            worker = self._replaced(worker)
            raise WebError(503, "server", "", "a worker that lives", "ask again; it may need less memory") from None
        finally:
            self.idle.append(worker)

    def _replaced(self, worker: Worker) -> Worker:
        worker.kill()
        self.all.remove(worker)
        fresh = Worker(self.folder)
        self.all.append(fresh)
        return fresh

    def warm(self, function: Callable[[], Any]) -> None:
        """Let every worker do something once; questions wait for it without a limit, since code may compile."""
        self.warming = threading.Thread(target=self._warm, args=(tuple(self.all), function), daemon=True)
        self.warming.start()

    @staticmethod
    def _warm(workers: tuple[Worker, ...], function: Callable[[], Any]) -> None:
        """The first alone: what it compiles, the others load."""
        for together in (workers[:1], workers[1:]):
            threads = [threading.Thread(target=_quietly, args=(worker, function)) for worker in together]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    def close(self) -> None:
        """End all workers."""
        for worker in self.all:
            worker.kill()
        self.threads.shutdown(wait=False, cancel_futures=True)


def _quietly(worker: Worker, function: Callable[[], Any]) -> None:
    try:
        worker.ask(function)
    except (Ended, GigawattError):
        pass
