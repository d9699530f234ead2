"""The report's sentences in French and Ukrainian: known by their shape, or English and marked as such."""

import json
import re
from functools import cache

import pytest

from asked import asked, example
from tools_import import load_tool

pytest.importorskip("babel")
pytest.importorskip("fastapi")

from gigawatt.facts import load_facts
from gigawatt.web import opens, retell
from gigawatt.web.language import GAP
from gigawatt.web.pages.plan import sections_of

CODES = ("fr", "uk")
PLANS = ("france", "ukraine", "kenya_1gw", "singapore", "estonia_ladder", "texas_abilene")
ASKED = (  # a run, users, and what hardly anybody asks for
    {"place": "Canada", "train": "1e27 FLOP in 100 days", "power": "500 MW"},
    {"place": "India", "train": "llama-3.1-405b in 5 days", "accelerators": "4096 H100"},
    {"place": "Brazil", "serve": "50 M users", "accelerator": "MI355X"},
    {"place": "Germany", "serve": "2 M users", "clean": 0.9},
    {"place": "Poland", "power": "1 W"},
    {"place": "Vatican"},
)
OWN_WORDS = ("Sources", "Assumptions")  # titles of sources, reasons of facts
CITED = re.compile(r"\(20\d\d[\d-]*\)")  # a publication with its date keeps its title, in English and marked


def test_numbers_units_and_dates():
    fr, uk = (retell.retold(code).text for code in CODES)
    assert fr("1,234.5 MW") == f"1{GAP}234,5{GAP}MW" and uk("1,234.5 MW") == f"1{GAP}234,5{GAP}МВт"
    assert fr("-3.2 bn USD") == f"−3,2{GAP}Md{GAP}USD" and uk("12 USD/MWh") == f"12{GAP}USD/МВт·год"
    assert fr("1 year") == f"1{GAP}an" and fr("5 years") == f"5{GAP}ans" and uk("5 years") == f"5{GAP}р."
    assert fr("2031 Q3") == "T3 2031" and uk("2031 Q3") == "3 кв. 2031" and fr("2031-07") == "2031-07"
    assert fr("160-270") == "160–270" and fr("0 to 1.5 M") == f"0 à 1,5{GAP}M"
    assert fr("12 %") == f"12{GAP}%" and fr("3 blue whales") is None


def test_sentences_lists_and_names():
    fr, uk = (retell.retold(code).text for code in CODES)
    assert fr("Full power") == "Pleine puissance" and fr("full power") == "pleine puissance"
    assert fr("Nothing for: own power plants, contingency on the rest.").startswith("Rien pour")
    assert uk("What holds it up: permits; the next path is 8 months shorter.").startswith("Що затримує: дозволи")
    assert fr("RTE") == "RTE" and fr("Railroad Commission of Texas") == "Railroad Commission of Texas"
    assert fr("Ireland: recalled, verify before quoting") == f"Irlande{GAP}: de mémoire, à vérifier avant de citer"
    assert fr("A sentence that nobody has translated.") is None and fr("Nothing for: a thing unheard of.") is None


def test_what_is_not_known_stays_english_and_says_so():
    body = '<p class="x">The power sizes the campus. A new sentence &amp; more.</p><code>full power</code>'
    told = retell.page("fr", body)
    assert "L&#39;électricité fixe la taille du campus." in told
    assert '<span lang="en">A new sentence &amp; more.</span>' in told and "<code>full power</code>" in told
    assert retell.untold("fr", body) == ["A new sentence & more."]
    assert retell.page("en", body) == body


def test_charts_are_told_with_the_marks_of_the_language():
    trace = {"name": "first power", "x": ["2031-07-01"], "y": ["permits (C)"], "hovertemplate": "%{y}: %{x:.3g} MW"}
    spec = {
        "data": [trace],
        "layout": {"title": {"text": "<b>The bill</b>"}, "yaxis": {"categoryarray": ["permits (C)"]}},
    }
    body = f'<script type="application/json" class="chart-data" data-chart="c">{json.dumps(spec)}</script>'
    made = json.loads(re.search(r">(\{.*\})<", retell.page("uk", body))[1].replace("\\u003c", "<"))
    (told,), layout = made["data"], made["layout"]
    assert told["name"] == "перша потужність" and told["x"] == ["2031-07-01"]
    assert told["y"] == layout["yaxis"]["categoryarray"] == ["дозволи (C)"]  # else the bar has no row
    assert told["hovertemplate"] == "%{y}: %{x:.3g} МВт"
    assert layout["title"]["text"] == "<b>Кошторис</b>" and layout["separators"] == f",{GAP}"


@pytest.mark.parametrize("code", CODES)
def test_every_bar_of_a_translated_chart_keeps_its_row(code):
    seen = 0
    for _, body in _sections("france"):
        specs = re.findall(r'data-chart="[\w-]+">(.*?)</script>', retell.page(code, body), re.DOTALL)
        for spec in map(json.loads, specs):
            for axis in ("x", "y"):
                rows = {x for x in spec["layout"].get(f"{axis}axis", {}).get("categoryarray", ())}
                used = {
                    x for trace in spec["data"] if trace.get(f"{axis}axis", axis) == axis for x in trace.get(axis, ())
                }
                seen += bool(rows)
                assert not rows or {x for x in used if isinstance(x, str)} <= rows
    assert seen > 2


@pytest.mark.parametrize("code", CODES)
def test_rules_of_every_country_are_told(code):
    """What a gate says of a law or a moratorium is no English sentence on a page in another language."""
    rules = [f for i, f in load_facts().items() if i.startswith("gate.") and f.unit == "text" and f.note]
    assert len(rules) > 40
    assert not [f.id for f in rules if retell.retold(code).text(f.note) is None]


@cache
def _sections(name):
    return [(title, body) for _, title, body in sections_of(example(name))]


@cache
def _of_question(number):
    return [(title, body) for _, title, body in sections_of(asked(**ASKED[number]))]


@pytest.mark.parametrize("code", CODES)
def test_who_must_answer_is_named_everywhere(code):
    """Operators, ministries and agencies of every country: by their name, or told."""
    names = {str(f.value) for i, f in load_facts().items() if i.startswith("authority.")}
    assert len(names) > 50
    assert not [x for x in names if retell.retold(code).text(x) is None]


@pytest.mark.parametrize("code", CODES)
def test_what_a_page_prints_is_told(code):
    """Six countries, six odd questions, every section: headings and every sentence but the titles of what is cited."""
    count, left = 0, {}
    for sections in (*map(_sections, PLANS), *map(_of_question, range(len(ASKED)))):
        for title, body in sections:
            assert retell.retold(code).text(title) is not None, title
            if title not in OWN_WORDS:
                count += len(re.findall(r">[^<]*[A-Za-z]{3}", body))
                left |= {x: title for x in retell.untold(code, opens.here(body)) if not CITED.search(x)}
    assert count > 3000
    said = "\n".join(f"{title}: {x}" for x, title in left.items())
    assert not left, f"add these to report.po (tools/make_catalogue.py):\n{said}"


def test_both_languages_have_the_same_sentences_and_places():
    catalogue = load_tool("make_catalogue")
    books = {code: catalogue.sentences(code)[1] for code in CODES}
    keys = {code: {m.id for m in book if m.id} for code, book in books.items()}
    assert keys["fr"] == keys["uk"] and len(keys["fr"]) > 1000
    for book in books.values():
        for m in book:
            assert m.string or not m.id, m.id
            assert not m.id or set(re.findall(r"\{\w+\}", m.string)) <= set(re.findall(r"\{\w+\}", m.id)), m.id
