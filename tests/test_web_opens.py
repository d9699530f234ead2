"""Numbers of the sections open to what is behind them; words of a terminal are words of a page there."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from asked import example

pytest.importorskip("fastapi")

from gigawatt.web import opens
from gigawatt.web.language import LANGUAGES, language
from gigawatt.web.pages.asked import linker
from gigawatt.web.pages.plan import _below, sections_of

QUESTION = {"place": "France", "power": "1 GW nuclear"}


@pytest.mark.parametrize("code", LANGUAGES)
def test_figures_of_every_section_open_and_the_page_stays_whole(code):
    plan = example("france")
    made = _below(plan, QUESTION, language(code))["sections"]
    page = "".join(str(body) for _, _, _, body in made)
    assert "<data" not in page and "&lt;table" not in page and page.count("<table") > 30
    links = [
        parse_qs(urlsplit(x.replace("&amp;", "&")).query) for x in re.findall(r'class="number" href="([^"]+)"', page)
    ]
    figures, facts = ([x[kind][0] for x in links if kind in x] for kind in ("figure", "fact"))
    assert len(figures) > 140 and set(figures) <= set(plan.figures)
    assert len(facts) > 300 and {i for x in facts for i in x.split(",")} <= set(plan.trace["facts"])
    assert all(x["place"] == ["France"] and (code == "en" or x["lang"] == [code]) for x in links)


def test_every_task_with_a_length_opens_to_the_lead_times_behind_it():
    """Without scripts too: what opens is a link in the table of the chart."""
    for name in ("france", "texas_abilene", "kenya_1gw"):
        plan = example(name)
        behind = plan.tables["gantt"]["facts"]
        lasting = {t["task"] for t in plan.schedule if t["duration_months"]["high"] > 0}
        assert lasting <= set(behind), (name, lasting - set(behind))
        for task in plan.schedule:
            ids = behind.get(task["task"], [])
            assert set(ids) <= set(plan.trace["facts"])
            assert not ids or plan.trace["facts"][ids[0]]["unit"] in ("month", "MW/month", "year"), task["task"]
        build = next(b for _, title, _, b in _below(plan, QUESTION, language("en"))["sections"] if title == "Build-out")
        assert all(f"fact={'%2C'.join(ids)}&amp;" in build for ids in behind.values())


def test_no_number_stands_alone():
    """Every section with a number in it opens one, or names the figures behind; the list of sources has its pages."""
    plan = example("france")
    for _, title, _, body in _below(plan, QUESTION, language("en"))["sections"]:
        text = re.sub(r"<script.*?</script>|<[^>]*>", " ", str(body), flags=re.DOTALL)
        assert not re.search(r"\d", text) or 'class="number"' in body or title == "Sources", title


def test_every_section_with_numbers_names_the_figures_behind_them():
    plan = example("france")
    titles = {title for _, title, _ in sections_of(plan)}
    assert set(opens.BEHIND) - titles <= {"What it hangs on"}  # that one needs draws of whole plans
    for title in opens.BEHIND.keys() & titles:
        assert 'class="number"' in opens.behind(title, plan.figures, language("en"), linker(QUESTION, "en")), title
    assert not opens.behind("Sources", plan.figures, language("en"), linker(QUESTION, "en"))


def test_a_page_names_no_option_of_a_terminal():
    whole = "".join(body for _, _, body in sections_of(example("france")))
    assert all(written in whole for written in opens.SAID_HERE)
    assert not re.search(r"--(draws|hours)|gigawatt explain", opens.here(whole))
