"""The flexible connection of a place: MW now against hours curtailed, and what would carry those hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gigawatt.chapters.place import Site
from gigawatt.power import flexible
from gigawatt.record import Steps, central
from gigawatt.units import HOURS_PER_YEAR

CURTAILED = (0.0025, 0.005, 0.01, 0.02, 0.05)  # the published cases, and two beyond


@dataclass(frozen=True)
class Connection:
    """Room of the power system below today's peak, hour by hour."""

    peak_mw: float
    load_factor: float
    exponent: float
    share: float
    accepted: float
    order: np.ndarray

    def most_mw(self) -> float:
        """What one campus may claim at the curtailment it accepts."""
        return self.share * float(
            flexible.headroom_mw(
                peak_mw=self.peak_mw,
                load_factor=self.load_factor,
                exponent=self.exponent,
                curtailed_share=self.accepted,
            )
        )

    def room_mw(self, hours: Any = slice(None)) -> np.ndarray:
        """Room of the whole system in every hour, or in some that stand for all."""
        return flexible.room_by_hour(
            order=self.order[hours], peak_mw=self.peak_mw, load_factor=self.load_factor, exponent=self.exponent
        )

    def room_share(self, hours: Any) -> np.ndarray:
        """Part of what the campus may claim that it may draw in those hours: the room is shared by all who claim."""
        return np.minimum(self.share * self.room_mw(hours) / max(self.most_mw(), LEAST_MW), 1.0)


def connection(step: Steps, site: Site, shape: np.ndarray) -> Connection | None:
    """The curve of the place's power system; None where its peak is not known."""
    peak = site.known(step.facts, "country.{}.peak_load")
    energy = site.known(step.facts, "country.{}.demand")
    if peak is None or energy is None:
        return None
    most = central(step.fact(peak, unit="MW"))
    factor = central(step.fact(energy, unit="MWh/year")) / (most * HOURS_PER_YEAR)
    return Connection(
        peak_mw=most,
        load_factor=min(factor, LARGEST),
        exponent=central(step.fact("grid.flexible.exponent", unit="1")),
        share=central(step.fact("bridge.flexible.share", unit="1")),
        accepted=central(step.fact("bridge.flexible.curtailment", unit="1")),
        order=np.asarray(shape, float),
    )


LEAST_MW = 1e-6
LARGEST = 0.98  # a mean above this share of the peak is a mismatch of two sources


def tables(c: Connection | None, o: Any) -> dict[str, Any]:
    """Table ``flexible_connection``: the curve, and the campus on it."""
    if c is None:
        return {"flexible_connection": {"words": "The peak of the power system is not known.", "curve": []}}
    campus = float(central(o.size.facility_peak_mw))
    system = {"peak_mw": c.peak_mw, "load_factor": c.load_factor, "exponent": c.exponent}
    curve = []
    for share in CURTAILED:
        mw = float(flexible.headroom_mw(curtailed_share=share, **system))
        curve.append(
            {
                "curtailed_share": share,
                "system_mw": mw,
                "hours": float(flexible.curtailed_hours(added_mw=mw, **system)),
                "campus_mw": c.share * mw,
            }
        )
    load = campus * float(np.mean(o.campus.load_per_peak_mw))
    others = min(campus / c.share, c.peak_mw)  # all who claim room, the campus among them
    part = float(flexible.curtailed_share(added_mw=others, **system))
    room = c.share * c.room_mw()
    short = np.maximum(load - room, 0.0)
    return {
        "flexible_connection": {
            "words": _words(c, campus),
            "class": "C",
            "peak_mw": c.peak_mw,
            "load_factor": c.load_factor,
            "share_of_room": c.share,
            "curve": curve,
            "campus": {
                "mw": campus,
                "curtailed_share": part,
                "hours": float(flexible.curtailed_hours(added_mw=others, **system)),
                "curtailed_mwh": float(short.sum()),
                "largest_mw": float(short.max()),
                "battery_mwh": float(flexible.store_mwh(load_mw=load, room_mw=room)),
            },
        }
    }


def _words(c: Connection, campus: float) -> str:
    """How much could run today, and for how many hours it would have to step back."""
    now = min(c.most_mw(), campus)
    hours = float(
        flexible.curtailed_hours(
            added_mw=now / c.share, peak_mw=c.peak_mw, load_factor=c.load_factor, exponent=c.exponent
        )
    )
    return (
        f"{now:,.0f} of {campus:,.0f} MW could be served without new plant if the campus steps back in the hardest "
        f"hours of the power system, about {hours:,.0f} a year; the network at the site may allow less."
    )
