"""Other sizes of a campus, told once each; the largest that works, to three digits."""

from importlib import import_module

import pytest

from asked import AS_OF
from gigawatt import read_scenario
from gigawatt.chapters import sizes
from gigawatt.record import Steps

plans = import_module("gigawatt.plan")  # the package's name ``plan`` is the function


def sizes_of(place, **more):
    s = read_scenario({"place": place, "as_of": AS_OF, **more})
    step = Steps(plans.facts_for(s), s.price_year)
    return sizes.Sizes(step.aside(), s, plans.prepare(step, s), plans.tell)


@pytest.mark.parametrize("place", ["Kenya", "France", "Luxembourg"])
def test_the_largest_size_works_and_the_next_does_not(place):
    found = sizes_of(place)
    told = [20.0, 100.0, 300.0, 1000.0]
    largest = found.largest(told)
    following = sizes._size(sizes._number(largest) + 1)
    assert found.works(largest) and not found.works(following)
    assert following / largest < 1.011
    assert len(found._told) < 14
    assert found.largest() == largest  # whatever was known before


def test_where_even_the_smallest_is_refused_there_is_none():
    assert sizes_of("North Korea").largest([20.0, 100.0]) is None


def test_sizes_of_three_digits_are_numbered_in_order():
    numbers = range(4300)
    made = [sizes._size(n) for n in numbers]
    assert made[0] == 1.0 and made[900] == 10.0 and made == sorted(made)
    assert [sizes._number(mw) for mw in made] == list(numbers) == [-sizes._number(-mw) for mw in made]
    assert sizes._size(sizes._number(333.7)) == 333.0 and sizes._size(-sizes._number(-333.2)) == 334.0
