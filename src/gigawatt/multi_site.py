"""One training run over several sites: slow-down, bandwidth, fibre, and the better of the ways to keep sites together.

`train` calls it where the question names sites: the same run is planned in one place and on one site with its share of
the batch; `compute/sites.py` puts the network between sites in between.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gigawatt.chapters import apart
from gigawatt.compute import sites as rooms
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts
from gigawatt.record import Steps, central
from gigawatt.units import in_percent

if TYPE_CHECKING:
    from gigawatt.training_run import TrainingRun

PRICE_YEAR = 2025  # of the other money of a run
LARGEST_ODD = 15  # counts with larger odd factors divide into few degrees
MOST_SITES = 1_000
_BITS = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12, "p": 1e15}
_WAN = re.compile(r"\s*([\d.,_]+)\s*([kmgtp]?)(bps|bit/s|b/s)\s*", re.IGNORECASE)
_KM = re.compile(r"\s*([\d.,_]+)\s*(km)?\s*", re.IGNORECASE)
_SHARE = re.compile(r"\s*([\d.]+)\s*(%?)\s*")


@dataclass(frozen=True)
class Asked:
    """What a question says of sites."""

    sites: int
    each: int  # accelerators of a site that the run uses
    spare: int  # accelerators of a site that it leaves as spares
    name: str
    link_gbit_per_s: float | None
    apart_km: float | None
    within: float | None

    @property
    def together(self) -> str:
        """The same accelerators in one place, as `train` reads them."""
        return f"{self.sites * self.each} {self.name}"

    @property
    def site(self) -> str:
        """One site, as `train` reads it."""
        return f"{self.each} {self.name}"


@dataclass(frozen=True)
class Way:
    """One way to keep sites together.

    Parameters
    ----------
    method, words : str
        Its id; what it is. [-]
    exchange_s, exposed_s : float
        One exchange between sites; what of it is not beside work, per step. [s]
    slow_down, slow_down_range : float, tuple
        Progress lost to distance and method, and P10 to P90 of what a step is worth. [-]
    goodput : float
        Share of the time that failures leave. [-]
    days : float
        Time to finish. [d]
    link_needed_gbit_per_s : float or None
        Bandwidth that keeps the time lost between sites within the limit; None where none does. [Gbit/s]
    fibre_usd : float or None
        Capital of links of that bandwidth. [USD]
    """

    method: str
    words: str
    exchange_s: float
    exposed_s: float
    slow_down: float
    slow_down_range: tuple[float, float]
    goodput: float
    days: float
    link_needed_gbit_per_s: float | None
    fibre_usd: float | None


@dataclass(frozen=True)
class Sites:
    """A run over sites, against the same accelerators in one place."""

    sites: int
    accelerators_each: int
    spare_each: int
    ring_km: float
    ring_ms: float
    link_gbit_per_s: float
    within: float
    days_in_one_place: float
    ways: tuple[Way, ...]
    best: str
    fibre_pairs: int
    fibre_usd: float
    fibre_usd_per_year: float
    words: str


def read(on: str, *, sites: int | None, wan: Any = None, distance: Any = None, within: Any = None) -> Asked | None:
    """What a question says of sites; None where it is of one place.

    Parameters
    ----------
    on : str
        Cluster: "5 x 100000 GB300" is five sites, "500000 GB300" is shared out over `sites`. [-]
    sites : int, optional
        Sites. [-]
    wan : str or float, optional
        Bandwidth between neighbours, each way: "800 Gbps", or a number of Gbit/s. [-]
    distance : str or float, optional
        Between neighbouring sites: "300 km", or a number of km. [-]
    within : str or float, optional
        Share of the time that may be lost between sites: "5 %", or a number. [-]

    Raises
    ------
    ScenarioError
        With what cannot be read or does not fit.
    """
    said = re.fullmatch(r"\s*(\d+)\s*[x×]\s*(\d.*\D.*)", on)
    count = sites
    if said:
        count = int(said[1])
        if sites is not None and sites != count:
            raise ScenarioError(f"sites: {sites}, but on: {on!r} names {count}; write the number of sites once")
    if count is None:
        for name, value in (("wan", wan), ("distance", distance), ("within", within)):
            if value is not None:
                raise ScenarioError(
                    f'{name}: {value!r} without sites; write sites too, or a cluster such as "5 x 16384 H100"'
                )
        return None
    if not 2 <= count <= MOST_SITES:
        raise ScenarioError(f"sites: {count}; expected 2 to {MOST_SITES:,} (one place needs no links)")
    from gigawatt.training_run import cluster

    number, name = cluster(said[2] if said else on)
    each, rest = (number, 0) if said else divmod(number, count)
    if rest or each < 1:
        raise ScenarioError(f"on: {number:,} accelerators do not divide over {count} sites; write {count} x so many")
    used = divisible(each)
    return Asked(
        sites=count,
        each=used,
        spare=each - used,
        name=name,
        link_gbit_per_s=None if wan is None else _bandwidth(wan),
        apart_km=None if distance is None else _number(_KM, distance, "distance", '"300 km"'),
        within=None if within is None else _share(within),
    )


def divisible(count: int) -> int:
    """Largest number of accelerators up to a count that divides into many degrees; the rest are spares."""
    best = 1
    for odd in range(1, LARGEST_ODD + 1, 2):
        if odd <= count:
            best = max(best, odd * 2 ** int(math.log2(count / odd)))
    return best


def _bandwidth(value: Any) -> float:
    """Bandwidth in Gbit/s."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        gbit = float(value)
    else:
        said = _WAN.fullmatch(str(value))
        if not said:
            raise ScenarioError(f'wan: {value!r}; expected bits a second such as "800 Gbps" or "100 Tbit/s"')
        gbit = _float(said[1], "wan") * _BITS[said[2].lower()] / 1e9
    if not 0 < gbit < math.inf:
        raise ScenarioError(f"wan: {value!r}; expected more than 0")
    return gbit


def _number(form: re.Pattern[str], value: Any, name: str, example: str) -> float:
    said = form.fullmatch(str(value))
    number = _float(said[1], name) if said else math.nan
    if not 0 < number < math.inf:
        raise ScenarioError(f"{name}: {value!r}; expected a number above 0 such as {example}")
    return number


def _share(value: Any) -> float:
    said = _SHARE.fullmatch(str(value))
    share = float(said[1]) / (100.0 if said[2] else 1.0) if said and said[1].count(".") < 2 else math.nan
    if not 0 < share < 1:
        raise ScenarioError(f'within: {value!r}; expected a share of the time such as "5 %" or 0.05')
    return share


def _float(text: str, name: str) -> float:
    try:
        return float(text.replace(",", "").replace("_", ""))
    except ValueError:
        raise ScenarioError(f"{name}: {text!r}; expected a number") from None


def over(facts: Facts, a: Asked, one: TrainingRun, site: TrainingRun, *, params: float) -> Sites:
    """The run of one place spread over sites.

    Parameters
    ----------
    facts : Facts
        The facts. [-]
    a : Asked
        What the question says of sites. [-]
    one, site : TrainingRun
        The run in one place, and on one site with its share of the batch. [-]
    params : float
        Parameters of the model, all experts. [-]

    Returns
    -------
    Sites
    """
    step = Steps(facts, PRICE_YEAR)
    link = central(step.fact("wan.bandwidth", unit="GB/s"))
    if a.link_gbit_per_s is not None:
        link = a.link_gbit_per_s / apart.GBIT_PER_GB
    ring = a.sites * (central(step.fact("wan.apart", unit="km")) if a.apart_km is None else a.apart_km)
    within = central(step.fact("wan.loss_limit", unit="1")) if a.within is None else a.within
    slowest = max(one.best.step_s, site.best.step_s)  # one place is never charged for more than it does
    found = apart.methods(
        step,
        params=params,
        sites=a.sites,
        ring_km=ring,
        step_s=slowest,
        link_gb_per_s=link,
        loss_limit=within,
    )
    ways = tuple(_way(step, name, r, one, site, a.sites, ring) for name, r in found.items())
    best = min(ways, key=lambda w: w.days)
    links = apart.fibre(step, sites=a.sites, ring_km=ring, link_gb_per_s=link)
    made = Sites(
        sites=a.sites,
        accelerators_each=a.each,
        spare_each=a.spare,
        ring_km=ring,
        ring_ms=central(apart.ring_ms(step, ring)),
        link_gbit_per_s=link * apart.GBIT_PER_GB,
        within=within,
        days_in_one_place=one.days,
        ways=ways,
        best=best.method,
        fibre_pairs=int(central(links.pairs)),
        fibre_usd=central(links.capital_usd),
        fibre_usd_per_year=central(links.upkeep_usd_per_year),
        words=_words(best, one, a.sites),
    )
    return made


def _way(
    step: Steps, name: str, r: rooms.Apart, one: TrainingRun, site: TrainingRun, sites: int, ring_km: float
) -> Way:
    """In step, a failure stops all; where sites run on their own, it stops one."""
    good = one.goodput if name == "synchronous" else site.goodput
    share, speed, need = central(r.share), central(r.speed), central(r.link_gb_per_s)
    worth = step.facts[f"wan.efficiency.{name}"]
    usd = central(apart.fibre_usd(step, sites=sites, ring_km=ring_km, link_gb_per_s=need))
    return Way(
        method=name,
        words=apart.WORDS[name],
        exchange_s=central(r.exchange_s),
        exposed_s=central(r.exposed_s),
        slow_down=1.0 - speed,
        slow_down_range=(1.0 - share * float(worth.high), 1.0 - share * float(worth.low)),
        goodput=good,
        days=one.days * one.goodput / good / speed,
        link_needed_gbit_per_s=need * apart.GBIT_PER_GB if need < math.inf else None,
        fibre_usd=usd if usd < math.inf else None,
    )


def _words(best: Way, one: TrainingRun, sites: int) -> str:
    change = best.days / one.days - 1.0
    pace = f"{in_percent(change, 1)} longer than" if change >= 0 else f"{in_percent(-change, 1)} shorter than"
    said = f"Best over {sites} sites: {best.words}; {best.days:,.1f} days, {pace} in one place in step"
    if change < 0:
        said += (
            f", as a failure stops one site and not all (goodput {in_percent(best.goodput, 1)} against "
            f"{in_percent(one.goodput, 1)})"
        )
    return said + "."
