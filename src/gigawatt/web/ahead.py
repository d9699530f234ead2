"""Answers made before they are asked for: while a page is read, each stop that its controls could be moved to next.

A process of its own makes them, one after the other: first those of the control that is moved, then those that take
longest to answer, then the nearest. What it makes is what a move would be answered with, to the byte; the power optima
it finds are handed on, so that what it has not come to is answered sooner too. (To hold it while a move is answered did
not pay: moves in a row found less that was made already, and were answered later for it.)
"""

from __future__ import annotations

import contextlib
import gc
import os
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

from starlette.requests import Request

from gigawatt.chapters import supply
from gigawatt.web import quick
from gigawatt.web.asking import NOT_ASKED
from gigawatt.web.controls import Move
from gigawatt.web.crew import Ended, Worker
from gigawatt.web.i18n import language_of
from gigawatt.web.pages import upper
from gigawatt.web.settings import Settings

KEPT = 1000  # answers held in memory, about 14 kB each
NICE = 19  # the lowest priority there is
SESSION = Path("/proc/self/autogroup")  # Linux divides its time among sessions first, and each worker has its own


def step_back() -> None:
    """Rank this process, and the session it is alone in, below all others."""
    with contextlib.suppress(AttributeError, OSError):  # not everywhere can it be asked for
        os.nice(NICE)
        SESSION.write_text(str(NICE), encoding="ascii")


class Ahead:
    """The stops around one question, the newest; and the answers that are kept, whoever made them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.answers: OrderedDict[str, bytes] = OrderedDict()
        self.waiting: dict[str, Move] = {}  # by what each is kept under
        self.known: dict[str, Move] = {}  # the same and what is made already: where a hand may be
        self.hand: Move | None = None  # the last stop that was asked for
        self.stride = 0  # stops between it and the one before
        self.last = self.before = ""  # what the last two questions that were asked are kept under
        self.asked: tuple[str, str, str] | None = None  # language and query of the question to begin with, and its name
        self.changed = threading.Condition()
        self.worker = Worker(settings.uploads) if settings.workers else None
        self.thread: threading.Thread | None = None
        self.over = False

    # --- what is kept -------------------------------------------------------------------------------------------

    def kept(self, request: Request) -> bytes | None:
        """The answer to a request, where it is made already; where the hand is, is noted."""
        name = self._name(language_of(request), request.query_params.multi_items())
        with self.changed:
            if name != self.last:
                self.before, self.last = self.last, name
            if name in self.known:
                self._felt(self.known[name])
            else:  # a second control is moved: what is made ahead was for others
                self._around(language_of(request), urlencode(request.query_params.multi_items()), name)
            self.waiting.pop(name, None)  # it is made now
            if name in self.answers:
                self.answers.move_to_end(name)
            return self.answers.get(name)

    def _felt(self, move: Move) -> None:
        """Note where the hand is, and how far it came from its last stop on the same control."""
        if move == self.hand:
            return
        same = self.hand is not None and self.hand.control == move.control
        self.stride = move.position - (self.hand.position if same and self.hand else move.position - move.way)
        self.hand = move

    def keep(self, request: Request, html: bytes) -> None:
        """Keep an answer that was made when it was asked for."""
        self._keep(self._name(language_of(request), request.query_params.multi_items()), html)

    def _keep(self, name: str, html: bytes) -> None:
        with self.changed:
            self.waiting.pop(name, None)
            self.answers[name] = html
            while len(self.answers) > KEPT:
                self.answers.popitem(last=False)

    def _name(self, code: str, pairs: Iterable[tuple[str, str]]) -> str:
        """What an answer depends on: the question as it stands in the address, the language, the day."""
        day = (self.settings.today or date.today()).isoformat()
        return urlencode([("", code), ("", day), *((k, v) for k, v in pairs if k not in NOT_ASKED and v != "")])

    # --- what is made -------------------------------------------------------------------------------------------

    def of(self, request: Request) -> None:
        """Begin with the stops around the question of a page that is shown."""
        pairs = request.query_params.multi_items()
        self._around(language_of(request), urlencode(pairs), self._name(language_of(request), pairs))

    def _around(self, code: str, query: str, name: str) -> None:
        if self.worker is None:
            return
        with self.changed:
            self.asked = (code, query, name)
            self.changed.notify()
        self._begin()

    def around(self, code: str, moves: Iterable[Move], at: str = "") -> None:
        """Go on with the stops around a question, in place of those around the one before.

        ``at`` is what the answer to that question is kept under: the control that led there is the one under the hand.
        """
        with self.changed:
            self.known = {self._name(code, m.pairs): m for m in moves}
            self.waiting = {name: m for name, m in self.known.items() if name not in self.answers and name != at}
            came = self.known.get(self.before) if at == self.last else None
            self.hand = came and replace(came, position=came.position - came.way, way=0)
            self.stride = -came.way if came else 0

    def warm(self, after: threading.Thread | None) -> None:
        """Start the process when others have loaded what it needs."""
        if self.worker is not None:
            self._begin(after)

    def next(self) -> tuple[str, Move] | None:
        """The stop to go on with: of the control under the hand first those it moves towards; else the slowest.

        What is under the hand is all but asked for; of the rest, those with a power optimum to search for are what a
        move would wait for longest, and the nearest are likeliest.
        """
        hand, stride = self.hand, self.stride or 1

        def far(move: Move) -> tuple[int, int]:
            if hand is None or move.control != hand.control:
                return 3 if move.is_searched else 4, move.distance
            on = (move.position - hand.position) * (1 if stride > 0 else -1)
            return (2, -on) if on < 0 else (0 if on % stride == 0 else 1, on)

        return min(self.waiting.items(), key=lambda item: far(item[1]), default=None)

    def _begin(self, after: threading.Thread | None = None) -> None:
        with self.changed:
            if self.thread is None and not self.over:
                self.thread = threading.Thread(target=self._run, args=(after,), daemon=True, name="ahead")
                self.thread.start()

    def _run(self, after: threading.Thread | None) -> None:
        assert self.worker is not None
        if after is not None:
            after.join()
        try:
            self.worker.ask(step_back)
            self.worker.ask(quick.warm)
            while not self.over:
                with self.changed:
                    asked, self.asked = self.asked, None
                    found = None if asked else self.next()
                    if found is not None:
                        self.waiting.pop(found[0])
                    elif asked is None:
                        self.changed.wait()
                        continue
                if asked is not None:
                    code, query, name = asked
                    self.around(code, self.worker.ask(upper.moves, query, code, self.settings), name)
                elif found is not None:
                    self._made(*found)
                if not self.waiting:
                    gc.collect()  # nobody moves: what the last answers left
        except Ended:  # answers are made when they are asked for
            pass

    def _made(self, name: str, move: Move) -> None:
        """Have one answer made, and keep it with what was found for it."""
        assert self.worker is not None
        try:
            html, optima = self.worker.ask(upper.made, move.query, self.settings)
        except RuntimeError:  # the process has said what broke: so will the answer, if it is asked for
            return
        supply.bring(optima)
        if html is not None:
            self._keep(name, html)

    def close(self) -> None:
        """End with what runs."""
        with self.changed:
            self.over, self.waiting = True, {}
            self.changed.notify()
        if self.worker is not None:
            self.worker.kill()
