"""Write the answers of all countries that the first page of the web app shows before it has made its own.

    python3 tools/make_world.py [AS_OF]

They are marked with the code and facts that made them; a server with others shows their date and makes its own.
"""

import sys
from pathlib import Path

from gigawatt.screen import screen
from gigawatt.web.world import FILE, LARGEST, SAME, summarised

TARGET = Path(__file__).resolve().parent.parent / "src" / "gigawatt" / "web" / FILE


def main(as_of: str = "") -> None:
    """Screen the world and keep what the page shows."""
    dated = {"as_of": as_of} if as_of else {}

    def progress(done: int, of: int) -> None:
        print(f"\r{done} of {of}", end="")

    found = summarised(*(screen(question=asked | dated, progress=progress) for asked in (LARGEST, SAME)))
    TARGET.write_text(found.text() + "\n", encoding="utf-8")
    print(f"\n{TARGET.name}: {len(found.rows)} countries, {found.version}")


if __name__ == "__main__":
    main(*sys.argv[1:])
