import doctest
from importlib import import_module

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gigawatt import buildout
from gigawatt.buildout import PowerStage, Task


def diamond(a: object = 3.0, b: object = 5.0, c: object = 2.0) -> list[Task]:
    return [
        Task("start", "start", 1.0),
        Task("dig", "digging", a, ("start",)),  # type: ignore[arg-type]
        Task("buy", "the transformers", b, ("start",)),  # type: ignore[arg-type]
        Task("fit", "fitting", c, ("dig", "buy")),  # type: ignore[arg-type]
    ]


MONTHS = {
    "site_control": 1.0, "permits": 3.0, "finance": 4.0, "licence": 0.0, "grid_study": 0.0, "transformer_first": 16.0,
    "transformer": 18.0, "switchgear": 12.0, "generators": 18.0, "substation_works": 8.0, "substation": 2.0,
    "contract": 9.0, "shell": 10.9, "cooling": 12.0, "fit_out": 4.0, "racks": 9.0, "commissioning": 1.0,
}  # fmt: skip


def campus(**changed: object) -> tuple[Task, ...]:
    """A campus on the central lead times of Texas: fast greenfield, reserved transformer slots, gas to bridge."""
    given: dict[str, object] = {
        "full_mw": 843.0,
        "first_hall_mw": 105.0,
        "added_mw_per_month": (843 - 105) / (29.0 - 15.9),
        "months": {**MONTHS, **{k: changed.pop(k) for k in list(changed) if k in MONTHS}},
        "stages": (
            PowerStage("engines", "gas engines", 210.0, 15.0, "B", from_grid=False),
            PowerStage("grid_1", "grid connection, 300 MW", 300.0, 24.0, "B"),
            PowerStage("grid_2", "grid connection, 843 MW", 543.0, 30.0, "C"),
        ),
        "build_before_finance": True,
    }
    return buildout.campus_tasks(**{**given, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["network", "campus", "stages", "orders", "dates", "pace"])
def test_doctests(name):
    result = doctest.testmod(import_module(f"gigawatt.buildout.{name}"))
    assert result.attempted and not result.failed


def test_stages_that_just_carry_the_campus_need_no_more():
    grid = buildout.grid_stages(
        connection_mw=900, stage_mw=(240, 700, 900), stage_months=(23, 47, 60), fact_classes="BBB"
    )
    own = PowerStage("engines", "gas engines", 460.0, 24.0, "B", from_grid=False)
    found = buildout.needed_stages((*grid, own), full_mw=700.0, grid_study_months=4.0)
    assert [x.id for x in found] == ["engines", "grid_1"]  # 24 months, 23 and a study of 4: 460 and 240 MW


def test_full_power_waits_for_the_last_transformers():
    late = buildout.schedule(campus(transformer=60.0))
    assert late.end_of("full_power") == pytest.approx(60.0 + 2.0 + 1.0)  # delivered, erected and tested, commissioned
    assert late.end_of("first_power") == buildout.schedule(campus()).end_of("first_power")


def test_critical_path_of_a_known_network():
    s = buildout.schedule(diamond())
    assert float(s.length_months) == 8.0
    assert s.end_of("fit") == 8.0 and s.start_of("fit") == 6.0
    assert dict(zip(s.ids, s.float_months.tolist(), strict=True)) == {"start": 0, "dig": 2, "buy": 0, "fit": 0}


def test_order_given_does_not_matter():
    tasks = diamond()
    a, b = buildout.schedule(tasks), buildout.schedule(tasks[::-1])
    assert float(a.length_months) == float(b.length_months)
    assert float(a.end_of("dig")) == float(b.end_of("dig"))


@settings(suppress_health_check=[HealthCheck.too_slow])  # on a busy machine
@given(st.lists(st.floats(0, 60), min_size=3, max_size=3))
def test_length_is_the_longest_path_and_never_shrinks(d):
    a, b, c = d
    s = buildout.schedule(diamond(a, b, c))
    assert s.length_months == pytest.approx(1 + max(a, b) + c)
    assert buildout.schedule(diamond(a + 1, b, c)).length_months >= s.length_months
    assert np.all(s.float_months >= 0)
    assert np.any(s.critical)


def test_draws_equal_scalars_one_by_one_and_criticality_is_a_share():
    a, b = np.array([3.0, 7.0, 1.0, 9.0]), np.array([5.0, 5.0, 5.0, 5.0])
    together = buildout.schedule(diamond(a, b))
    for i in range(4):
        alone = buildout.schedule(diamond(a[i], b[i]))
        assert np.array_equal(alone.end_months, together.end_months[i])
        assert np.array_equal(alone.critical, together.critical[i])
    share = dict(zip(together.ids, together.criticality, strict=True))
    assert share == {"start": 1.0, "dig": 0.5, "buy": 0.5, "fit": 1.0}


def test_one_draw_axis_and_two():
    s = buildout.schedule(diamond(np.ones((2, 3)), 5.0))
    assert s.end_months.shape == (2, 3, 4) and s.length_months.shape == (2, 3) and s.criticality.shape == (4,)


@pytest.mark.parametrize(
    ("tasks", "message"),
    [
        ([Task("a", "a", 1.0, ("b",)), Task("b", "b", 1.0, ("a",))], "cycle: a, b"),
        ([Task("a", "a", 1.0, ("z",))], "'z', which does not exist"),
        ([Task("a", "a", 1.0), Task("a", "a", 2.0)], "repeated: a"),
        ([Task("a", "a", -1.0)], "at least 0 months; negative: a"),
        ([], "at least one task"),
    ],
)
def test_networks_that_cannot_be(tasks, message):
    with pytest.raises(ValueError, match=message):
        buildout.schedule(tasks)


def test_unknown_target():
    with pytest.raises(ValueError, match="'z' is not in the network"):
        buildout.path_to(diamond(), "z")


def test_infinite_and_missing_durations():
    never = buildout.schedule(diamond(np.inf))
    assert np.isinf(never.length_months)
    assert never.critical.tolist() == [True, True, False, True]
    assert buildout.holdups(diamond(np.inf), "fit")[0].words == "What holds it up: digging; it never ends"
    assert np.isnan(buildout.schedule(diamond(np.nan)).length_months)


def test_holdup_is_the_task_whose_removal_helps_most():
    first = buildout.holdups(diamond(3.0, 5.0, 1.0), "fit")[0]
    assert (first.id, first.gain_months, first.criticality) == ("buy", 2.0, 1.0)
    assert first.words == "What holds it up: the transformers; the next path is 2 months shorter"


def test_gain_is_capped_by_the_next_path():
    gains = buildout.gains_months(diamond(4.5, 5.0, 2.0), "fit")
    assert gains.tolist() == [1.0, 0.0, 0.5, 2.0]


def test_ties_are_said():
    first = buildout.holdups(
        [Task("a", "laying", 5.0), Task("b", "buying", 5.0), Task("c", "end", 0.0, ("a", "b"))], "c"
    )[0]
    assert first.gain_months == 0.0 and first.words.endswith("several paths of equal length, among them laying")


def test_no_halls_are_added_at_a_rate_of_zero():
    never = float(buildout.schedule(campus(added_mw_per_month=0.0)).length_months)
    once = buildout.schedule(campus(added_mw_per_month=0.0, full_mw=100.0))
    assert np.isinf(never) and np.isfinite(once.length_months)


def test_path_to_leaves_out_what_the_target_does_not_wait_for():
    assert [t.id for t in buildout.path_to([*diamond(), Task("paint", "paint", 99.0, ("fit",))], "fit")] == [
        "start", "dig", "buy", "fit",
    ]  # fmt: skip


# ------------------------------------------------------------------ campus


def test_abilene_from_land_clearing():
    """Epoch AI: first building at 15.9 months from clearing, full at 29.0 (months before clearing: site, permits)."""
    s = buildout.schedule(campus())
    assert s.end_of("first_power") - s.end_of("permits") == pytest.approx(15.9, abs=1e-9)
    assert s.end_of("full_power") - s.end_of("permits") == pytest.approx(29.0, abs=2.1)  # the second grid stage binds
    assert 24 <= float(s.end_of("full_power")) <= 36


def test_texas_1200_mw_on_central_facts_lands_in_24_to_36_months():
    it = 1200.0 / 1.3
    tasks = campus(full_mw=it, added_mw_per_month=52.5)
    assert 24 <= float(buildout.schedule(tasks).end_of("full_power")) <= 36


def test_france_full_power_is_decided_by_the_grid():
    stages = buildout.grid_stages(
        connection_mw=1000, stage_mw=(240, 700, np.inf), stage_months=(23, 47, 63), fact_classes=("B", "B", "C")
    )
    tasks = campus(
        full_mw=1000.0, added_mw_per_month=60.0, site_control=2.0, permits=12.0, grid_study=4.0, stages=stages,
        transformer_first=16.0, transformer=36.0,
    )  # fmt: skip
    s = buildout.schedule(tasks)
    assert float(s.end_of("full_power")) == 2 + 4 + 63 + 1
    assert buildout.holdups(tasks, "full_power")[0].id == "grid_3"
    ends = [float(s.end_of(x.id)) for x in stages]
    mw = buildout.online_mw(
        [29.9, 30, 52.9, 54, 69.9, 70], first_hall_months=20.0, first_hall_mw=105.0, added_mw_per_month=60.0,
        full_mw=1000.0, stage_months=ends, stage_mw=[x.added_mw for x in stages], commissioning_months=1.0,
    )  # fmt: skip
    assert mw.tolist() == [0, 240, 240, 700, 700, 1000]


def test_small_campus_needs_one_stage_only():
    stages = buildout.grid_stages(
        connection_mw=200, stage_mw=(240, 700), stage_months=(23, 47), fact_classes=("B", "B")
    )
    assert [(x.added_mw, float(x.duration_months)) for x in stages] == [(200.0, 23.0)]


def test_stages_must_rise():
    with pytest.raises(ValueError, match="cumulative"):
        buildout.grid_stages(connection_mw=9, stage_mw=(7, 2), stage_months=(1, 2), fact_classes=("A", "A"))
    with pytest.raises(ValueError, match="at least one power stage"):
        campus(stages=())


def test_licence_waits_before_the_racks():
    open_country, licensed = (float(buildout.schedule(campus(licence=m)).end_of("racks")) for m in (0.0, 12.0))
    assert (open_country, licensed) == (9.0, 21.0)


def test_campus_with_draws():
    s = buildout.schedule(campus(shell=np.array([8.0, 10.9, 20.0])))
    assert s.length_months.shape == (3,) and np.all(np.diff(s.end_of("first_power")) > 0)


# ------------------------------------------------------------------ ramp


RAMP = {
    "first_hall_mw": 100.0, "added_mw_per_month": 50.0, "full_mw": 1000.0, "stage_mw": np.array([240.0, 760.0]),
    "commissioning_months": 1.0,
}  # fmt: skip


@given(st.floats(0, 60), st.floats(0, 60), st.floats(0, 60))
def test_ramp_never_falls_and_stays_below_hall_and_power(hall, one, two):
    t = np.linspace(0, 130, 200)
    mw = buildout.online_mw(t, first_hall_months=hall, stage_months=np.array([one, two]), **RAMP)  # type: ignore[arg-type]
    assert np.all(np.diff(mw) >= -1e-9) and mw[0] <= 240 and mw[-1] == 1000
    ready = np.sum((t[:, None] - 1 >= np.array([one, two])) * RAMP["stage_mw"], axis=1)
    assert np.all(mw <= ready + 1e-6)


def test_ramp_scalar_time_and_draws():
    halls, stages = np.array([20.0, 30.0]), np.array([[23.0, 47.0], [23.0, 47.0]])
    both = buildout.online_mw(35.0, first_hall_months=halls, stage_months=stages, **RAMP)  # type: ignore[arg-type]
    one = buildout.online_mw(35.0, first_hall_months=30.0, stage_months=stages[1], **RAMP)  # type: ignore[arg-type]
    assert both.shape == (2,) and both[1] == one == 240.0
    series = buildout.online_mw([35.0, 60.0], first_hall_months=halls, stage_months=stages, **RAMP)  # type: ignore[arg-type]
    assert series.shape == (2, 2)


def test_power_that_never_suffices():
    assert buildout.power_months(stage_months=[23.0, 47.0], stage_mw=[240.0, 460.0], wanted_mw=700.0) == 47.0
    assert np.isinf(buildout.power_months(stage_months=[23.0, 47.0], stage_mw=[240.0, 460.0], wanted_mw=701.0))
    draws = buildout.power_months(stage_months=[[47.0, 23.0], [10.0, 9.0]], stage_mw=[460.0, 240.0], wanted_mw=200.0)
    assert draws.tolist() == [23.0, 9.0]


# ------------------------------------------------------------------ calendar


@given(st.dates(min_value=np.datetime64("2000-01-01").item(), max_value=np.datetime64("2100-12-31").item()),
       st.floats(0, 240))  # fmt: skip
def test_calendar_round_trip(day, months):
    there = buildout.add_months(day.isoformat(), months)
    assert buildout.months_between(day.isoformat(), str(there)) == pytest.approx(months, abs=0.12)


def test_calendar_edges():
    assert buildout.add_months("2026-11-23", np.inf) is None
    assert buildout.add_months("2026-11-23", 1e6) is None
    assert buildout.add_months("2028-01-31", 1) == "2028-02-29"
    assert buildout.months_between("2026-11-23", "2026-11-23") == 0.0
    assert buildout.months_between("2026-11-23", "2026-10-23") == -1.0
    dates, months = buildout.quarter_ends("2026-12-31", 3)
    assert dates == ("2026-12-31", "2027-03-31", "2027-06-30") and months[0] == 0.0 and np.all(np.diff(months) > 0)


# ------------------------------------------------------------------ deadline and letters


def test_deadline_met_missed_and_never():
    base = {"as_of": "2026-11-23", "deadline": "2029-11-23", "full_mw": 1000.0}
    met = buildout.deadline_check(full_months=30.0, online_mw_at_deadline=1000.0, **base)  # type: ignore[arg-type]
    assert met.met and met.probability == 1.0 and met.shortfall_months == 0.0 and "6 months to spare" in met.words
    late = buildout.deadline_check(full_months=[30.0, 40.0, 60.0, 70.0], online_mw_at_deadline=240.0, **base)  # type: ignore[arg-type]
    assert not late.met and late.probability == 0.25 and late.shortfall_months == 14.0
    assert late.words == "Full power comes 14 months after 2029-11-23; by then 240 MW of 1,000 MW are on line"
    assert "never" in buildout.deadline_check(full_months=np.inf, online_mw_at_deadline=0.0, **base).words  # type: ignore[arg-type]


def test_letters_go_out_before_the_latest_start():
    dates = buildout.letter_dates(buildout.schedule(diamond()), as_of="2026-11-23", reply_months=1.0)
    assert dates == {"start": "2026-11-23", "dig": "2026-12-23", "buy": "2026-11-23", "fit": "2027-04-23"}


def test_no_letter_goes_out_after_its_task_has_started():
    plan = buildout.schedule(campus())
    dates = buildout.letter_dates(plan, as_of="2026-11-23", reply_months=1.0)
    for i, month in zip(plan.ids, plan.start_months, strict=True):
        assert dates[i] <= buildout.add_months("2026-11-23", float(month))


def test_no_letter_comes_after_the_money_is_committed():
    plan = buildout.schedule(diamond())
    free = buildout.letter_dates(plan, as_of="2026-11-23", reply_months=1.0)
    dates = buildout.letter_dates(plan, as_of="2026-11-23", reply_months=1.0, commitments=("dig", "no such task"))
    assert dates["fit"] == dates["dig"] == free["dig"] and dates["buy"] == free["buy"]


def test_letters_for_first_power_come_before_those_for_full_power():
    tasks = campus()
    first, full = buildout.schedule(buildout.path_to(tasks, "first_power")), buildout.schedule(tasks)
    both = buildout.letter_dates(first, full, as_of="2026-11-23", reply_months=1.0)
    late = buildout.letter_dates(full, as_of="2026-11-23", reply_months=1.0)
    assert set(both) == set(late) and all(both[i] <= late[i] for i in both) and both["engines"] <= late["engines"]
