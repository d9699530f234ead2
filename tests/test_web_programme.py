"""The page of a named programme: every number of ours opens to a plan, every number announced to its record."""

import html
import re
from datetime import date

import pytest

pytest.importorskip("fastapi")

from gigawatt import programmes
from gigawatt.facts import load_facts
from gigawatt.web import columns
from gigawatt.web.asking import query_of
from gigawatt.web.language import LANGUAGES, language
from gigawatt.web.pages.programme import CLAIMED, QUANTITIES, Column

NAME = "fr-109bn"
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def made():
    return columns.programme(NAME, TODAY)


def links(page, kind):
    return [html.unescape(x) for x in re.findall(rf'<a class="{kind}" href="([^"]+)"', page)]


def text_of(page):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_a_figure_of_all_sites_is_that_of_a_campus_times_what_the_page_says(made):
    assert made["sites"] == 3
    for name, row in made["figures"].items():
        one, factor = made["one"][name]["value"], made["factors"][name]
        if isinstance(one, float):
            assert row["value"] == pytest.approx(one * factor, rel=1e-12), name
        else:
            assert row["value"] == one, name
    assert made["factors"]["capex_usd"] == 3 and made["factors"]["pue"] == 1


def test_the_address_of_a_campus_is_the_plan_that_was_compared(made):
    """The figures behind a programme are those of the address that it opens to, to the last digit."""
    from gigawatt import plan, read_scenario

    same = plan(read_scenario({**made["question"], "as_of": TODAY.isoformat()}))
    assert {k: f.json() for k, f in same.figures.items()} == made["one"]


def test_every_claim_on_record_has_a_name_a_source_and_a_page():
    for p in programmes.catalogue(load_facts()).values():
        for c in p.claims:
            assert c.quantity in QUANTITIES, (p.id, c.quantity)
            assert c.source and c.fact.where, c.fact.id
    assert {q for several in CLAIMED.values() for q in several} <= QUANTITIES.keys()


@pytest.mark.parametrize("code", LANGUAGES)
def test_numbers_of_a_programme_open_to_it_or_to_a_campus(made, code):
    question = made["question"]
    column = Column(
        "", "yes", made["figures"], {}, f"/plan?{query_of(question)}", NAME, 3, made["one"], made["factors"]
    )
    words = language(code)
    assert column.behind("capex_usd", words).startswith(f"/programme?name={NAME}&figure=capex_usd")
    assert column.behind("pue", words).startswith("/explain?figure=pue&place=France")
    assert all((code == "en") != (f"lang={code}" in column.behind(f, words)) for f in ("capex_usd", "pue"))


def test_the_pages_of_a_programme(server):
    listed = server.get("/programme")
    assert listed.status_code == 200 and f"name={NAME}" in listed.text
    whole = server.get(f"/programme?name={NAME}")
    assert whole.status_code == 200, whole.text
    assert "109 bn EUR" in text_of(whole.text) and 'rel="noopener' in whole.text
    numbers = links(whole.text, "number")
    assert len(numbers) > 40
    for address in (
        next(x for x in numbers if "figure=capex_usd" in x),
        next(x for x in numbers if "figure=pue&" in x),
    ):
        assert server.get(address).status_code == 200, address
    capital = server.get(f"/programme?name={NAME}&figure=capex_usd")
    assert "× 3 =" in text_of(capital.text) and "planned as 3 campuses" in text_of(capital.text)
    (campus,) = links(capital.text, "number")
    assert campus.startswith("/explain?figure=capex_usd&place=France")
    record = server.get(f"/programme?name={NAME}&claims=money")
    assert "Techniques de l'Ingenieur" in text_of(record.text) and "3,000 MW" not in text_of(record.text)
    for wrong in ("name=nowhere", f"name={NAME}&figure=nothing"):
        assert server.get(f"/programme?{wrong}").status_code == 404


def test_every_number_of_a_compared_programme_opens(server):
    page = server.get(f"/compare?a={NAME}&b=France").text
    table = page[page.index('<table class="side"') : page.index("</table>")]
    cells = re.findall(r"<td[^>]*>(.*?)</td>", table[table.index("<tbody") :], re.DOTALL)
    shown = [c for c in cells if re.search(r"\d", re.sub(r"<[^>]*>", "", c))]
    assert len(shown) > 30 and all('class="number"' in c for c in shown)
    announced = links(table, "announced")
    assert announced and all(a.startswith(f"/programme?name={NAME}&claims=") for a in announced)
