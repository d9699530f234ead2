"""The scale-out network of a cluster as a bill: switches by tier, optics, cables, their power and price.

Four ways to wire it. A fat tree joins any accelerator to any other; a rail-optimised one is a fat tree whose leaves
each serve one rail, the accelerators of the same place in their servers; a rail-only network leaves out what joins the
rails, which the scale-up domains do instead; a torus joins neighbours, cubes of copper by optics through circuit
switches. Numbers or arrays of any one shape.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Values = float | np.ndarray  # one number, or any shape of them

TOPOLOGIES = ("fat_tree", "rail_optimised", "rail_only", "torus")
MOST_TIERS = 4
TORUS_LINKS = 3.0  # per accelerator: six ports, each link shared by two
WATTS_PER_MW = 1e6


@dataclass(frozen=True, slots=True)
class Parts:
    """What a network is built of. Numbers or arrays.

    Parameters
    ----------
    radix : float or array
        Ports of a switch at the speed of one link, even. [-]
    planes : float or array
        Networks beside each other over which an accelerator spreads its bandwidth. [-]
    switch_usd, switch_w : float or array
        Price and draw of a switch without optics. [USD], [W]
    transceiver_usd, transceiver_w : float or array
        Price and draw of the optics at one end of a link. [USD], [W]
    fibre_usd, copper_usd : float or array
        Price of a fibre of one link; of a copper cable with both its ends. [USD]
    circuit_ports, circuit_usd, circuit_w : float or array
        Ports, price and draw of an optical circuit switch, of a torus only. [-], [USD], [W]
    """

    radix: Values
    planes: Values
    switch_usd: Values
    switch_w: Values
    transceiver_usd: Values
    transceiver_w: Values
    fibre_usd: Values
    copper_usd: Values
    circuit_ports: Values = 128.0
    circuit_usd: Values = 0.0
    circuit_w: Values = 0.0


@dataclass(frozen=True, slots=True)
class Tree:
    """Switches and links of a folded Clos network; unused tiers are 0. [-]"""

    tiers: Values
    leaves: Values
    spines: Values
    cores: Values
    tops: Values  # the fourth tier
    links: Values  # between switches
    reach: Values  # hosts that as many tiers can join

    @property
    def switches(self) -> Values:
        """All of them. [-]"""
        return np.asarray(self.leaves) + self.spines + self.cores + self.tops


@dataclass(frozen=True, slots=True)
class Bill:
    """A network: counts, draw and price. Optics and cables are those outside servers; network cards are apart."""

    tiers: Values
    leaves: Values
    spines: Values
    cores: Values
    tops: Values
    circuit_switches: Values
    host_links: Values
    switch_links: Values
    transceivers: Values
    fibres: Values
    copper_cables: Values
    mw: Values
    switches_usd: Values
    optics_usd: Values
    cables_usd: Values
    bisection_share: Values  # bandwidth across any middle over that of half the accelerators

    @property
    def switches(self) -> Values:
        """Packet switches. [-]"""
        return np.asarray(self.leaves) + self.spines + self.cores + self.tops

    @property
    def usd(self) -> Values:
        """All of it. [USD]"""
        return np.asarray(self.switches_usd) + self.optics_usd + self.cables_usd


def parts_at(
    *,
    link_gbit_per_s: Values,
    radix: Values,
    planes: Values,
    switch_usd: Values,
    switch_w: Values,
    link_usd: Values,
    priced_gbit_per_s: Values,
    fibre_share: Values,
    transceiver_w: Values,
    transceiver_gbit_per_s: Values,
    copper_usd: Values,
    circuit_ports: Values,
    circuit_usd: Values,
    circuit_w: Values,
) -> Parts:
    """Parts of a network of links of some speed: modules and cables cost and draw in proportion to it.

    Parameters
    ----------
    link_gbit_per_s : float or array
        Speed of a link. [Gbit/s]
    radix, planes : float or array
        Ports of a switch, networks beside each other. [-]
    switch_usd, switch_w : float or array
        A switch. [USD], [W]
    link_usd, copper_usd : float or array
        An optical link with both ends, a copper cable, of the speed that is priced. [USD]
    priced_gbit_per_s : float or array
        That speed. [Gbit/s]
    fibre_share : float or array
        Share of an optical link's price that is fibre. [-]
    transceiver_w, transceiver_gbit_per_s : float or array
        Draw of a module, and its speed. [W], [Gbit/s]
    circuit_ports, circuit_usd, circuit_w : float or array
        An optical circuit switch. [-], [USD], [W]

    Returns
    -------
    Parts
    """
    times = np.asarray(link_gbit_per_s, float) / priced_gbit_per_s
    return Parts(
        radix=radix,
        planes=planes,
        switch_usd=switch_usd,
        switch_w=switch_w,
        transceiver_usd=link_usd * times * (1.0 - np.asarray(fibre_share, float)) / 2.0,
        transceiver_w=np.asarray(transceiver_w, float) * link_gbit_per_s / transceiver_gbit_per_s,
        fibre_usd=link_usd * times * fibre_share,
        copper_usd=copper_usd * times,
        circuit_ports=circuit_ports,
        circuit_usd=circuit_usd,
        circuit_w=circuit_w,
    )


def most_hosts(*, radix: Values, tiers: Values, oversubscription: Values) -> Values:
    """Hosts that a folded Clos network of switches of one radix can join.

    Without oversubscription a tree of t tiers joins 2 (k / 2)^t hosts. Where its uppermost links are oversubscribed,
    the tier below the top has more ports down than up, and it joins more.

    Parameters
    ----------
    radix : float or array
        Ports of a switch. [-]
    tiers : float or array
        Tiers, 1 to 4. [-]
    oversubscription : float or array
        Bandwidth into the tier below the top over bandwidth out of it, at least 1. [-]

    Returns
    -------
    float or array
        Hosts. [-]

    References
    ----------
    .. [1] M. Al-Fares, A. Loukissas, A. Vahdat, "A scalable, commodity data center network architecture", SIGCOMM 2008.

    Examples
    --------
    >>> [int(most_hosts(radix=64, tiers=t, oversubscription=1)) for t in (1, 2, 3)]
    [64, 2048, 65536]
    """
    k, t = np.asarray(radix, float), np.asarray(tiers, float)
    half = np.floor(k / 2.0)
    return np.where(t <= 1, k, half ** np.maximum(t - 2.0, 0.0) * _down(k, oversubscription) * k)[()]


def _down(radix: Values, oversubscription: Values) -> Values:
    """Ports down of a switch below the top."""
    k, s = np.asarray(radix, float), np.asarray(oversubscription, float)
    return np.minimum(np.round(k * s / (1.0 + s)), k - 1.0)


def clos(*, hosts: Values, radix: Values, oversubscription: Values, rails: Values) -> Tree:
    """The smallest folded Clos network, of one to four tiers, that joins so many hosts.

    Parameters
    ----------
    hosts : float or array
        Ports to join. [-]
    radix : float or array
        Ports of a switch. [-]
    oversubscription : float or array
        Bandwidth into the tier below the top over bandwidth out of it, at least 1. [-]
    rails : float or array
        Groups of hosts that do not share a leaf: 1, or the accelerators of a server. [-]

    Returns
    -------
    Tree
        Switches by tier, links between them, and the reach.

    Examples
    --------
    A k-ary fat tree has 5 k^2 / 4 switches for k^3 / 4 hosts; a published one of 512 servers of eight has
    128, 128 and 64 of 64 ports.

    >>> tree = clos(hosts=64**3 / 4, radix=64, oversubscription=1, rails=1)
    >>> int(tree.switches) == 5 * 64**2 // 4, int(tree.tiers)
    (True, 3)
    >>> tree = clos(hosts=4096, radix=64, oversubscription=1, rails=8)
    >>> int(tree.leaves), int(tree.spines), int(tree.cores)
    (128, 128, 64)
    """
    n, k, s, r = np.broadcast_arrays(*(np.asarray(x, float) for x in (hosts, radix, oversubscription, rails)))
    half, down = np.floor(k / 2.0), np.asarray(_down(k, s))
    reaches = [np.asarray(most_hosts(radix=k, tiers=t, oversubscription=s)) for t in range(1, MOST_TIERS + 1)]
    tiers = 1.0 + sum((n > reach).astype(float) for reach in reaches[:-1])
    tiers = np.maximum(tiers, np.where((r > 1) & (n > r), 2.0, 1.0))  # leaves of different rails need a tier above
    levels: list[np.ndarray] = []
    links = np.zeros_like(n)
    entering = n
    for level in range(1, MOST_TIERS + 1):
        last, below = tiers == level, tiers == level + 1
        ports = np.where(last, k, np.where(below, down, half))
        groups = r if level == 1 else np.ones_like(r)
        each = np.ceil(np.ceil(entering / groups) / ports)
        count = np.where(tiers >= level, groups * each, 0.0)
        leaving = np.where(tiers > level, count * (k - ports), 0.0)
        levels.append(count)
        links, entering = links + leaving, leaving
    reach = np.select([tiers == t + 1 for t in range(MOST_TIERS)], reaches)
    one = [x[()] for x in (tiers, *levels, links, reach)]
    return Tree(*one)


def switched(
    *,
    accelerators: Values,
    parts: Parts,
    rails: Values,
    oversubscription: Values,
    copper_hosts: Values,
    rails_apart: bool,
) -> Bill:
    """A fat tree, a rail-optimised or a rail-only network.

    Parameters
    ----------
    accelerators : float or array
        Accelerators, each with one link into every plane. [-]
    parts : Parts
        What it is built of. [USD], [W]
    rails : float or array
        Rails: 1 for a fat tree, the accelerators of a server or domain for the others. [-]
    oversubscription : float or array
        Of the uppermost links, at least 1. [-]
    copper_hosts : float or array
        Share of links between accelerator and leaf that copper reaches, 0..1. [-]
    rails_apart : bool
        Whether each rail is a network of its own. [-]

    Returns
    -------
    Bill
    """
    n, p = np.asarray(accelerators, float), np.asarray(parts.planes, float)
    r = np.minimum(rails, n)
    if rails_apart:
        one = clos(hosts=np.ceil(n / r), radix=parts.radix, oversubscription=oversubscription, rails=1.0)
        p = p * (n > r)  # a single domain has no rails to join
        copies: Values = p * r
    else:
        one = clos(hosts=n, radix=parts.radix, oversubscription=oversubscription, rails=r)
        copies = p
    leaves, spines, cores, tops, links = (
        np.asarray(copies * np.asarray(x)) for x in (one.leaves, one.spines, one.cores, one.tops, one.links)
    )
    hosts = n * p
    copper = hosts * copper_hosts
    optical = hosts - copper + links
    switches = leaves + spines + cores + tops
    alone = (np.asarray(one.tiers) <= 1) & (not rails_apart)
    across = np.where(rails_apart & (r > 1), 0.0, np.where(alone, 1.0, 1.0 / np.asarray(oversubscription, float)))
    return Bill(
        tiers=one.tiers,
        leaves=leaves[()],
        spines=spines[()],
        cores=cores[()],
        tops=tops[()],
        circuit_switches=0.0 * n,
        host_links=hosts[()],
        switch_links=links[()],
        transceivers=(2.0 * optical)[()],
        fibres=optical[()],
        copper_cables=copper[()],
        mw=((switches * parts.switch_w + 2.0 * optical * parts.transceiver_w) / WATTS_PER_MW)[()],
        switches_usd=(switches * parts.switch_usd)[()],
        optics_usd=(2.0 * optical * parts.transceiver_usd)[()],
        cables_usd=(optical * parts.fibre_usd + copper * parts.copper_usd)[()],
        bisection_share=across[()],
    )


def torus(*, accelerators: Values, parts: Parts, edge: Values, longest: Values) -> Bill:
    """A three-dimensional torus of cubes: copper inside a cube, optics through circuit switches between cubes.

    Parameters
    ----------
    accelerators : float or array
        Accelerators, whole cubes. [-]
    parts : Parts
        What it is built of; link prices are those of one of the six links of an accelerator. [USD], [W]
    edge : float or array
        Accelerators along the edge of a cube. [-]
    longest : float or array
        Accelerators along the longest side of the torus. [-]

    Returns
    -------
    Bill

    References
    ----------
    .. [1] N. Jouppi et al., "TPU v4: an optically reconfigurable supercomputer", arXiv:2304.01433: 4,096 chips in
       64 cubes, 48 circuit switches of 136 ports, 8 of them spare.
    """
    n, e = np.asarray(accelerators, float), np.asarray(edge, float)
    links = TORUS_LINKS * n
    optical = np.where(n > e**3, links / e, 0.0)
    copper = links - optical
    circuits = np.ceil(2.0 * optical / parts.circuit_ports)
    watts = circuits * parts.circuit_w + 2.0 * optical * parts.transceiver_w
    zero = 0.0 * n
    cut = 2.0 * n / np.asarray(longest, float)  # links across the middle of the longest side, both ways round
    return Bill(
        tiers=zero,
        leaves=zero,
        spines=zero,
        cores=zero,
        tops=zero,
        circuit_switches=circuits[()],
        host_links=zero,
        switch_links=links[()],
        transceivers=(2.0 * optical)[()],
        fibres=optical[()],
        copper_cables=copper[()],
        mw=(watts / WATTS_PER_MW)[()],
        switches_usd=(circuits * parts.circuit_usd)[()],
        optics_usd=(2.0 * optical * parts.transceiver_usd)[()],
        cables_usd=(optical * parts.fibre_usd + copper * parts.copper_usd)[()],
        bisection_share=(cut / (2.0 * TORUS_LINKS) / (n / 2.0))[()],
    )


def torus_sides(*, accelerators: int, edge: int) -> tuple[int, int, int] | None:
    """Sides of the torus nearest to a cube that whole cubes can fill.

    Parameters
    ----------
    accelerators : int
        Accelerators. [-]
    edge : int
        Accelerators along the edge of a cube. [-]

    Returns
    -------
    tuple of int or None
        Sides, the longest last; None where whole cubes do not fill it. [-]

    Examples
    --------
    >>> torus_sides(accelerators=4096, edge=4)
    (16, 16, 16)
    >>> torus_sides(accelerators=1000, edge=4) is None
    True
    """
    cubes, rest = divmod(accelerators, edge**3)
    if rest or cubes < 1:
        return None
    best: tuple[int, int, int] | None = None
    for a in _divisors(cubes, round(cubes ** (1.0 / 3.0) + 0.5)):
        for b in _divisors(cubes // a, int((cubes // a) ** 0.5 + 1e-9)):
            sides = tuple(sorted((a, b, cubes // a // b)))
            if best is None or sides[2] < best[2]:
                best = (sides[0], sides[1], sides[2])
    assert best is not None
    return (best[0] * edge, best[1] * edge, best[2] * edge)


def _divisors(number: int, up_to: int) -> list[int]:
    return [d for d in range(1, max(up_to, 1) + 1) if number % d == 0]


def ports_at(
    *, switch_ports: Values, port_gbit_per_s: Values, link_gbit_per_s: Values, most_split: Values
) -> tuple[Values, Values]:
    """Radix of a switch at the speed of an accelerator's link, and planes where its ports are slower than that.

    Parameters
    ----------
    switch_ports, port_gbit_per_s : float or array
        Ports of the switch and their speed. [-], [Gbit/s]
    link_gbit_per_s : float or array
        Speed of one accelerator into the network. [Gbit/s]
    most_split : float or array
        Links into which a port can be split. [-]

    Returns
    -------
    tuple of float or array
        Radix, planes. [-]

    Examples
    --------
    >>> [float(x) for x in ports_at(switch_ports=64, port_gbit_per_s=400, link_gbit_per_s=200, most_split=2)]
    [128.0, 1.0]
    >>> [float(x) for x in ports_at(switch_ports=144, port_gbit_per_s=800, link_gbit_per_s=1600, most_split=2)]
    [144.0, 2.0]
    """
    speed, link = np.asarray(port_gbit_per_s, float), np.asarray(link_gbit_per_s, float)
    split = np.clip(np.floor(speed / link), 1.0, most_split)
    planes = np.maximum(np.ceil(link / speed), 1.0)
    return (np.asarray(switch_ports, float) * split)[()], planes[()]
