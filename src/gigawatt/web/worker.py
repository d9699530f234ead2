"""A worker process: runs functions of ours that the server names, one at a time, and says how far it is.

It reads pickles from its standard input, which only the server that started it holds, and ends when that closes:
whatever happens to the server, no worker is left behind.
"""

from __future__ import annotations

import os
import pickle
import queue
import sys
import threading
from typing import Any, BinaryIO

from gigawatt.errors import GigawattError


def main() -> None:
    """Work until the input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not mix with the answers
    tasks: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, tasks), daemon=True).start()
    while True:
        function, arguments, tells = tasks.get()
        progress = {"progress": lambda done, total: _send(answers, ("progress", (done, total)))} if tells else {}
        try:
            _send(answers, ("result", function(*arguments, **progress)))
        except GigawattError as error:
            _send(answers, ("refused", error))
        except Exception as error:
            _send(answers, ("broken", f"{type(error).__name__}: {error}"))
            sys.excepthook(*sys.exc_info())


def _listen(source: BinaryIO, tasks: queue.SimpleQueue[Any]) -> None:
    """Hand on tasks as they come; the end of the input is ours, in the middle of a task too."""
    try:
        while True:
            tasks.put(pickle.load(source))
    except (EOFError, OSError, pickle.UnpicklingError):
        os._exit(0)


def _send(answers: BinaryIO, message: tuple[str, Any]) -> None:
    try:
        pickle.dump(message, answers)
        answers.flush()
    except OSError:
        os._exit(0)


if __name__ == "__main__":
    main()
