"""A worker process: a task per line on standard input, its rows per line on standard output."""

from __future__ import annotations

import gc
import json
import os
import sys

from gigawatt.facts import load_facts
from gigawatt.screen import work


def main() -> None:
    """Answer until the input ends. What anything below prints goes to standard error, not among the rows."""
    load_facts()
    gc.freeze()  # what is loaded stays: the collector need not look through it again and again
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)
        for line in sys.stdin:
            out.write(json.dumps(work.run(json.loads(line)), allow_nan=False) + "\n")
            out.flush()


if __name__ == "__main__":
    main()
