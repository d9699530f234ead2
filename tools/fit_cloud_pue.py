"""Fit the two numbers of the cloud regions' PUE on the measured rows, and say how well places left out are met.

    PYTHONPATH=src python3 tools/fit_cloud_pue.py REFERENCE_DIR

PUE = floor + gain * mean work of the chillers, per unit of IT power, of a water-side economiser with towers in the
planner's own climate (`gigawatt.validate.sites.cloud_hours`). The loss is Cauchy's, the mean of
log(1 + (error / 0.03)^2): rows of halls unlike the rest, old ones or one operator's, count for little. Found on a
grid; printed, and set by hand as the facts `cloud.pue_floor` and `cloud.climate_gain`. Nothing but coordinates and
measured PUE is read.
"""

import argparse
import csv
from pathlib import Path

import numpy as np

from gigawatt.validate.scoring import best_constant_error, spearman
from gigawatt.validate.sites import cloud_hours

SCALE = 0.03
FLOORS, GAINS = np.arange(1.06, 1.1401, 0.002), np.arange(0.5, 3.01, 0.05)


def fitted(work: np.ndarray, pue: np.ndarray) -> tuple[float, float]:
    """Floor and gain of the least loss on the grid."""
    error = FLOORS[:, None, None] + GAINS[:, None] * work - pue
    loss = np.log1p((error / SCALE) ** 2).mean(axis=-1)
    i, j = np.unravel_index(loss.argmin(), loss.shape)
    return float(FLOORS[i]), float(GAINS[j])


def main() -> None:
    """Print the fit, its errors in sample and with each place left out, and the best constant's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path)
    path = parser.parse_args().reference / "published_cases" / "cloud_region_pue_wue.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["basis"] == "reported"]
    at = [tuple(float(x) for x in r["lat_lon"].split(",")) for r in rows]
    places = sorted(set(at))
    of = np.array([places.index(x) for x in at])
    work = np.array([float(cloud_hours(*x).chillers.mean()) for x in places])[of]
    pue = np.array([float(r["expected_pue"]) for r in rows])
    others = np.array(["google" not in r["provider"].lower() for r in rows])
    floor, gain = fitted(work, pue)
    left_out, fits = np.empty(len(pue)), []
    for k in range(len(places)):
        away = of != k
        fits.append(fitted(work[away], pue[away]))
        left_out[~away] = fits[-1][0] + fits[-1][1] * work[~away]
    print(
        f"floor {floor:.3f}, gain {gain:.2f}; with one place left out {np.min(fits, axis=0)} to {np.max(fits, axis=0)}"
    )
    for words, predicted in (("in sample", floor + gain * work), ("one place left out", left_out)):
        error = np.abs(predicted - pue)
        order = spearman(predicted[others].tolist(), pue[others].tolist())
        print(
            f"{words}: median {np.median(error):.4f}, within 0.08 {np.sum(error <= 0.08)} of {len(pue)}, "
            f"rank correlation without Google {order:.2f}"
        )
    constants = [np.median(pue[of != k]) for k in range(len(places))]
    kept = np.median(np.abs(np.array(constants)[of] - pue))
    print(f"constant: best {best_constant_error(pue.tolist()):.4f} in sample, median of the other places {kept:.4f}")


if __name__ == "__main__":
    main()
