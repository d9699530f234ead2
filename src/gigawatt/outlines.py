"""Outlines of all countries and territories, for finding where a point lies and for drawing maps.

Natural Earth 1:50m (public domain) with internationally recognised borders, as ``tools/derive_outlines.py`` says.
Lakes count as land of the country around them; islands smaller than about 5 km are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from gigawatt.units import EARTH_RADIUS_KM

POINT_DEG = 0.01  # one step of the stored coordinates


@dataclass(frozen=True, slots=True)
class Outlines:
    """Rings of all countries in one array; ring ``k`` of ``iso3[k]`` is ``points[starts[k]:starts[k + 1]]``."""

    points: np.ndarray  # (point, 2): longitude, latitude [deg]
    starts: np.ndarray  # (ring + 1,)
    iso3: np.ndarray  # (ring,)
    boxes: np.ndarray  # (ring, 4): west, south, east, north [deg]

    def rings(self, iso3: str) -> list[np.ndarray]:
        """Rings of a country, closed, as arrays of longitude and latitude; holes are rings too (even-odd rule).

        Parameters
        ----------
        iso3 : str
            ISO-3 code. [-]

        Returns
        -------
        list of array (point, 2)
            Empty for a territory without an outline. [deg]
        """
        return [self.points[self.starts[k] : self.starts[k + 1]] for k in np.flatnonzero(self.iso3 == iso3)]

    def country(self, latitude_deg: float, longitude_deg: float) -> str:
        """ISO-3 code of the country a point lies in, or '' at sea.

        Parameters
        ----------
        latitude_deg, longitude_deg : float
            The point. [deg]
        """
        b = self.boxes
        near = (b[:, 0] <= longitude_deg) & (b[:, 2] >= longitude_deg)
        near &= (b[:, 1] <= latitude_deg) & (b[:, 3] >= latitude_deg)
        odd: dict[str, bool] = {}
        for k in np.flatnonzero(near):
            ring = self.points[self.starts[k] : self.starts[k + 1]]
            iso3 = str(self.iso3[k])
            odd[iso3] = odd.get(iso3, False) ^ _inside(ring, latitude_deg, longitude_deg)
        return next((iso3 for iso3, inside in odd.items() if inside), "")

    def nearest(self, latitude_deg: float, longitude_deg: float) -> tuple[str, float]:
        """The country whose outline is nearest to a point, and how far. On land: the nearest border.

        Parameters
        ----------
        latitude_deg, longitude_deg : float
            The point. [deg]

        Returns
        -------
        tuple of str and float
            ISO-3 code; distance [km], exact to 1 % below 500 km.
        """
        east = (self.points[:, 0] - longitude_deg + 180.0) % 360.0 - 180.0
        x, y = east * np.cos(np.radians(latitude_deg)), self.points[:, 1] - latitude_deg
        dx, dy = np.diff(x), np.diff(y)
        length2 = dx**2 + dy**2
        t = np.clip(-(x[:-1] * dx + y[:-1] * dy) / np.where(length2 > 0, length2, 1.0), 0.0, 1.0)
        apart = np.hypot(x[:-1] + t * dx, y[:-1] + t * dy)
        apart[self.starts[1:-1] - 1] = np.inf  # between two rings there is no border
        apart[np.abs(np.diff(east)) > 180.0] = np.inf  # the far side of the globe
        k = int(np.argmin(apart))
        ring = int(np.searchsorted(self.starts, k, side="right")) - 1
        return str(self.iso3[ring]), float(np.radians(apart[k]) * EARTH_RADIUS_KM)


@cache
def load_outlines() -> Outlines:
    """The outlines that ship with the package; read once, when first asked for."""
    with (resources.files("gigawatt") / "data" / "names" / "outlines.npz").open("rb") as file:
        data = np.load(file, allow_pickle=False)
        points = data["points"] * POINT_DEG
        starts, iso3 = data["starts"], data["iso3"]
    low = np.minimum.reduceat(points, starts[:-1])
    high = np.maximum.reduceat(points, starts[:-1])
    return Outlines(points, starts, iso3, np.hstack([low, high]))


def thinned(ring: np.ndarray, step_deg: float) -> np.ndarray:
    """A ring with fewer points, for small maps: snapped to a grid, so that neighbours still share their borders.

    Parameters
    ----------
    ring : array (point, 2)
        Longitude and latitude, closed. [deg]
    step_deg : float
        Width of the grid. [deg]

    Returns
    -------
    array (point, 2)
        Closed; empty where the ring is smaller than the grid. [deg]
    """
    snapped = np.round(ring / step_deg) * step_deg
    kept = snapped[np.r_[True, (np.abs(np.diff(snapped, axis=0)) > step_deg / 2).any(axis=1)]]
    return kept if len(kept) >= 4 else kept[:0]


def _inside(ring: np.ndarray, latitude_deg: float, longitude_deg: float) -> bool:
    """Whether a ray to the east crosses the ring an odd number of times."""
    x, y = ring[:, 0], ring[:, 1]
    above = y > latitude_deg
    crossing = np.flatnonzero(above[:-1] != above[1:])
    x1, y1, x2, y2 = x[crossing], y[crossing], x[crossing + 1], y[crossing + 1]
    at = x1 + (latitude_deg - y1) / (y2 - y1) * (x2 - x1)
    return bool(np.count_nonzero(at > longitude_deg) % 2)
