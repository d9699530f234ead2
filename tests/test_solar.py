"""Sun, clear sky and PV: limits, shapes, and pvlib as the oracle."""

import doctest
from dataclasses import replace

import numpy as np
import pytest

from gigawatt import solar

DAY_OF_YEAR = np.repeat(np.arange(1, 366), 24)
SITES = [(48.86, 2.33, 1, 60.0), (-33.9, 18.4, 2, 10.0), (1.3, 103.8, 8, 20.0), (32.45, -99.73, -6, 540.0)]
FIXED = solar.PvSystem(
    tracking=False,
    tilt_deg=35.0,
    azimuth_deg=180.0,
    dc_ac_ratio=1.3,
    loss_fraction=0.14,
    inverter_efficiency=0.96,
    temperature_coefficient_per_k=-0.0035,
    albedo=0.2,
    ground_coverage_ratio=0.4,
    rotation_limit_deg=60.0,
)


def sun_at(site):
    latitude, longitude, offset, _ = site
    return solar.sun_position(latitude_deg=latitude, longitude_deg=longitude, utc_offset_h=offset)


def pvlib_sun(site):
    pvlib, pd = pytest.importorskip("pvlib"), pytest.importorskip("pandas")
    latitude, longitude, offset, _ = site
    times = pd.date_range("2023-01-01 00:30", periods=8760, freq="h", tz=f"Etc/GMT{-offset:+d}")
    return pvlib, pvlib.solarposition.get_solarposition(times, latitude, longitude)


def cloudy(clear):
    """A made-up year: clear, half clear and grey days in turn."""
    return clear * np.repeat(np.tile([1.0, 0.6, 0.25, 0.8, 0.95], 73), 24)


def test_doctests():
    assert doctest.testmod(solar).failed == 0


@pytest.mark.parametrize("site", SITES)
def test_position_against_spa(site):
    _, truth = pvlib_sun(site)
    sun = sun_at(site)
    zenith = np.rad2deg(np.arccos(sun.up))
    assert np.abs(zenith - truth.zenith.to_numpy()).max() < 0.2
    day = (truth.zenith.to_numpy() < 90.0) & (zenith > 5.0)
    azimuth = np.rad2deg(np.arctan2(sun.east, sun.north))
    off = (azimuth - truth.azimuth.to_numpy() + 180.0) % 360.0 - 180.0
    assert np.abs(off[day]).max() < 2.0
    assert np.allclose(sun.east**2 + sun.north**2 + sun.up**2, 1.0)


@pytest.mark.parametrize("site", SITES)
def test_clear_sky_against_pvlib_ineichen(site):
    pvlib, truth = pvlib_sun(site)
    mass = pvlib.atmosphere.get_relative_airmass(truth.apparent_zenith)
    mass = pvlib.atmosphere.get_absolute_airmass(mass, pvlib.atmosphere.alt2pres(site[3]))
    extra = pvlib.irradiance.get_extra_radiation(DAY_OF_YEAR)
    reference = pvlib.clearsky.ineichen(truth.apparent_zenith, mass, 3.0, site[3], extra).ghi.to_numpy()
    ours = solar.clear_sky_ghi(sun=sun_at(site), elevation_m=site[3], linke_turbidity=3.0)
    assert ours.sum() == pytest.approx(reference.sum(), rel=0.01)
    assert np.abs(ours - reference).max() < 8.0


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("tracking", [False, True])
def test_pv_against_pvlib_chain(site, tracking):
    pvlib, truth = pvlib_sun(site)
    latitude = site[0]
    system = replace(FIXED, tracking=tracking, azimuth_deg=180.0 if latitude > 0 else 0.0)
    sun = sun_at(site)
    ghi = cloudy(solar.clear_sky_ghi(sun=sun, elevation_m=site[3], linke_turbidity=3.0))
    dni, dhi = solar.beam_and_diffuse(sun=sun, ghi_w_m2=ghi)
    tilt, azimuth = system.tilt_deg, system.azimuth_deg
    if tracking:
        at = pvlib.tracking.singleaxis(truth.apparent_zenith, truth.azimuth, 0, 180, 60, True, 0.4)
        tilt, azimuth = at.surface_tilt.fillna(0.0), at.surface_azimuth.fillna(180.0)
    extra = pvlib.irradiance.get_extra_radiation(DAY_OF_YEAR)
    parts = pvlib.irradiance.get_total_irradiance(
        tilt, azimuth, truth.zenith, truth.azimuth, dni, ghi, dhi, dni_extra=extra, model="haydavies", albedo=0.2
    )
    aoi = pvlib.irradiance.aoi(tilt, azimuth, truth.zenith, truth.azimuth)
    plane = parts.poa_direct * pvlib.iam.ashrae(aoi) + parts.poa_diffuse * 0.95
    cell = pvlib.temperature.faiman(plane, 20.0, 2.0)
    dc = pvlib.pvsystem.pvwatts_dc(plane, cell, 1.3, -0.0035) * (1.0 - 0.14)
    reference = pvlib.inverter.pvwatts(dc, 1.0 / 0.96, 0.96).fillna(0.0).to_numpy()
    ours = solar.pv_capacity_factor(sun=sun, ghi_w_m2=ghi, temperature_c=20.0, wind_m_per_s=2.0, system=system)
    assert ours.mean() == pytest.approx(reference.mean(), rel=0.015)
    assert np.corrcoef(ours, reference)[0, 1] > 0.999


@pytest.mark.parametrize("site", SITES)
def test_split_closes_and_matches_pvlib_erbs(site):
    pvlib, truth = pvlib_sun(site)
    sun = sun_at(site)
    ghi = cloudy(solar.clear_sky_ghi(sun=sun, elevation_m=site[3], linke_turbidity=3.0))
    dni, dhi = solar.beam_and_diffuse(sun=sun, ghi_w_m2=ghi)
    high = sun.up > 0.1
    assert np.allclose((dhi + dni * sun.up)[high], ghi[high])
    assert dni.min() >= 0.0 and dhi.min() >= 0.0
    reference = pvlib.irradiance.erbs(ghi, truth.zenith.to_numpy(), DAY_OF_YEAR)
    assert dhi.sum() == pytest.approx(np.nansum(reference["dhi"]), rel=0.01)


def test_poles_and_night():
    sun = solar.sun_position(latitude_deg=[90.0, -90.0], longitude_deg=[0.0, 0.0], utc_offset_h=[0.0, 0.0])
    assert sun.up.shape == (2, 8760)
    clear = solar.clear_sky_ghi(sun=sun, elevation_m=[0.0, 2800.0], linke_turbidity=3.0)
    assert (clear[0, :1000] == 0.0).all() and (clear[1, 4000:5000] == 0.0).all() and np.isfinite(clear).all()
    dark = solar.pv_capacity_factor(sun=sun, ghi_w_m2=0.0 * clear, temperature_c=5.0, wind_m_per_s=1.0, system=FIXED)
    assert (dark == 0.0).all()


def test_many_sites_equal_one_by_one():
    many = solar.sun_position(
        latitude_deg=[s[0] for s in SITES], longitude_deg=[s[1] for s in SITES], utc_offset_h=[s[2] for s in SITES]
    )
    for i, site in enumerate(SITES):
        assert np.array_equal(many.up[i], sun_at(site).up)


def test_tracking_beats_fixed_and_nothing_exceeds_the_inverter():
    site = SITES[3]
    sun = sun_at(site)
    clear = solar.clear_sky_ghi(sun=sun, elevation_m=540.0, linke_turbidity=3.0)
    args = dict(sun=sun, ghi_w_m2=clear, temperature_c=25.0, wind_m_per_s=2.0)
    fixed = solar.pv_capacity_factor(system=FIXED, **args)
    tracked = solar.pv_capacity_factor(system=replace(FIXED, tracking=True), **args)
    assert fixed.mean() < tracked.mean() < 0.5
    assert tracked.max() <= 1.0 and fixed.min() >= 0.0
    hot = solar.pv_capacity_factor(system=FIXED, **(args | {"temperature_c": 45.0}))
    assert hot.mean() < fixed.mean()


def test_tracker_never_turns_past_its_limit():
    sun = sun_at(SITES[0])
    limit = np.deg2rad(50.0)
    rotation = solar.tracker_rotation_rad(sun=sun, ground_coverage_ratio=0.4, rotation_limit_rad=limit)
    assert np.abs(rotation).max() <= limit
    morning = np.arange(8760) % 24 < 11
    assert (rotation[morning & (sun.up > 0.3)] > 0.0).all()  # faces east before noon
