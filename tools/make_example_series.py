"""Write examples/power_site.csv: two weeks of an invented site, from a formula; nothing in it was measured.

Usage: python3 tools/make_example_series.py [--check]

Sines of periods that do not fit each other stand for weather: no random numbers, so every machine writes the same file.
"""

import math
import sys
from pathlib import Path

PATH = Path(__file__).resolve().parent.parent / "examples" / "power_site.csv"
HOURS = 336
HEADER = "time,load_mw,solar,wind,price_usd_per_mwh"


def wave(hour, period, phase=0.0):
    """A sine from -1 to 1."""
    return math.sin(2.0 * math.pi * (hour / period + phase))


def row(hour):
    """One hour: load, output of 1 MW of solar and of wind, price of the grid."""
    load = 92.0 + 5.0 * wave(hour, 24, -0.35) + 3.0 * wave(hour, 83)
    clear = 0.72 + 0.28 * wave(hour, 61, 0.2)
    solar = clear * max(math.sin(math.pi * (hour % 24 - 6.0) / 12.0), 0.0) ** 1.2
    wind = min(max(0.40 + 0.28 * wave(hour, 97, 0.1) + 0.16 * wave(hour, 41) + 0.08 * wave(hour, 13), 0.0), 1.0)
    price = 58.0 + 22.0 * max(wave(hour, 24, -0.55), 0.0) + 12.0 * wave(hour, 149) - 24.0 * solar - 26.0 * wind
    return load, solar, wind, price


def text():
    """The file."""
    lines = [HEADER]
    for hour in range(HOURS):
        load, solar, wind, price = row(hour)
        time = f"2025-06-{2 + hour // 24:02d}T{hour % 24:02d}:00"
        lines.append(f"{time},{load:.2f},{solar:.3f},{wind:.3f},{price:.2f}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if "--check" not in sys.argv:
        PATH.write_text(text(), encoding="utf-8")
    elif PATH.read_text(encoding="utf-8") != text():
        sys.exit(f"{PATH.name} is not what the formula gives: run python3 tools/make_example_series.py")
