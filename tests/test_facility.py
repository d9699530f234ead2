"""The facility room: psychrometrics, the six cooling systems, the year and its peak, loads, land, water, heat."""

import csv
import doctest
import gzip
import json
import os
from dataclasses import fields, replace
from importlib import import_module, resources
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigawatt import facility

REFERENCE = os.environ.get("GIGAWATT_REFERENCE")
needs_reference = pytest.mark.skipif(not REFERENCE, reason="GIGAWATT_REFERENCE is not set")


def facts() -> dict[str, str]:
    data = resources.files("gigawatt") / "data"
    rows = {}
    for path in (data / "facility.csv", data / "assumptions" / "facility.csv"):
        with path.open(encoding="utf-8", newline="") as handle:
            rows.update({r["id"]: r for r in csv.DictReader(handle)})
    return rows


FACTS = facts()
CENTRAL = facility.CoolingParameters(
    **{f.name: float(FACTS[f"cooling.{f.name}"]["value"]) for f in fields(facility.CoolingParameters)}
)


def value(fact_id):
    return float(FACTS[fact_id]["value"])


def weather(hours=8760, mean=12.0):
    h = np.arange(hours)
    t = mean - 8.0 * np.cos(2 * np.pi * h / 8760) - 5.0 * np.cos(2 * np.pi * h / 24)
    rh = np.clip(0.65 + 0.2 * np.cos(2 * np.pi * h / 24), 0.05, 1.0)
    return facility.outdoor_air(t, relative_humidity=rh, pressure_pa=101325.0)


def run(system, air, parameters=CENTRAL, it_load_fraction=1.0):
    return facility.cooling_hours(system, air, parameters, it_load_fraction=it_load_fraction, sea_temperature_c=15.0)


@pytest.mark.parametrize("module", ["air", "cooling", "annual", "load", "place"])
def test_examples(module):
    failed, tried = doctest.testmod(import_module(f"gigawatt.facility.{module}"))
    assert failed == 0 and (tried > 0 or module == "cooling")


# --- air


def test_wet_bulb_against_psychrolib():
    psychrolib = pytest.importorskip("psychrolib")
    psychrolib.SetUnitSystem(psychrolib.SI)
    for t in (-5.0, 10.0, 25.0, 40.0):
        for rh in (0.1, 0.5, 0.95):
            if t < 0 and rh < 0.9:
                continue  # below freezing ASHRAE switches to ice, the cited model does not
            ours = float(facility.wet_bulb_c(t, relative_humidity=rh, pressure_pa=95000.0))
            assert ours == pytest.approx(psychrolib.GetTWetBulbFromRelHum(t, rh, 95000.0), abs=0.2)


@given(st.floats(-30, 48), st.floats(0.02, 1.0), st.floats(70000, 105000))
def test_wet_bulb_lies_below_dry_bulb_and_goes_back(t, rh, p):
    wet = float(facility.wet_bulb_c(t, relative_humidity=rh, pressure_pa=p))
    assert wet <= t + 0.01
    back = float(facility.relative_humidity_from_wet_bulb(t, wet_bulb_c=wet, pressure_pa=p))
    assert back == pytest.approx(rh, abs=1e-6)


def test_percent_is_refused():
    with pytest.raises(ValueError, match="not percent"):
        facility.outdoor_air(20.0, relative_humidity=40.0, pressure_pa=101325.0)


def test_nan_passes_through():
    air = facility.outdoor_air([20.0, np.nan], relative_humidity=[0.4, 0.4], pressure_pa=101325.0)
    assert np.isnan(run("liquid_dry", air).pue).tolist() == [False, True]


# --- published truth


def published_point():
    text = (Path(REFERENCE) / "published_cases" / "pue_point.json").read_text(encoding="utf-8")
    return json.loads(text)["cases"][0]


@needs_reference
def test_published_point():
    case = published_point()
    known = {f.name for f in fields(facility.CoolingParameters)}
    parameters = replace(CENTRAL, **{k: v for k, v in case["parameters"].items() if k in known})
    air = facility.outdoor_air(
        case["dry_bulb_c"], relative_humidity=case["rel_humidity_pct"] / 100, pressure_pa=case["pressure_pa"]
    )
    pue = run("airside_adiabatic", air, parameters).pue
    assert pue == pytest.approx(case["expected"]["pue"], rel=1e-6)


@needs_reference
def test_published_climate_zones():
    from scipy.stats import spearmanr

    folder = Path(REFERENCE) / "published_cases"
    systems = {"1": "airside_adiabatic", "2": "waterside_tower"}
    inside, pairs = 0, {"1": [], "2": []}
    with (folder / "pue_wue_climate_zone.csv").open(encoding="utf-8") as handle:
        rows = [r for r in csv.DictReader(handle) if r["size_class"] == "Large-scale"]
    for r in rows:
        data = np.genfromtxt(folder / "series" / "climate" / f"zone_{r['climate_zone']}.csv", delimiter=",")[1:]
        air = facility.outdoor_air(data[:, 0], relative_humidity=data[:, 1] / 100, pressure_pa=data[:, 2])
        pue = facility.annual_pue(run(systems[r["cooling_case"]], air).pue, it_load_mw=1.0)
        low, high = float(r["expected_pue_p05"]), float(r["expected_pue_p95"])
        inside += low <= pue <= high
        pairs[r["cooling_case"]].append((pue, (low + high) / 2))
    assert len(rows) == 16 and inside >= 15
    assert spearmanr(*zip(*pairs["1"], strict=True))[0] >= 0.4
    assert spearmanr(*zip(*pairs["2"], strict=True))[0] >= 0.8


def station(name):
    with gzip.open(Path(REFERENCE) / "weather" / f"{name}.csv.gz", "rt") as handle:
        x = np.genfromtxt(handle, delimiter=",", names=True)
    pressure = x["pressure_pa"] if "pressure_pa" in x.dtype.names else 101325.0
    return facility.outdoor_air(x["temp_air_c"], relative_humidity=x["rh_pct"] / 100, pressure_pa=pressure)


def peak(system, air):
    quantile, margin = value("cooling.design_quantile"), value("cooling.design_margin_k")
    design = facility.design_air(air, quantile=quantile, margin_k=margin)
    pue = facility.pue_at_design(
        run(system, design).pue[..., 0],
        hourly_pue=run(system, air).pue,
        peak_hour_quantile=value("cooling.peak_hour_quantile"),
    )
    return facility.design_peak_pue(
        pue, ups_recharge_share=value("facility.ups_recharge_share"), design_margin=value("facility.design_margin")
    )


@needs_reference
def test_design_peak_against_published_campuses():
    low, high = (float(FACTS["facility.design_peak_pue.published"][k]) for k in ("low", "high"))
    abilene = station("nsrdb_abilene_tx")
    assert 1.30 <= peak("liquid_dry", abilene) <= high  # as built: 1.40, closed loop and air-cooled chillers
    assert peak("liquid_tower", abilene) == pytest.approx(1.20, abs=0.05)  # Google, cooling towers
    for system in ("liquid_dry", "liquid_tower"):
        assert low <= peak(system, station("leesburg_va")) <= high


@needs_reference
def test_airside_peak_is_the_chillers_not_the_hottest_dry_air():
    air = station("leesburg_va")
    design = facility.design_air(air, quantile=0.996, margin_k=2.0)
    assert run("airside_adiabatic", design).pue[0] < 1.15 < 1.35 < peak("airside_adiabatic", air)


@needs_reference
def test_liquid_halls_in_a_temperate_climate():
    air = station("turin_45n8e_pvgis")
    for system in facility.LIQUID_SYSTEMS:
        pue = facility.annual_pue(run(system, air, it_load_fraction=0.75).pue, it_load_mw=1.0)
        assert 1.03 <= pue <= 1.3


# --- physics of the systems


@pytest.mark.parametrize("system", facility.SYSTEMS)
def test_parts_add_up_and_scalar_equals_vector(system):
    air = weather(48)
    hours = run(system, air)
    total = 1.0 + hours.electrical + hours.fans + hours.pumps + hours.chillers
    assert hours.pue.shape == hours.wue_m3_per_mwh.shape == (48,)
    np.testing.assert_allclose(hours.pue, total, rtol=1e-14)
    assert np.all(hours.pue > 1.0) and np.all(hours.wue_m3_per_mwh >= 0)
    assert np.all((hours.chiller_share >= 0) & (hours.chiller_share <= 1 + 1e-12))
    t = float(air.temperature_c[7])
    rh = float(facility.relative_humidity_from_wet_bulb(t, wet_bulb_c=air.wet_bulb_c[7], pressure_pa=101325.0))
    one = run(system, facility.outdoor_air(t, relative_humidity=rh, pressure_pa=101325.0))
    assert np.ndim(one.pue) == 0 and one.pue == pytest.approx(hours.pue[7], rel=1e-9)


@pytest.mark.parametrize("system", ["waterside_tower", "air_cooled_chiller", "liquid_dry", "liquid_tower"])
@given(t=st.floats(-20, 44), step=st.floats(0.5, 10), rh=st.floats(0.1, 0.9))
def test_hotter_and_as_humid_is_never_cheaper(system, t, step, rh):
    pues = run(system, facility.outdoor_air([t, t + step], relative_humidity=rh, pressure_pa=101325.0)).pue
    assert pues[1] >= pues[0] - 2e-3  # thinner air moves the fans by a little


def test_airside_pays_for_the_hot_and_humid():
    air = facility.outdoor_air([20.0, 35.0], relative_humidity=[0.4, 0.8], pressure_pa=101325.0)
    hours = run("airside_adiabatic", air)
    assert hours.chiller_share.tolist() == [0.0, 1.0]
    assert hours.pue[1] > hours.pue[0] + 0.1


def test_warm_water_removes_the_chiller_hours():
    air = weather()
    warm = run("liquid_dry", air)
    cool = run("air_cooled_chiller", air)
    assert warm.chiller_share.mean() < 0.1 * cool.chiller_share.mean() + 0.02
    assert facility.annual_pue(warm.pue, it_load_mw=1.0) < facility.annual_pue(cool.pue, it_load_mw=1.0)


def test_dry_systems_only_humidify_and_towers_evaporate():
    air = weather(24)
    for system in ("air_cooled_chiller", "liquid_dry", "waterside_sea"):
        assert run(system, air).wue_m3_per_mwh.max() < 0.1
    full = replace(CENTRAL, tower_sensible_share=0.0)
    wet = run("waterside_tower", air, full).wue_m3_per_mwh
    assert np.all((wet > 1.74) & (wet < 2.7))  # published band of fully evaporative towers


def liquid_by_hand(sink, t, rh, load, p=101325.0):
    """Electrical losses, fans, pumps, chillers and water of warm-water halls: heat flows in plain floats, kW per kW."""
    v = {f.name: value(f"cooling.{f.name}") for f in fields(facility.CoolingParameters)}
    ups = (1 / v["ups_efficiency"] - 1) * (v["ups_no_load_share"] / load + 1 - v["ups_no_load_share"])
    losses = ups + v["distribution_loss"] / (1 - v["distribution_loss"]) + v["lighting_fraction"] / load
    in_air = 1 - v["liquid_share"] + losses  # what liquid does not carry, and the losses, warm the halls
    on_coils = in_air / v["sensible_heat_ratio"]
    wet = float(facility.wet_bulb_c(t, relative_humidity=rh, pressure_pa=p))

    def weight(at):  # kg/m3
        return 1.293 * 273.15 / (273.15 + at) * p / 101325

    def pump(heat, rise, name):  # kW: m3/s times kPa
        return heat / (4.2 * rise) / 1000 * v[f"pump_pa_{name}"] / 1000 / v[f"pump_eff_{name}"]

    coil_c = v["t_supply_c"] + v["dt_air_k"] * (1 - 1 / v["coil_effectiveness"])
    vapour = (on_coils - in_air) / (2500.5 - 2.3097 * (coil_c + v["dt_water_k"] / 2))  # kg/s, of the latent heat
    air_flow = in_air / (1.01 * v["dt_air_k"]) / weight(v["t_supply_c"])
    fans = air_flow * v["fan_pa_crah_waterside"] / 1000 / v["fan_eff_crah"]
    pumps = pump(v["liquid_share"], v["dt_liquid_k"], "liquid")
    pumps += vapour / 1000 * v["pump_pa_humidifier"] / 1000 / v["pump_eff_humidifier"]
    chillers, water = 0.0, vapour
    loops = (on_coils, coil_c, v["dt_water_k"]), (v["liquid_share"], v["t_liquid_supply_c"], v["dt_liquid_k"])
    for heat, supply, rise in loops:
        coldest = t + v["dry_approach_k"] if sink == "dry" else wet + v["tower_approach_k"] + v["exchanger_approach_k"]
        free = heat * min(max((supply + rise - coldest) / rise, 0), 1)
        left = heat - free
        if sink == "dry":
            args = {"part_load": v["chiller_part_load"], "rated_cop": v["air_cooled_cop"]}
            work = left / float(facility.air_cooled_chiller_cop(t, water_c=supply, **args))
            speed = min(max((rise + v["dry_approach_k"]) / max(supply + rise - t, 1e-9), 0.3), 1)
            fans += free * v["dry_fan_kw_per_kw"] * speed**3
        else:
            args = {"part_load": v["chiller_part_load"], "relative_error": v["cop_relative_error"]}
            work = left / float(facility.chiller_cop(wet + v["tower_approach_k"], **args))
            rejected = heat + work  # what the chiller draws is rejected too
            round_and_round = rejected / (4.2 * v["dt_tower_k"])
            flow = round_and_round / v["liquid_to_gas_ratio"] / weight(t)
            fans += flow * v["fan_pa_tower"] / 1000 / v["fan_eff_tower"]
            pumps += pump(rejected, v["dt_tower_k"], "tower")
            evaporated = rejected * (1 - v["tower_sensible_share"]) / 2430
            blown_down = evaporated / (v["cycles_of_concentration"] - 1)
            water += evaporated + blown_down + v["windage_fraction"] * round_and_round
        chillers += work
        pumps += pump(free, rise, "economizer") + pump(left, rise, "chilled")
    return losses, fans, pumps, chillers, water * 3600  # kg/s per kW are kg/kWh, L/kWh, m3/MWh by the hour


@pytest.mark.parametrize("sink", ["dry", "tower"])
@pytest.mark.parametrize(("t", "rh", "load"), [(12.0, 0.6, 0.75), (33.0, 0.5, 1.0), (44.0, 0.2, 0.4), (-8.0, 0.8, 0.9)])
def test_liquid_cooling_is_its_heat_balance(sink, t, rh, load):
    air = facility.outdoor_air(t, relative_humidity=rh, pressure_pa=101325.0)
    hour = run(f"liquid_{sink}", air, it_load_fraction=load)
    found = hour.electrical, hour.fans, hour.pumps, hour.chillers, hour.wue_m3_per_mwh
    by_hand = liquid_by_hand(sink, t, rh, load)
    assert found == pytest.approx(by_hand, rel=2e-3)  # the latent heat of the model has a small square term
    assert hour.pue == pytest.approx(1.0 + sum(by_hand[:4]), rel=1e-4)


def test_part_load_costs_and_no_load_is_undefined():
    air = weather(24)
    assert np.all(run("liquid_dry", air, it_load_fraction=0.3).pue > run("liquid_dry", air).pue)
    assert np.all(np.isnan(run("liquid_dry", air, it_load_fraction=0.0).pue))


def test_draws_of_parameters_lead():
    air = weather(24)
    draws = replace(CENTRAL, t_liquid_supply_c=np.array([[20.0], [30.0], [45.0]]))
    pue = run("liquid_dry", air, draws).pue
    assert pue.shape == (3, 24)
    np.testing.assert_allclose(pue[1], run("liquid_dry", air, replace(CENTRAL, t_liquid_supply_c=30.0)).pue)
    assert pue[0].mean() > pue[2].mean()


def test_chiller_curves():
    assert facility.chiller_cop(45.0, part_load=0.5, relative_error=0.0) == pytest.approx(
        facility.chiller_cop(60.0, part_load=0.5, relative_error=0.0)
    )
    args = {"part_load": 0.5, "rated_cop": 3.0}
    cops = facility.air_cooled_chiller_cop(35.0, water_c=np.array([6.0, 10.0, 20.0, 30.0]), **args)
    assert np.all(np.diff(cops) > 0)
    assert np.all(np.diff(facility.air_cooled_chiller_cop(np.array([15.0, 25, 35, 45]), water_c=20.0, **args)) < 0)


def test_misuse_is_named():
    air = weather(24)
    with pytest.raises(ValueError, match="expected one of airside_adiabatic"):
        facility.cooling_hours("magic", air, CENTRAL, it_load_fraction=1.0)
    with pytest.raises(ValueError, match="sea_temperature_c"):
        facility.cooling_hours("waterside_sea", air, CENTRAL, it_load_fraction=1.0)


# --- the year, the peak, the choice


def test_annual_is_weighted_by_energy():
    assert facility.annual_pue([1.1, np.nan], it_load_mw=[2.0, 0.0]) == pytest.approx(1.1)
    assert np.isnan(facility.annual_pue([1.1, 1.2], it_load_mw=0.0))
    sites = facility.annual_wue(np.array([[0.0, 1.0], [2.0, 2.0]]), it_load_mw=np.array([1.0, 3.0]))
    np.testing.assert_allclose(sites, [0.75, 2.0])


def test_the_margin_of_the_design_is_on_both_bulbs():
    air = weather()
    bare, more = (facility.design_air(air, quantile=0.99, margin_k=k) for k in (0.0, 3.0))
    assert more.temperature_c - bare.temperature_c == pytest.approx(3.0)
    assert more.wet_bulb_c - bare.wet_bulb_c == pytest.approx(3.0)


def test_design_air_is_hotter_than_nearly_all_hours():
    air = weather()
    design = facility.design_air(air, quantile=0.996, margin_k=2.0)
    assert (air.temperature_c <= design.temperature_c).all()
    assert design.wet_bulb_c <= design.temperature_c
    back = facility.wet_bulb_c(
        design.temperature_c,
        relative_humidity=facility.relative_humidity_from_wet_bulb(
            design.temperature_c, wet_bulb_c=design.wet_bulb_c, pressure_pa=101325.0
        ),
        pressure_pa=101325.0,
    )
    np.testing.assert_allclose(back, design.wet_bulb_c, atol=1e-6)


CHOICE = {
    "it_energy_mwh_per_year": 1000.0,
    "power_price_usd_per_mwh": 80.0,
    "water_price_usd_per_m3": 3.0,
    "water_stress_limit": 0.4,
    "thirsty_wue_m3_per_mwh": 0.2,
}


def test_choice_weighs_power_and_water():
    names = ["dry", "tower"]
    options = {"pue": [1.20, 1.10], "wue_m3_per_mwh": [0.0, 1.8]}
    wet = facility.choose_cooling(names, **options, **CHOICE, water_stress=0.1)
    assert (wet.name, wet.conflict) == ("tower", False)
    np.testing.assert_allclose(wet.annual_cost_usd, [16000.0, 13400.0])
    dry = facility.choose_cooling(names, **options, **CHOICE, water_stress=0.9)
    assert dry.name == "dry" and "water stress" in dry.words
    wish = facility.choose_cooling(names, **options, **CHOICE, water_stress=0.1, wanted="dry")
    assert wish.name == "dry" and "asked" in wish.words
    clash = facility.choose_cooling(names, **options, **CHOICE, water_stress=0.9, wanted="tower")
    assert (clash.name, clash.conflict) == ("tower", True)


def test_choice_over_sites():
    pue = np.array([[1.2, 1.2, 1.2], [1.1, 1.1, np.nan]])
    out = facility.choose_cooling(
        ["dry", "tower"], pue=pue, wue_m3_per_mwh=[0.0, 1.8], **CHOICE, water_stress=np.array([0.9, np.nan, 0.1])
    )
    assert out.name.tolist() == ["dry", "tower", "dry"]
    assert out.annual_cost_usd.shape == (2, 3) and out.words.shape == (3,)
    with pytest.raises(ValueError, match="candidates on axis 0"):
        facility.choose_cooling(["dry", "tower"], pue=[1.1], wue_m3_per_mwh=[0.0, 1.0], **CHOICE, water_stress=0.1)


def test_residual_scales_the_overhead():
    pue = facility.apply_overhead_residual(np.array([1.1, 1.2]), residual=np.array([[1.0], [2.0]]))
    np.testing.assert_allclose(pue, [[1.1, 1.2], [1.2, 1.4]])


# --- loads, connection, redundancy


@given(st.floats(0, 1e5), st.floats(1.01, 2.0), st.floats(0.0, 0.2), st.floats(0.3, 1.0))
def test_inverse_pairs(mw, pue, reserve, ratio):
    f = facility
    assert f.it_load(f.facility_load(mw, pue=pue), pue=pue) == pytest.approx(mw)
    there = f.facility_peak_from_it_peak(mw, pue_design_peak=pue)
    assert f.it_peak_from_facility_peak(there, pue_design_peak=pue) == pytest.approx(mw)
    mean = f.it_average_from_peak(mw, average_to_peak=ratio)
    assert f.it_peak_from_average(mean, average_to_peak=ratio) == pytest.approx(mw)
    grid = f.grid_connection(mw, firm_on_site_mw=0.0, reserve=reserve)
    assert f.facility_peak_from_grid_connection(grid, firm_on_site_mw=0.0, reserve=reserve) == pytest.approx(mw)
    area = f.campus_land(mw, land_ha_per_mw=ratio)
    assert f.campus_size_on_land(area, land_ha_per_mw=ratio) == pytest.approx(mw)


def test_grid_connection_is_never_negative():
    assert facility.grid_connection(100.0, firm_on_site_mw=300.0, reserve=0.0) == 0.0


def test_units_under_redundancy():
    np.testing.assert_array_equal(
        facility.units_needed(np.array([0.0, 300.0, 301.0]), unit=300.0, spare_units=1, sets=1), [0, 2, 3]
    )
    assert facility.units_needed(600.0, unit=300.0, spare_units=0, sets=2) == 4
    assert facility.units_needed(600.0, unit=300.0, spare_units=1, sets=2) == 6  # a spare in each of two sets
    assert facility.backup_load(1000.0, backed_share=0.3) == 300.0


@given(st.floats(1.0, 1e4), st.floats(50.0, 5e3))
def test_feeds_keep_the_block_within_the_limit(mw, limit):
    feeds = facility.feeds_for_trip_block(mw, largest_block_mw=limit)
    assert facility.trip_block(mw, feeds=feeds) <= limit * (1 + 1e-6)
    assert feeds == 1 or facility.trip_block(mw, feeds=feeds - 1) > limit * (1 - 1e-6)


# --- place


def test_water_in_plain_units():
    m3 = facility.water_per_year(8.76e6, wue_m3_per_mwh=2.0)
    people = facility.water_in_inhabitants(m3, household_m3_per_inhabitant_year=value("water.household"))
    assert people == pytest.approx(333_000, rel=0.01)


def test_waste_heat_conserves_energy():
    heat = facility.waste_heat(
        100.0,
        liquid_share=0.87,
        recoverable_share=1.0,
        electrical_overhead=0.07,
        t_liquid_return_c=45.0,
        t_air_return_c=47.0,
    )
    assert heat.liquid_mw + heat.air_mw == pytest.approx(107.0)
    assert heat.liquid_c == 45.0


# --- facts of the room


def test_facts_are_ordered_and_complete():
    for r in FACTS.values():
        if r["unit"] != "text" and r["low"]:
            assert float(r["low"]) <= float(r["value"]) <= float(r["high"]), r["id"]
        if r["unit"] == "text":
            assert r["value"] in facility.SYSTEMS


@needs_reference
def test_every_accelerator_has_a_cooling_system():
    with (Path(REFERENCE) / "accelerators.csv").open(encoding="utf-8") as handle:
        ids = {r["id"] for r in csv.DictReader(handle)}
    assert ids == {i.removeprefix("cooling.system.") for i in FACTS if i.startswith("cooling.system.")}
