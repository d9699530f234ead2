"""Languages of the web app: no text without a translation, numbers as each language writes them, sentences by data."""

import re
from dataclasses import replace

import pytest

from asked import AS_OF, example_json
from tools_import import load_tool

pytest.importorskip("babel")

from gigawatt import read_scenario
from gigawatt.figures import FIGURES
from gigawatt.web import say, say_gates, say_steps
from gigawatt.web.language import GAP, LANGUAGES, choose, language
from gigawatt.web.language import catalogue as catalogue_of
from gigawatt.web.questions import answers

PLANS = ("france", "ukraine", "kenya_1gw", "iran", "singapore", "estonia_ladder", "texas_abilene")
TRANSLATED = ("fr", "uk")


@pytest.fixture(scope="module")
def catalogue():
    pytest.importorskip("jinja2")
    return load_tool("make_catalogue")


@pytest.fixture(scope="module")
def texts(catalogue):
    return catalogue.messages()


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_text_is_without_a_translation_and_none_is_left_over(catalogue, texts, code):
    assert len(texts) > 300
    assert not catalogue.missing(code, texts), "python3 tools/make_catalogue.py, then translate"
    assert not catalogue.unused(code, texts), "python3 tools/make_catalogue.py"


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_has_no_place_that_its_text_lacks(catalogue, texts, code):
    """It may leave one out (a country's name that needs no case), never invent one."""

    def places(text):
        return set(re.findall(r"\{(\w+)\}", text))

    for message in catalogue.catalogue(code):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        known = set().union(*map(places, ids)) if message.id else set()
        for string in strings:
            assert places(string) <= known or not message.id, f"{code}: {string}"


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_figure_has_a_name_in_each_language(code):
    t = language(code)
    assert all(t.knows(spec.label) for name, spec in FIGURES.items() if name not in ("pue",))


def test_language_is_chosen_by_address_then_cookie_then_browser():
    assert choose(asked="uk", cookie="fr", header="en") == "uk"
    assert choose(cookie="fr", header="uk") == "fr"
    assert choose(header="de, uk;q=0.4, fr-CA;q=0.9") == "fr"
    assert choose(asked="xx", header="*, de;q=zz") == "en"


def test_numbers_keep_the_digits_of_their_range_in_each_language():
    shown = {code: language(code).show(46.2e9, 38e9, 57e9, "USD_2025") for code in LANGUAGES}
    assert shown == {"en": f"46{GAP}bn{GAP}USD", "fr": f"46{GAP}Md{GAP}USD", "uk": f"46{GAP}млрд{GAP}USD"}
    assert language("fr").show(1.2e12, None, None, "USD") == f"1{GAP}200{GAP}Md{GAP}USD"  # never a French billion
    assert language("uk").show(0.0123, 0.011, 0.013, "1") == f"1,23{GAP}%"
    assert language("en").show(3.46e27, 1.9e27, 4.2e27, "FLOP") == f"3.5{GAP}×{GAP}10²⁷{GAP}FLOP"
    assert language("fr").show(-4.1, -4.7, -3.6, "TWh") == f"−4,1{GAP}TWh"
    assert language("uk").unit("USD_2025/MWh") == "USD/МВт·год"


def test_plurals_dates_and_countries():
    uk = language("uk")
    assert [uk.months(n) for n in (1, 2, 5, 21)] == ["1 місяць", "2 місяці", "5 місяців", "21 місяць"]
    assert language("fr").month("2032-09-23") == "septembre 2032" and uk.month("2025-09") == "вересень 2025"
    assert [language(c).country("UKR") for c in LANGUAGES] == ["Ukraine", "Ukraine", "Україна"]


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("code", TRANSLATED)
def test_a_plan_is_told_in_each_language(name, code):
    x = say.Teller(example_json(name), language(code))
    gates = say_gates.gates(x)
    assert [g["gate"] for g in gates] == [g["gate"] for g in x.plan["verdict"]["gates"]]
    for g in gates:
        assert g["sentences"] and all(s.text for s in g["sentences"])
        assert g["sentences"][0].code == code, f"{g['gate']}: only English: {g['sentences'][0].text}"
        assert g["words"] and g["source"]  # the plan's own words stay beside it
    for said in (say.headline(x), say.summary(x), say.reading(x)):
        assert said.text and said.code == code
    assert len(say_steps.next_steps(x)) == len(x.plan["verdict"]["next_steps"])
    assert all(step["asks"] for step in say_steps.next_steps(x))
    assert len(say.binding(x)) == len(x.plan["verdict"]["binding"])
    assert len(say.relaxations(x)) == len(x.plan["verdict"]["relaxations"])
    assert len(say.ladder(x)) == len(x.plan["ladder"])


@pytest.mark.parametrize("name", PLANS)
def test_what_is_told_has_the_numbers_of_the_plan(name):
    """Composed in English and read beside the plan's own words and figures: no number is new."""
    told = say.Teller(example_json(name), replace(language("en"), code="en_GB"))
    plan = told.plan
    known = [x for f in plan["figures"].values() for x in (f["value"], f["low"], f["high"]) if isinstance(x, float)]
    known += [x for g in plan["verdict"]["gates"] for x in (g["value"], g["limit"]) if x is not None]
    deal = (plan["tables"].get("customers") or {}).get("contract") or {}
    known += [x for x in (deal.get("sold"), deal.get("years")) if x is not None]
    for gate in say_gates.gates(told):
        near = _numbers(gate["words"])
        for sentence in gate["sentences"]:
            if sentence.code == "en":
                continue
            for number in _numbers(re.sub(r"(January|February|March|April|May|June|July|August|September|October|"
                                          r"November|December) \d{4}", "", sentence.text)):  # fmt: skip
                scaled = [k * s for k in known for s in (1, 1e-3, 1e-6, 1e-9, 1e2)]
                assert any(_close(number, k) for k in (*near, *scaled, 10.0)), f"{sentence.text}: {number}"


def _numbers(text):
    return [float(x.replace(",", "")) for x in re.findall(r"\d[\d,]*(?:\.\d+)?", text.replace(GAP, " "))]


def _close(a, b):
    return abs(a - b) <= 0.06 * max(abs(a), abs(b)) + 0.51 * (abs(b) > 20)


def test_refusals_say_why_in_each_language():
    kenya = say.Teller(example_json("kenya_1gw"), language("fr"))
    assert say.headline(kenya).text.startswith(f"Non{GAP}:") and "%" in say.headline(kenya).text
    iran = say.Teller(example_json("iran"), language("uk"))
    assert say.headline(iran).text.startswith("Ні:")


def test_numbers_in_sentences_open_to_their_source():
    opened = []

    def link(target, text):
        opened.append(target)
        return text

    x = say.Teller(example_json("france"), language("fr"), link)
    say_gates.gates(x)
    assert "figure:capex_usd" in opened and "figure:share_of_peak_demand" in opened
    facts = [t.partition(":")[2] for t in opened if t.startswith("fact:")]
    assert facts and all(f in x.plan["trace"]["facts"] for f in facts)
    figures = [t.partition(":")[2] for t in opened if t.startswith("figure:")]
    assert all(f in x.plan["figures"] for f in figures)


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("code", LANGUAGES)
def test_ten_questions_are_answered(name, code):
    x = say.Teller(example_json(name), language(code))
    found = answers(x)
    if x.value("capex_usd") is None:
        assert not found
        return
    assert len(found) == 10 and len({a.id for a in found}) == 10
    for a in found:
        assert a.lines and all(line.text for line in a.lines)
        assert any(line.code == code for line in a.lines)
        if a.table:
            assert all(len(row) == len(a.table.head) for row in a.table.rows)


@pytest.mark.parametrize(
    ("question", "gate", "first"),
    [
        (
            {"place": "Germany", "power": "500 MW nuclear"},
            "power",
            "La loi interdit les nouvelles centrales nucléaires",
        ),
        ({"place": "Kenya", "power": "200 MW gas", "by": "2028"}, "power", f"Gaz pour 200{GAP}MW"),
        ({"place": "Kenya", "power": "200 MW gas", "by": "2028"}, "time", "La pleine puissance arrive 22 mois après"),
    ],
)
def test_a_refusal_names_its_reason_first(question, gate, first):
    pytest.importorskip("fastapi")
    from gigawatt.web import quick

    found = quick.answer(read_scenario({**question, "as_of": AS_OF}))
    x = say.Teller(found.told, language("fr"))
    sentences = next(g["sentences"] for g in say_gates.gates(x) if g["gate"] == gate)
    assert sentences[0].text.startswith(first) and sentences[0].code == "fr"
    assert say.headline(x).text.startswith(f"Non{GAP}:")


def test_a_letter_names_the_power_of_its_own_source():
    pytest.importorskip("fastapi")
    from gigawatt.web import quick

    asked = read_scenario({"place": "France", "power": "800 MW nuclear + 200 MW gas", "as_of": AS_OF})
    x = say.Teller(quick.answer(asked).told, language("fr"))
    asks = {step["to"]: step["asks"][0].text for step in say_steps.next_steps(x)}
    assert asks["EDF"].startswith(f"800{GAP}MW nucléaire") and asks["NaTran"].startswith(f"du gaz pour 200{GAP}MW")


def test_french_signs_and_all_units_stay_with_the_word_before_them():
    """No line begins with a colon or a unit; the catalogues are typed with plain spaces."""
    for name in ("web", "report"):
        for code in TRANSLATED:
            for m in catalogue_of(code, name):
                for text in m.string if isinstance(m.string, tuple) else (m.string,):
                    if m.id:
                        assert not re.search(r"\d (MW|GW|МВт|ГВт)\b", text), text
                        assert code != "fr" or not re.search(r" [:;?!»%]|« ", text), text
