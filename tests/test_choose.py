import numpy as np
import pytest

from gigawatt import choose


def test_golden_section_finds_the_peak_and_the_ends():
    peak = choose.golden_section(lambda x: -abs(x - 3.3), low=1.0, high=9.0, tolerance=1e-9)
    assert peak == pytest.approx(3.3, rel=1e-8)
    assert choose.golden_section(lambda x: x, low=1.0, high=9.0, tolerance=1e-9) == 9.0
    assert choose.golden_section(lambda x: -x, low=1.0, high=9.0, tolerance=1e-9) == 1.0


def test_nothing_beats_the_golden_section_on_smooth_peaks():
    rng = np.random.default_rng(5)
    for _ in range(20):
        top, width = rng.uniform(1.0, 10.0), rng.uniform(0.5, 5.0)

        def hill(x, top=top, width=width):
            return -((x - top) ** 2) / width

        best = choose.golden_section(hill, low=1.0, high=10.0, tolerance=1e-7)
        assert max(hill(x) for x in np.linspace(1.0, 10.0, 2001)) <= hill(best) + 1e-9


def test_edges_are_met_from_the_side_that_holds():
    most = choose.largest(lambda x: x <= 7.25, low=1.0, high=50.0, tolerance=1e-9)
    assert most is not None and 7.25 * (1 - 1e-8) <= most <= 7.25
    least = choose.smallest(lambda x: x >= 7.25, low=1.0, high=50.0, tolerance=1e-9)
    assert least is not None and 7.25 <= least <= 7.25 * (1 + 1e-8)
    assert choose.largest(lambda x: x > 2.0, low=1.0, high=5.0, tolerance=1e-9) is None
    assert choose.smallest(lambda x: x < 2.0, low=1.0, high=5.0, tolerance=1e-9) is None
    assert choose.largest(lambda x: True, low=1.0, high=5.0, tolerance=1e-9) == 5.0


def test_what_is_beaten_is_beaten_in_nothing_better():
    rng = np.random.default_rng(3)
    costs = rng.uniform(0.0, 1.0, (40, 2))
    beaten = choose.beaten_by(costs, tolerances=(0.0, 0.0))
    for i, by in enumerate(beaten):
        better = [j for j in range(40) if np.all(costs[j] <= costs[i]) and np.any(costs[j] < costs[i])]
        assert (by >= 0) == bool(better)
        assert by == -1 or by in better
