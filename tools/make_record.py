"""Write docs/record.md and docs/record.svg: announced campuses, what the planner says of each, our misses first.

python3 tools/make_record.py            the announcements that come with the package
python3 tools/make_record.py FILE       another file of announcements
python3 tools/make_record.py --check    says whether the page is up to date
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gigawatt.validate import shipped, validate
from gigawatt.validate.record_page import record, reliability_svg

DOCS = Path(__file__).resolve().parents[1] / "docs"


def pages(path: Path) -> dict[str, str]:
    """The page and its diagram, by name."""
    report = validate([path])
    bins = report.statistics(path.stem)["reliability"]
    return {"record.md": record(path, report, "record.svg"), "record.svg": reliability_svg(bins)}


def main() -> int:
    """Write or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", nargs="?", type=Path, default=shipped()[0] / "announcements.csv")
    parser.add_argument("--check", action="store_true", help="change nothing, say what is stale")
    asked = parser.parse_args()
    stale = 0
    for name, text in pages(asked.path).items():
        page = DOCS / name
        if page.exists() and page.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        if asked.check:
            print(f"docs/{name}: stale; run python3 tools/make_record.py")
        else:
            page.write_text(text, encoding="utf-8")
            print(f"docs/{name} written")
    return 1 if stale and asked.check else 0


if __name__ == "__main__":
    sys.exit(main())
