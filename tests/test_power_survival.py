"""Backup through an outage: a slow twin, draws, limits, published cases."""

import itertools
import json
import os
from pathlib import Path

import numpy as np
import pytest

from gigawatt.power import adequacy, survival
from gigawatt.power.survival import Battery, Generators, backup_survival

REFERENCE = os.environ.get("GIGAWATT_REFERENCE")


def diesel(**more):
    figures = {"n": 2, "unit_mw": 10.0, "operational_availability": 0.95, "failure_to_start": 0.02, "mttf_h": 40.0}
    return Generators(**(figures | more))


def cells(**more):
    figures = {"energy_mwh": 40.0, "power_mw": 12.0, "start_soc": 0.8, "min_soc": 0.2, "bins": 17}
    return Battery(**(figures | {"charge_efficiency": 0.9, "discharge_efficiency": 0.95} | more))


def forwards(*, load_mw, generators, battery, max_outage_h, must_take_mw, start):
    """Slow twin: every reachable state carried forward from one start, with its probability."""
    net = np.asarray(load_mw) - must_take_mw
    usable = battery.energy_mwh * (1 - battery.min_soc)
    width = usable / (battery.bins - 1)
    begin = round(battery.energy_mwh * (np.broadcast_to(battery.start_soc, net.shape)[start] - battery.min_soc) / width)
    states = {(tuple(g.n for g in generators), begin): 1.0}

    def thinned(states, chances):
        new = {}
        for (ups, level), p in states.items():
            for left in itertools.product(*(range(u + 1) for u in ups)):
                q = p
                for u, v, c in zip(ups, left, chances, strict=True):
                    q *= float(np.prod(np.arange(v + 1, u + 1)) / np.prod(np.arange(1, u - v + 1)))
                    q *= (1 - c) ** v * c ** (u - v)
                new[left, level] = new.get((left, level), 0.0) + q
        return new

    states = thinned(states, [1 - g.operational_availability * (1 - g.failure_to_start) for g in generators])
    alive = []
    for d in range(max_outage_h):
        load, after = net[(start + d) % len(net)], {}
        for (ups, level), p in thinned(states, [1 / g.mttf_h for g in generators]).items():
            spare = sum(u * g.unit_mw for u, g in zip(ups, generators, strict=True)) - load
            if spare + min(battery.power_mw, level * width * battery.discharge_efficiency) < -1e-9:
                continue
            flow = min(max(spare, -battery.power_mw), battery.power_mw)
            flow = flow * battery.charge_efficiency if flow > 0 else flow / battery.discharge_efficiency
            key = ups, min(max(level + round(flow / width), 0), battery.bins - 1)
            after[key] = after.get(key, 0.0) + p
        states = after
        alive.append(sum(states.values()))
    return alive


@pytest.mark.parametrize("seed", range(4))
def test_backwards_equals_forwards(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    monkeypatch.setattr(survival, "CELLS", 200)  # several blocks of starts
    case = {
        "load_mw": rng.uniform(5.0, 32.0, 20),
        "generators": [diesel(), diesel(n=1, unit_mw=7.3, mttf_h=15.0)],
        "battery": cells(start_soc=rng.uniform(0.2, 1.0, 20)),
        "max_outage_h": 8,
        "must_take_mw": rng.uniform(0.0, 20.0, 20),
    }
    found = backup_survival(**case)
    assert found.shape == (20, 8)
    for start in range(20):
        assert found[start] == pytest.approx(forwards(**case, start=start), abs=1e-12)
    assert backup_survival(**case, starts=[3, 17]) == pytest.approx(found[[3, 17]])
    assert backup_survival(**case, starts=5) == pytest.approx(found[[5]])


def test_draws_of_an_outage_agree():
    rng = np.random.default_rng(7)
    load, g = np.array([12.0, 16.0, 20.0, 18.0]), diesel(n=3, unit_mw=6.0)
    battery = cells(energy_mwh=20.0, min_soc=0.0, start_soc=1.0, charge_efficiency=1.0, discharge_efficiency=1.0)
    exact = backup_survival(
        load_mw=load,
        generators=[g],
        battery=Battery(**{k: getattr(battery, k) for k in battery.__slots__} | {"bins": 11}),  # 2 MWh divides all
        max_outage_h=12,
        starts=1,
    )
    draws = 100_000
    up = rng.random((draws, 3)) < g.operational_availability * (1 - g.failure_to_start)
    content, alive = np.full(draws, 20.0), np.ones(draws, bool)
    for d in range(12):
        up &= rng.random((draws, 3)) >= 1 / g.mttf_h
        spare = up.sum(axis=1) * g.unit_mw - load[(1 + d) % 4]
        alive &= spare + np.minimum(battery.power_mw, content) >= 0
        content = np.clip(content + np.clip(spare, -battery.power_mw, battery.power_mw), 0.0, 20.0)
        error = np.sqrt(exact[0, d] * (1 - exact[0, d]) / draws)
        assert abs(alive.mean() - exact[0, d]) < 4 * error + 1e-12
    assert 0.05 < exact[0, -1] < 0.95


def test_survival_at_its_limits():
    load, sure = np.full(24, 10.0), {"operational_availability": 1.0, "failure_to_start": 0.0, "mttf_h": np.inf}
    nothing = backup_survival(load_mw=load, generators=[], battery=None, max_outage_h=3)
    assert np.array_equal(nothing, np.zeros((24, 3)))
    sunny = backup_survival(load_mw=load, generators=[], battery=None, max_outage_h=3, must_take_mw=10.0)
    assert np.array_equal(sunny, np.ones((24, 3)))
    perfect = backup_survival(load_mw=load, generators=[diesel(n=1, **sure)], battery=None, max_outage_h=30)
    assert perfect == pytest.approx(np.ones((24, 30)))
    small = backup_survival(load_mw=load, generators=[diesel(n=1, unit_mw=9.9, **sure)], battery=None, max_outage_h=1)
    assert small == pytest.approx(np.zeros((24, 1)))
    never = diesel(operational_availability=0.0)
    dead = backup_survival(load_mw=load, generators=[never], battery=None, max_outage_h=1)
    assert np.array_equal(dead, np.zeros((24, 1)))
    lossless = {"charge_efficiency": 1.0, "discharge_efficiency": 1.0, "min_soc": 0.0, "start_soc": 1.0}
    for bins in (5, None):
        battery = cells(energy_mwh=40.0, power_mw=10.0, bins=bins, **lossless)
        alone = backup_survival(load_mw=load, generators=[], battery=battery, max_outage_h=6, starts=0)
        assert alone[0].tolist() == [1, 1, 1, 1, 0, 0]  # 40 MWh at 10 MW
    weak = cells(energy_mwh=400.0, power_mw=9.0, **lossless)
    assert backup_survival(load_mw=load, generators=[], battery=weak, max_outage_h=1)[0, 0] == 0.0
    one = backup_survival(load_mw=load, generators=[diesel(n=1)], battery=None, max_outage_h=5)
    assert one[0] == pytest.approx(0.95 * 0.98 * (1 - 1 / 40) ** np.arange(1, 6))
    with pytest.raises(ValueError, match="bins"):
        backup_survival(load_mw=load, generators=[], battery=cells(bins=1), max_outage_h=1)


def test_more_backup_survives_more_often_and_a_longer_outage_less():
    load = np.random.default_rng(3).uniform(8.0, 20.0, 48)
    whole = {"charge_efficiency": 1.0, "discharge_efficiency": 1.0, "min_soc": 0.0, "start_soc": 1.0, "bins": None}

    def survival(n, hours):
        battery = cells(energy_mwh=12.0 * hours, power_mw=12.0, **whole) if hours else None
        return backup_survival(load_mw=load, generators=[diesel(n=n)], battery=battery, max_outage_h=24)

    base = survival(2, 2)
    assert np.all(np.diff(base, axis=1) <= 1e-12)
    assert np.all(base <= survival(3, 2) + 1e-12)
    assert np.all(base >= survival(2, 0) - 1e-12)
    assert survival(2, 4).mean() > base.mean()


def published():
    return (
        json.loads((Path(REFERENCE) / "published_cases" / "reliability.json").read_text())["cases"] if REFERENCE else []
    )


def in_mw(case):
    """Arguments of `backup_survival` for a published case, whose unit is the kW."""
    folder, load = Path(REFERENCE) / "published_cases", case["load"]
    must_take = 0.0
    if "series" in load:
        table = np.genfromtxt(folder / load["series"], delimiter=",", names=True)
        kw, must_take = table["critical_load_kw"], case["pv_kw"] * table["pv_cf"] + case["wind_kw"] * table["wind_cf"]
    else:
        kw = np.full(load["hours"], load["flat_kw"], float) if "flat_kw" in load else np.array(load["kw"], float)
    generators = [
        Generators(unit_mw=g["kw"] / 1e3, **{k: v for k, v in g.items() if k != "kw"}) for g in case["generators"]
    ]
    b = dict(case["battery"])
    return {
        "load_mw": kw / 1e3,
        "must_take_mw": must_take / 1e3,
        "generators": generators,
        "battery": Battery(energy_mwh=b.pop("kwh") / 1e3, power_mw=b.pop("kw") / 1e3, **b),
        "max_outage_h": case["max_outage_h"],
        "starts": case["outage_start_index"],
    }


def figures(case):
    if case["kind"] == "eue_identical_units":
        keys = {
            "n": "n_units",
            "unit_mw": "unit_mw",
            "forced_availability": "forced_availability",
            "load_mw": "load_mw",
        }
        return {"eue_forced_mwh_per_yr": adequacy.eue_identical_units(**{k: case[v] for k, v in keys.items()})}
    found = backup_survival(**in_mw(case))
    return {
        "survival_by_hour": found.mean(axis=0),
        "survival_final": found[:, -1].mean(),
        "survival_final_first_start": found[0, -1],
        "mean_survival_final": found[:, -1].mean(),
    }


@pytest.mark.skipif(not REFERENCE, reason="GIGAWATT_REFERENCE is not set")
@pytest.mark.parametrize("case", published(), ids=lambda c: c["case_id"])
def test_published_reliability_cases(case):
    found = figures({k: v for k, v in case.items() if k != "expected"})
    for figure, tolerance in case["tolerance"].items():
        assert found[figure] == pytest.approx(
            case["expected"][figure], rel=tolerance.get("rel", 0.0), abs=tolerance.get("abs", 0.0)
        )
