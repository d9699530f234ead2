"""What a move may ask for next is answered before it is asked, with the very same bytes."""

import os
import threading
from urllib.parse import parse_qsl, urlencode

import pytest

pytest.importorskip("starlette", reason="the web app is not installed")

from starlette.requests import Request

from asked import AS_OF
from gigawatt.chapters import supply
from gigawatt.scenario import read
from gigawatt.web import controls
from gigawatt.web.ahead import KEPT, NICE, SESSION, Ahead, step_back
from gigawatt.web.asking import of_query
from gigawatt.web.crew import Worker
from gigawatt.web.language import language
from gigawatt.web.pages import upper
from gigawatt.web.settings import Settings

QUESTION = {"as_of": AS_OF, "place": "France", "power": "300 MW nuclear"}
WAIT_S = 300.0


def moves(question=QUESTION, code="en"):
    return controls.moves(question, language(code), read(question))


def request(query):
    scope = {"type": "http", "method": "GET", "path": "/plan/move", "query_string": query.encode(), "headers": []}
    return Request(scope)


def stop(control, position):
    return next(m for m in moves() if (m.control, m.position) == (control, position))


def following(beside, after=0):
    """Control and position of what is made after so many others."""
    kept = dict(beside.waiting)
    for _ in range(after):
        beside.waiting.pop(beside.next()[0])
    found = beside.next()[1]
    beside.waiting = kept
    return found.control, found.position


@pytest.fixture
def settings(tmp_path):
    found = Settings(data=tmp_path)
    found.uploads.mkdir(parents=True)
    return found


@pytest.fixture
def beside(settings):
    """With its process not started: what it would do next is looked at."""
    made = Ahead(settings)
    made.thread = threading.current_thread()
    yield made
    made.close()


@pytest.mark.skipif(not SESSION.exists(), reason="this kernel does not divide time among sessions")
def test_the_process_beside_ranks_below_the_server(tmp_path):
    worker = Worker(tmp_path)
    try:
        worker.ask(step_back)
        assert worker.ask(os.nice, 0) == NICE
        assert worker.ask(SESSION.read_text).split()[-1] == str(NICE)
    finally:
        worker.kill()
    assert os.nice(0) < NICE


def test_moves_are_those_of_the_form_one_control_away():
    found = moves()
    assert of_query(found[0].pairs) == QUESTION
    changed = {}
    for move in found[1:]:
        asked = of_query(parse_qsl(move.query))
        assert list(asked.items()) == list(of_query(move.pairs).items())
        keys = {k for k in asked | QUESTION if asked.get(k) != QUESTION.get(k)}
        assert len(keys) == 1
        changed.setdefault(move.control, set()).add(*keys)
    facts = {"life.it", "life.shell", "voll.default"}
    assert {c: k for c, k in changed.items() if c in facts} == {c: {"facts"} for c in facts}
    assert changed["mix"] == changed["power"] == {"power"} and changed["clean"] == {"clean"}
    assert len({(m.control, m.position) for m in found}) == len(found) > 200


def _left(beside, after):
    """What is made after so many others, in its order."""
    kept, found = dict(beside.waiting), []
    while beside.waiting:
        name, move = beside.next()
        beside.waiting.pop(name)
        found.append(move)
    beside.waiting = kept
    return found[after:]


def test_the_control_under_the_hand_comes_first_then_the_slowest_then_the_nearest(beside):
    beside.around("en", moves())
    assert [following(beside, n) for n in range(10)] == [("clean", n) for n in range(1, 11)]  # the slowest
    assert [m.distance for m in _left(beside, 10)] == sorted(m.distance for m in moves() if m.control != "clean")
    at = next(m for m in moves() if m.control == "utilisation" and m.distance == 5)
    assert beside.kept(request(at.query)) is None
    beside.keep(request(at.query), b"made when it was asked for")
    assert beside.kept(request(at.query)) == b"made when it was asked for"
    assert following(beside) == ("utilisation", 10)  # it came five stops: so it may go on
    beside.kept(request(stop("utilisation", 7).query))
    assert following(beside) == ("utilisation", 9)
    beside.keep(request(stop("utilisation", 9).query), b"")
    assert following(beside) == ("utilisation", 11)
    beside.kept(request(stop("utilisation", 6).query))
    beside.keep(request(stop("utilisation", 5).query), b"")
    assert [following(beside, n)[1] for n in range(7)] == [4, 3, 2, 1, 8, 10, 11]


def test_what_moves_a_power_optimum_under_a_limit_is_searched():
    def searched(question):
        return {m.control for m in moves(question) if m.is_searched}

    assert searched(QUESTION) == {"clean"}
    found = searched({**QUESTION, "clean": "0.9"})
    assert found == {"clean", "mix", "accelerator", "operating_model", "voll.default", "wacc.power.private"}
    unset = next(m for m in moves({**QUESTION, "clean": "0.9"}) if (m.control, m.position) == ("clean", 0))
    assert not unset.is_searched  # without a limit it is found at once
    assert searched({**QUESTION, "co2_cap_kg_per_mwh": "50"}) == found


def test_the_newest_question_takes_the_place_of_the_one_before_and_what_is_made_is_not_made_again(beside):
    beside.around("en", moves({"place": "Kenya"}))
    first = moves()
    beside.keep(request(first[3].query), b"made")
    beside.around("en", first)
    assert {m.query for m in beside.waiting.values()} == {m.query for m in first} - {first[3].query}
    assert beside.kept(request(first[3].query + "&lang=fr")) is None  # another language is another answer


def test_a_second_control_that_is_moved_is_followed(beside):
    first = request(moves()[0].query)
    beside.of(first)
    assert beside.asked[0] == "en"
    beside.around("en", moves(), beside.asked[2])
    beside.kept(request(stop("clean", 4).query))
    there = {**QUESTION, "clean": "0.8"}
    assert of_query(stop("clean", 4).pairs) == there
    moved = {m.position: m for m in moves(there) if m.control == "utilisation"}
    beside.kept(request(moved[3].query))  # not one away from the question of the page
    code, query, name = beside.asked
    assert of_query(parse_qsl(query)) == {**there, "utilisation": moved[3].pairs[-1][1]}
    beside.around(code, upper.moves(query, code, beside.settings), name)
    assert [following(beside, n) for n in range(3)] == [("utilisation", 6), ("utilisation", 9), ("utilisation", 12)]


def test_no_more_is_kept_than_said(beside):
    for n in range(KEPT + 5):
        beside.keep(request(f"place=Kenya&draws={n}"), b"")
    assert len(beside.answers) == KEPT
    assert beside.kept(request("place=Kenya&draws=4")) is None
    assert beside.kept(request(f"place=Kenya&draws={KEPT + 4}")) == b""


def test_an_answer_made_ahead_is_the_same_to_the_byte_and_its_power_optimum_is_known(settings):
    wanted = [m for m in moves() if (m.control, m.position) in (("clean", 4), ("life.it", 2), ("mix", 3), ("", 0))]
    broken = controls.Move("budget", 1, 1, (("place", "France"), ("budget", "a lot")))  # the page says what is wrong
    fr = [m for m in moves(code="fr") if m.control == "clean" and m.position == 4]
    assert dict(fr[0].pairs)["lang"] == "fr"
    beside = Ahead(settings)
    try:
        beside.around("en", [broken, *wanted])
        beside.warm(None)
        _until(beside, len(wanted))
        beside.around("fr", fr)
        with beside.changed:
            beside.changed.notify()
        _until(beside, len(wanted) + 1)
        supply._solved.cache_clear()
        upper.made(moves()[0].query, settings)  # both knew that one from their start
        supply.NEW.clear()
        for move in (*wanted, *fr):
            made = beside.kept(request(move.query))
            assert made and made == bytes(upper.html(request(move.query), settings).body), move
        assert not supply.NEW, "the optima came with the answers"
    finally:
        beside.close()
    supply._solved.cache_clear()
    supply.BROUGHT.clear()
    for move in wanted:  # and to the byte with the optima found here
        assert bytes(upper.html(request(move.query), settings).body) == beside.kept(request(move.query))
    assert supply.NEW


def _until(beside, count):
    """So many answers are kept."""
    still = threading.Event()
    for _ in range(int(WAIT_S / 0.05)):
        if len(beside.answers) >= count:
            return
        still.wait(0.05)
    raise AssertionError(f"{len(beside.answers)} of {count} answers")


def test_without_processes_nothing_is_made_ahead(tmp_path):
    beside = Ahead(Settings(data=tmp_path, workers=0))
    beside.of(request("place=Kenya"))
    beside.kept(request("place=Kenya&clean=0.9"))
    assert beside.next() is None and beside.asked is None and beside.thread is None
    beside.close()


def test_an_address_is_written_as_the_form_writes_it():
    assert urlencode(moves()[0].pairs).startswith("as_of=")
    assert [k for k, _ in moves({"place": "Kenya", "clean": "0.9", "power": "5 MW"})[0].pairs] == [
        "place",
        "power",
        "clean",
    ]
