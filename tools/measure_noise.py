"""How far a right generator would miss one real year: drawn years stand in for the real one; write what was found.

    PYTHONPATH=src python3 tools/measure_noise.py [YEARS]

Each of YEARS years drawn at a held-out place is taken for its truth: its monthly statistics are all that is known,
eight seeds are drawn from them, and their mean cost is set beside its own, as `measure_weather.py` does with the real
year. The errors are those of a generator that is right, with one year to be judged by. Writes a table in
`docs/weather.md` between its marks; the test holds the page to the real errors only.
"""

import argparse
import json
import re

import numpy as np
from measure_weather import (
    MEANS_AND_SPREAD,
    PAGE,
    SEEDS,
    TRUTH,
    climate,
    day_index,
    months,
    number,
    optimum,
    output,
    sky,
    usd_per_mwh,
)

from gigawatt import weather
from gigawatt.chapters.place import texture_of

YEARS = 16
FIRST = 1000  # seeds of the years taken for truth: none of the eight that are judged
BAR = 0.06


def drawn(of: weather.Climate, clear: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Irradiance and temperature of the first year of a seed."""
    year = weather.synthetic_year(
        clear_sky_ghi_w_m2=clear, climate=of, texture=texture_of(number), seed=seed, years=[0]
    )
    return year.ghi_w_m2[0], year.temperature_c[0]


def known_of(place: dict, clear: np.ndarray, ghi: np.ndarray, t: np.ndarray) -> dict:
    """The place with the monthly statistics of a year in place of its own."""
    monthly = {
        "temperature_mean": months(t),
        "temperature_day_range": months(np.ptp(t.reshape(365, 24), axis=1)),
        "ghi": [round(0.024 * x, 4) for x in months(ghi)],
        "clearness_sd": months(day_index(ghi, clear), "std"),
    }
    design = {"heating_db_99": np.percentile(t, 1.0), "cooling_db_1": np.percentile(t, 99.0)}
    return {**place, "monthly": {**place["monthly"], **monthly}, "design": design}


def errors(place: dict, cost: dict[str, float], years: int) -> np.ndarray:
    """Mean cost of the seeds over that of the year they were made from, less 1, for each such year."""
    sun, clear = sky(place)

    def price(ghi: np.ndarray, t: np.ndarray) -> float:
        return usd_per_mwh(optimum(output(sun, ghi, t, place["latitude"], True), cost))

    own, found = climate(place, clear, MEANS_AND_SPREAD), []
    for seed in range(FIRST, FIRST + years):
        ghi, t = drawn(own, clear, seed)
        again = climate(known_of(place, clear, ghi, t), clear, MEANS_AND_SPREAD)
        found.append(np.mean([price(*drawn(again, clear, s)) for s in SEEDS]) / price(ghi, t) - 1.0)
    return np.array(found)


def table(found: dict[str, np.ndarray]) -> str:
    lines = ["| place | mean (%) | standard deviation (%) | lowest, highest (%) |", "|---|---|---|---|"]
    for name, e in found.items():
        ends = f"{100 * e.min():+.1f}, {100 * e.max():+.1f}"
        lines.append(f"| {name} | {100 * e.mean():+.1f} | {100 * e.std(ddof=1):.1f} | {ends} |")
    beyond = np.abs(np.array(list(found.values()))) > BAR
    share, count = float(beyond.any(axis=0).mean()), beyond.shape[1]
    lines.append(f"| **of {count} sets of all places, with one beyond {BAR:.0%}** | {share:.0%} | | |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("years", type=int, nargs="?", default=YEARS, help="years taken for truth, 2 or more")
    years = parser.parse_args().years
    if years < 2:
        parser.error("YEARS must be 2 or more")
    truth = json.loads(TRUTH.read_text(encoding="utf-8"))
    places = [p for p in truth["places"] if "usd_per_mwh" in p["truth"]]
    made = table({f"{p['name']}, {p['iso3']}": errors(p, truth["costs"], years) for p in places})
    page, marks = PAGE.read_text(encoding="utf-8"), ("<!-- noise -->", "<!-- end of noise -->")
    PAGE.write_text(
        re.sub(f"(?s){marks[0]}.*{marks[1]}", lambda _: f"{marks[0]}\n{made}\n{marks[1]}", page), encoding="utf-8"
    )
    print(made)


if __name__ == "__main__":
    main()
