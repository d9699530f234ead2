"""Derive the outlines of all countries and territories from the reference folder.

Usage: python3 tools/derive_outlines.py REFERENCE_DIR        (needs shapely)

Natural Earth 1:50m countries (public domain), borders as the reference corrects them (Crimea is Ukraine, Western Sahara
is one territory). Corrected further here: overseas territories with an ISO code of their own are cut out of their
state; Somaliland and Northern Cyprus join Somalia and Cyprus, Ashmore and Cartier Islands join Australia; the Golan
Heights are Syria (UN Security Council resolution 497), cut along a line of our own near the Jordan, good to 2 km. The
Siachen area, claimed by India and Pakistan, belongs to no country here. Other lines are as Natural Earth draws them.

Written as arrays in data/names/outlines.npz: `points` (hundredths of a degree, longitude and latitude, int16),
`starts` (first point of each ring), `iso3` (of each ring). A hole is a ring too: a point is inside where it is inside
an odd number of rings. Nothing is simplified beyond 0.01 degree, so neighbours share their borders exactly.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from shapely.geometry import MultiPolygon, Polygon, box, shape
from shapely.ops import unary_union

OUT = Path(__file__).resolve().parent.parent / "src/gigawatt/data/names/outlines.npz"
JOINED = {"SOL": "SOM", "CYN": "CYP", "ATC": "AUS"}
NOBODY = ("KAS",)
CUT = {  # polygons of a state within a box (degrees: west, south, east, north) have an ISO code of their own
    "FRA": {
        "GUF": (-55, 1, -51, 6),
        "REU": (55, -22, 56, -20),
        "MYT": (44, -14, 46, -12),
        "MTQ": (-61.3, 14.2, -60.7, 15),
        "GLP": (-62, 15.7, -60.9, 16.6),
    },
    "NLD": {"BES": (-69, 11, -62, 19)},
    "NOR": {"SJM": (-10, 70.5, 36, 81)},
    "IOA": {"CCK": (96, -13, 97.5, -11.5), "CXR": (105, -11, 106, -10)},
}
NORWAY_ITSELF = box(12, 68, 32, 71.5)  # the mainland's northern islands lie in Svalbard's box
GOLAN = Polygon([(35.655, 33.30), (35.655, 32.90), (35.665, 32.71), (36.1, 32.6), (36.1, 33.5), (35.75, 33.45)])


def parts(geometry):
    """Polygons of a polygon or of several."""
    return list(geometry.geoms) if hasattr(geometry, "geoms") else [geometry]


def cut(found):
    """Move polygons of overseas territories out of their state."""
    for state, boxes in CUT.items():
        kept = []
        for polygon in parts(found.pop(state)):
            inside = [iso3 for iso3, sides in boxes.items() if box(*sides).contains(polygon)]
            if inside and not (state == "NOR" and NORWAY_ITSELF.intersects(polygon)):
                found.setdefault(inside[0], []).append(polygon)
            else:
                kept.append(polygon)
        if kept:
            found[state] = MultiPolygon(kept)
    return {k: MultiPolygon(v) if isinstance(v, list) else v for k, v in found.items()}


def outlines(reference):
    features = json.loads((reference / "countries_50m.geojson").read_text(encoding="utf-8"))["features"]
    found = {f["properties"]["iso3"]: shape(f["geometry"]) for f in features}
    for code in NOBODY:
        del found[code]
    for code, iso3 in JOINED.items():
        found[iso3] = unary_union([found[iso3], found.pop(code)])
    golan = found["ISR"].intersection(GOLAN)
    found["ISR"], found["SYR"] = found["ISR"].difference(GOLAN), unary_union([found["SYR"], golan])
    return cut(found)


def rings(geometry):
    """Rings of a geometry in hundredths of a degree, closed, without repeated points; slivers are left out."""
    for polygon in parts(geometry):
        if polygon.geom_type != "Polygon":
            continue
        for line in (polygon.exterior, *polygon.interiors):
            points = np.round(np.asarray(line.coords)[:, :2] * 100).astype(np.int16)
            points = points[np.r_[True, (np.diff(points.astype(int), axis=0) != 0).any(axis=1)]]
            if len(points) >= 4:
                yield points


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("reference", type=Path)
    found = outlines(parser.parse_args().reference)
    pairs = [(iso3, ring) for iso3 in sorted(found) for ring in rings(found[iso3])]
    points = np.concatenate([ring for _, ring in pairs])
    starts = np.cumsum([0, *(len(ring) for _, ring in pairs)]).astype(np.int32)
    np.savez_compressed(OUT, points=points, starts=starts, iso3=np.array([iso3 for iso3, _ in pairs], dtype="U3"))
    print(len(found), "outlines,", len(pairs), "rings,", len(points), "points,", OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
