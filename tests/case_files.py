"""Small case files of the power room, written, read and refused."""

import json
from pathlib import Path

import pytest

from gigawatt.errors import ScenarioError
from gigawatt.power_case import read_case

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "power_site.toml"
GAS = {
    "availability": 1.0,
    "fixed_usd_per_mw_year": 90_000.0,
    "variable_usd_per_mwh": 50.0,
    "carbon_intensity_kg_per_mwh": 400.0,
    "clean_share": 0.0,
}
GRID = {
    "price_usd_per_mwh": 60.0,
    "carbon_intensity_kg_per_mwh": 300.0,
    "clean_share": 0.4,
    "connection_usd_per_mw_year": 30.0,
    "demand_charge_usd_per_mw_year": 5.0,
}
BATTERY = {
    "power_usd_per_mw_year": 40.0,
    "energy_usd_per_mwh_year": 30.0,
    "charge_efficiency": 0.95,
    "discharge_efficiency": 0.9,
    "self_discharge_per_hour": 0.001,
}
TWO_BUSES = {
    "bus_load_mw": {"a": {"bus": "north", "load_mw": 5.0}},
    "links": {"l": {"from_bus": "", "to_bus": "north"}},
}
HOURS = "time,load,sun\n2025-01-01T00:00,90,0\n2025-01-01T01:00,100,0.25\n2025-01-01T02:00,80,1\n"


def read(folder, case=None, series=HOURS, overrides=(), **more):
    """A case of gas alone, with changes, from files in a folder."""
    case = {"load_mw": "load", "sources": {"gas": GAS}, "series": "hours.csv"} if case is None else case
    if series is not None:
        (folder / "hours.csv").write_bytes(series if isinstance(series, bytes) else series.encode())
    path = folder / "case.json"
    path.write_text(json.dumps({k: v for k, v in (case | more).items() if v is not None}), encoding="utf-8")
    return read_case(path, overrides=overrides)


def faults(folder, **more):
    with pytest.raises(ScenarioError) as caught:
        read(folder, **more)
    return caught.value.problems


def bare(series):
    return {"load_mw": "load", "sources": {"gas": GAS}, "series": series}
