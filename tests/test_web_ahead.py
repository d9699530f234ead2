"""What a move may ask for next is solved before it is asked."""

from asked import AS_OF
from gigawatt.chapters import supply
from gigawatt.web import ahead, controls

QUESTION = {"place": "France", "power": "300 MW nuclear", "as_of": AS_OF}


def test_neighbours_are_one_move_away_and_sizes_stay():
    found = list(ahead.neighbours(QUESTION))
    changed = [[k for k in q if q[k] != QUESTION.get(k)] for q in found]
    assert all(len(keys) <= 1 for keys in changed)
    assert {k for keys in changed for k in keys} == {"clean", "power", "operating_model", "accelerator"}
    assert "150 MW grid + 150 MW gas" in [q["power"] for q in found]
    assert not [q for q in ahead.neighbours({"place": "Kenya"}) if "power" in q]


def test_a_move_finds_its_power_optimum_solved():
    supply._solved.cache_clear()
    beside = ahead.Ahead()
    try:
        beside.asked()  # it rests first: somebody waits
        beside.of({**QUESTION, "clean": "a lot"}, None)  # cannot be read: the page says so
        beside.of(QUESTION, None)
        beside.pool.submit(int).result()  # one after the other
    finally:
        beside.close()
    misses = supply._solved.cache_info().misses
    for other in (*list(ahead.neighbours(QUESTION))[::7], {**QUESTION, "budget": "5 B$", "clean": controls.CLEAN[-1]}):
        ahead.solved(ahead.read(other))
    assert supply._solved.cache_info().misses == misses > 8


def test_the_newest_question_takes_the_place_of_the_one_before():
    supply._solved.cache_clear()
    beside = ahead.Ahead()
    beside.of(QUESTION, None)
    beside.close()
    beside.pool.shutdown()
    assert supply._solved.cache_info().misses <= 2
