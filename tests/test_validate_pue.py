"""PUE of points and zones: the stated conventions written out once more by hand, every branch, the published truth."""

import csv
import io
import json
import os
from math import exp
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gigawatt.validate import validate
from gigawatt.validate.families import CannotPredict, Case
from gigawatt.validate.known import predictor

REFERENCE = os.environ.get("GIGAWATT_REFERENCE")
needs_reference = pytest.mark.skipif(not REFERENCE, reason="GIGAWATT_REFERENCE is not set")

LIMITS = {
    "ups_efficiency": (0.9, 0.99),
    "distribution_loss": (0.0, 0.02),
    "lighting_fraction": (0.0, 0.002),
    "t_supply_min_c": (10.0, 18.0),
    "t_supply_max_c": (24.0, 35.0),
    "t_supply_c": (20.0, 35.0),
    "dt_air_k": (13.8, 19.5),
    "dt_water_k": (5.0, 10.0),
    "dt_tower_k": (4.0, 6.0),
    "dt_sea_k": (5.0, 10.0),
    "fan_pa_crah": (400.0, 1000.0),
    "fan_eff_crah": (0.65, 0.9),
    "fan_pa_tower": (100.0, 400.0),
    "fan_eff_tower": (0.65, 0.9),
    "pump_pa_humidifier": (6.3e6, 7.7e6),
    "pump_eff_humidifier": (0.6, 0.8),
    "pump_pa_economizer": (1.1e5, 1.8e5),
    "pump_eff_economizer": (0.6, 0.8),
    "pump_pa_chilled": (1.1e5, 1.8e5),
    "pump_eff_chilled": (0.6, 0.8),
    "pump_pa_tower": (1.6e5, 2.6e5),
    "pump_eff_tower": (0.6, 0.8),
    "pump_pa_sea": (2.9e5, 1.5e6),
    "pump_eff_sea": (0.6, 0.8),
    "tower_approach_k": (2.8, 6.7),
    "exchanger_approach_k": (1.7, 2.8),
    "coil_effectiveness": (0.7, 0.9),
    "sensible_heat_ratio": (0.95, 0.99),
    "chiller_part_load": (0.2, 0.8),
    "cop_relative_error": (-0.11, 0.11),
    "liquid_to_gas_ratio": (1.0, 3.0),
}


# --- The conventions by hand, in plain floats -------------------------------------------------------------------------


def p_sat(t, zero=611.21):
    return zero * exp((18.678 - t / 234.5) * t / (t + 257.14))


def enthalpy(t, d_kg):
    return 1.01 * t + (2500.0 + 1.84 * t) * d_kg


def wet_bulb(t, rh, p):
    e = rh * p_sat(t)
    target = enthalpy(t, 0.62198 * e / (p - e))
    low, high = t - 60.0, t + 1.0
    for _ in range(200):
        w = (low + high) / 2
        e = p_sat(w, 611.2)
        low, high = (w, high) if enthalpy(w, 0.62198 * e / (p - e)) < target else (low, w)
    return w


def cop(v, t):
    load = v["chiller_part_load"]
    x = 16.798751 + 0.008840 * t**2 - 8.528931 * load**2 + 9.885294 * load - 0.760621 * t + 0.084615 * load * t
    return x * (1 + v["cop_relative_error"])


def density(t, p):
    return 1.293 * (p / 101325) * 273.15 / (273.15 + t)


def losses(v):
    return 1 / v["ups_efficiency"] - 1 + 1 / (1 - v["distribution_loss"]) - 1 + v["lighting_fraction"]


def pump(v, name, kg_s):
    return v[f"pump_pa_{name}"] * kg_s / (1000 * v[f"pump_eff_{name}"] * 1000)


def hall_fan(v, flow, t, p):
    return flow / density(t, p) * v["fan_pa_crah"] / v["fan_eff_crah"] / 1000


def tower(v, heat, t, p):
    water = heat / (4.2 * v["dt_tower_k"])
    fan = water / v["liquid_to_gas_ratio"] / density(t, p) * v["fan_pa_tower"] / v["fan_eff_tower"] / 1000
    return fan + pump(v, "tower", water)


def air_side(v, t, rh, p):
    """PUE and whether outdoor air cools."""
    q = 1 + losses(v)
    supply = min(max(t, v["t_supply_min_c"]), v["t_supply_max_c"])
    e = rh * p_sat(t)
    d = 622 * e / (p - e)
    h = enthalpy(t, d / 1000)

    def moisture(vapour):
        return 621.98 * vapour / (p - vapour)

    h27 = enthalpy(27.0, moisture(611.21 * exp(18.678 * 15 / (257.14 + 15))) / 1000)
    dry = h < h27
    free = dry or h <= enthalpy(supply, moisture(0.8 * p_sat(supply)) / 1000)
    wanted = (
        moisture(0.2 * p_sat(supply)) if dry and t <= supply else (h - 1.01 * supply) * 1000 / (2500 + 1.84 * supply)
    )
    g, m = max(0.0, wanted - d), q / (1.01 * v["dt_air_k"])
    humid = pump(v, "humidifier", m - m / (1 + g / 1000)) if free else 0.0
    chilled = 0.0 if free else q
    chiller = chilled / cop(v, wet_bulb(t, rh, p) + v["tower_approach_k"])
    cooled = pump(v, "chilled", chilled / (4.2 * v["dt_water_k"])) + tower(v, chilled + chiller, t, p)
    return q + hall_fan(v, m, supply, p) + humid + chiller + cooled, free


def water_side(v, t, rh, p, sea):
    """PUE and the share of the heat that the economiser carries."""
    q = 1 + losses(v)
    needed = q / v["sensible_heat_ratio"]
    supply = v["t_supply_c"] + v["dt_air_k"] - v["dt_air_k"] / v["coil_effectiveness"]
    back = supply + v["dt_water_k"]
    mean = (supply + back) / 2
    humid = pump(v, "humidifier", (needed - q) / (-0.0013 * mean**2 - 2.3097 * mean + 2500.5))
    sink = wet_bulb(t, rh, p) + v["tower_approach_k"] if sea is None else sea
    x = sink + v["exchanger_approach_k"]
    share = 1.0 if x <= supply else (back - x) / v["dt_water_k"] if x < back else 0.0
    chilled = needed * (1 - share)
    chiller = chilled / cop(v, sink)
    loop = 4.2 * v["dt_water_k"]
    pumps = pump(v, "economizer", needed * share / loop) + pump(v, "chilled", chilled / loop)
    if sea is None:
        pumps += tower(v, needed + chiller, t, p)
    else:
        pumps += pump(v, "sea", (needed + chiller) / (4.2 * v["dt_sea_k"]))
    fan = hall_fan(v, q / (1.01 * v["dt_air_k"]), v["t_supply_c"], p)
    return q + fan + humid + chiller + pumps, share


parameters = st.fixed_dictionaries({k: st.floats(*v) for k, v in LIMITS.items()})
air = st.tuples(st.floats(-25.0, 48.0), st.floats(0.03, 1.0), st.floats(70e3, 104e3))


def predicted(kind, v, t, rh, p, **more):
    given = {"dry_bulb_c": t, "rel_humidity_pct": 100 * rh, "pressure_pa": p, "parameters": v} | more
    return predictor(kind)(Case(kind=kind, given=given))["pue"]


@settings(max_examples=150)
@given(parameters, air)
def test_air_side_follows_the_conventions(v, a):
    assert predicted("pue_airside", v, *a) == pytest.approx(air_side(v, *a)[0], rel=1e-9)


@settings(max_examples=150)
@given(parameters, air)
def test_towers_follow_the_conventions(v, a):
    assert predicted("pue_waterside_tower", v, *a) == pytest.approx(water_side(v, *a, None)[0], rel=1e-9)


@settings(max_examples=150)
@given(parameters, air, st.floats(0.0, 33.0))
def test_the_sea_follows_the_conventions(v, a, sea):
    expected = pytest.approx(water_side(v, *a, sea)[0], rel=1e-9)
    assert predicted("pue_waterside_sea", v, *a, sea_temperature_c=sea) == expected
    assert predicted("pue_waterside_sea", v | {"sea_temp_c": sea}, *a) == expected


MIDDLE = {k: (a + b) / 2 for k, (a, b) in LIMITS.items()}


def test_every_branch_is_there():
    """The three states of air-side cooling and of an economiser, and a condenser beyond the regression's minimum."""
    dry, humid, hot = (air_side(MIDDLE, t, rh, 101325.0) for t, rh in ((10.0, 0.3), (24.0, 0.7), (38.0, 0.7)))
    assert dry[1] and humid[1] and not hot[1] and hot[0] > humid[0] + 0.1
    shares = [water_side(MIDDLE, t, 0.6, 101325.0, None)[1] for t in (0.0, 22.0, 40.0)]
    assert shares[0] == 1.0 and 0.0 < shares[1] < 1.0 and shares[2] == 0.0
    beyond = (44.0, 0.85, 101325.0)
    assert wet_bulb(*beyond) + MIDDLE["tower_approach_k"] > 41.0
    expected = water_side(MIDDLE, *beyond, None)[0]
    assert predicted("pue_waterside_tower", MIDDLE, *beyond) == pytest.approx(expected, rel=1e-9)


def test_other_spellings_and_what_is_missing():
    a = (20.0, 0.5, 101325.0)
    other = {k: v for k, v in MIDDLE.items() if k not in ("t_supply_c", "sensible_heat_ratio")}
    other |= {"t_supply": MIDDLE["t_supply_c"], "shr": MIDDLE["sensible_heat_ratio"]}
    assert predicted("pue_waterside_tower", other, *a) == predicted("pue_waterside_tower", MIDDLE, *a)
    for name in ("fan_pa_tower", "t_supply_c"):
        with pytest.raises(CannotPredict, match=name):
            predicted("pue_waterside_tower", {k: v for k, v in MIDDLE.items() if k != name}, *a)
    with pytest.raises(CannotPredict, match="sea_temperature_c"):
        predicted("pue_waterside_sea", MIDDLE, *a)
    with pytest.raises(CannotPredict, match="expected a number"):
        predicted("pue_airside", MIDDLE | {"dt_air_k": "warm"}, *a)


# --- Published truth --------------------------------------------------------------------------------------------------


def published(name):
    return (Path(REFERENCE) / "published_cases" / name).read_text(encoding="utf-8")


@needs_reference
def test_published_points(tmp_path):
    found = validate([Path(REFERENCE) / "published_cases" / "pue_point.json"])
    assert found.rows and all(r.within and r.abs_rel_error < 1e-12 for r in found.rows)
    bare = json.loads(published("pue_point.json"))
    for case in bare["cases"]:
        case["expected"] = dict.fromkeys(case["expected"])
    (tmp_path / "pue_point.json").write_text(json.dumps(bare), encoding="utf-8")
    assert [r.predicted for r in validate([tmp_path]).rows] == [r.predicted for r in found.rows]


@needs_reference
def test_published_zones(tmp_path):
    found = validate([Path(REFERENCE) / "published_cases" / "pue_wue_climate_zone.csv"])
    whole = found.json()["families"]["pue_wue_climate_zone"]
    assert whole["scored"] == 16 and whole["in_band"] >= 15 and whole["spearman"] is None
    assert whole["by"]["cooling_case"]["1"]["spearman"] >= 0.4
    assert whole["by"]["cooling_case"]["2"]["spearman"] >= 0.8
    assert not any(r.scored for r in found.rows if r.figure == "annual_wue")
    rows = list(csv.DictReader(io.StringIO(published("pue_wue_climate_zone.csv"))))
    bare = io.StringIO()
    writer = csv.DictWriter(bare, rows[0])
    writer.writeheader()
    writer.writerows({k: "" if k.startswith("expected") else v for k, v in row.items()} for row in rows)
    (tmp_path / "pue_wue_climate_zone.csv").write_text(bare.getvalue(), encoding="utf-8")
    assert [r.predicted for r in validate([tmp_path]).rows] == [r.predicted for r in found.rows]


@pytest.mark.parametrize("cooling_case", ["1", "2"])
def test_the_hours_of_a_zone_are_read_and_warm_moist_air_costs(tmp_path, cooling_case):
    header = "climate_zone,cooling_case,size_class,cooling_system,expected_pue_p05,expected_pue_p95\n"
    zones = "".join(f"{zone},{cooling_case},Large-scale,x,1.0,2.0\n" for zone in ("mild", "humid"))
    (tmp_path / "pue_wue_climate_zone.csv").write_text(header + zones, encoding="utf-8")
    (tmp_path / "series" / "climate").mkdir(parents=True)
    hours = np.arange(48)
    for zone, warmer in (("mild", 0.0), ("humid", 8.0)):
        lines = [f"{18 + warmer + 4 * np.sin(h / 4):.2f},{55 + 2 * warmer:.0f},101325" for h in hours]
        text = "dry_bulb_c,rel_humidity_pct,pressure_pa\n" + "\n".join(lines) + "\n"
        (tmp_path / "series" / "climate" / f"zone_{zone}.csv").write_text(text, encoding="utf-8")
    mild, humid = (r.predicted for r in validate([tmp_path]).rows if r.figure == "annual_pue")
    assert humid > mild + 0.01


def test_zones_that_cannot_be_predicted_say_why(tmp_path):
    header = "climate_zone,cooling_case,size_class,cooling_system,expected_pue_p05,expected_pue_p95\n"
    lines = "1A,3,Midsize,x,1.4,1.7\n1A,9,Large-scale,x,1.0,2.0\n"
    (tmp_path / "pue_wue_climate_zone.csv").write_text(header + lines, encoding="utf-8")
    midsize, ninth = (r for r in validate([tmp_path]).rows if r.figure == "annual_pue")
    assert not midsize.scored and "no stated method" in midsize.reason
    assert ninth.scored and ninth.predicted is None and "cooling_case is '9'" in ninth.reason
