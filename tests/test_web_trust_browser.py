"""In a real browser: ten questions, explain, override, compare, audit, saved plans, languages, accessibility."""

from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest

QUESTION = "place=FRA&budget=109+B%E2%82%AC&power=1+GW+nuclear"
PAGES = {
    "start": "/",
    "plan": f"/plan?{QUESTION}",
    "questions": f"/questions?{QUESTION}",
    "figure": f"/explain?figure=jobs_permanent&{QUESTION}",
    "fact": f"/explain?fact=country.FRA.peak_load&{QUESTION}",
    "figures": f"/explain?{QUESTION}",
    "compare": "/compare?a=place%3DFRA%26power%3D1%2BGW&b=UKR&audit=EUR+20+bn,+5+gigafactories,+100,000+GB300+each",
    "saved": f"/saved?{QUESTION}",
    "limits": "/limits",
    "record": "/record",
    "validation": "/validation",
    "programme": "/programme?name=fr-109bn",
    "programmes": "/programme",
    "error": "/plan?place=Atlantis&power=12+elephants",
}
LANGUAGES = ("en", "fr", "uk")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"], "preload": False}


class Visit:
    """A tab that notes what a page must not do: print errors, ask another host."""

    def __init__(self, browser, server, **more):
        self.home = f"http://127.0.0.1:{server.port}"
        self.context = browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1280, "height": 900}, **more})
        self.tab = self.context.new_page()
        self.errors, self.foreign = [], []
        self.tab.on("console", lambda m: self.errors.append(m.text) if m.type in ("error", "warning") else None)
        self.tab.on("pageerror", lambda e: self.errors.append(str(e)))
        self.tab.on("request", lambda r: self._asked(r.url))

    def _asked(self, url):
        if not url.startswith((self.home, "data:", "blob:")):
            self.foreign.append(url)

    def open(self, path, lang=""):
        joint = "&" if "?" in path else "?"
        self.tab.goto(self.home + path + (f"{joint}lang={lang}" if lang else ""))
        return self.tab

    def close(self):
        self.context.close()
        assert not self.errors and not self.foreign


@pytest.fixture
def visit(browser, server):
    made = Visit(browser, server)
    yield made
    made.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_is_accessible_and_fits_a_telephone(browser, server, lang):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    seen = Visit(browser, server, viewport={"width": 360, "height": 740})
    for name, path in PAGES.items():
        tab = seen.open(path, lang)
        assert tab.evaluate("document.documentElement.lang") == lang
        assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{name} is wider than 360 px"
        found = axe.run(tab, options=RULES).response["violations"]
        assert not found, f"{name} in {lang}: {[(v['id'], v['nodes'][0]['html'][:200]) for v in found]}"
        levels = tab.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
        assert levels[0] == 1 and levels.count(1) == 1
        if name == "error":
            seen.errors.clear()  # the browser notes that the page was an error
        assert all(b - a <= 1 for a, b in pairwise(levels)), f"{name}: headings {levels}"
    seen.close()


def test_a_number_opens_beside_the_page_and_walks_down_to_a_source(visit):
    tab = visit.open(PAGES["questions"])
    assert tab.locator("section.answer").count() == 10
    tab.locator("#q-payer a.number").first.click()
    panel = tab.locator("#explain-panel")
    panel.locator("h1", has_text="Capital cost, all-in").wait_for()
    assert panel.locator(".big").inner_text().endswith("bn\N{NO-BREAK SPACE}USD")
    panel.locator(".find-movers").click()
    panel.locator("#movers tbody tr").first.wait_for()
    assert "price" in panel.locator("#movers tbody").inner_text()  # the chip's, for one
    panel.locator("p + .wide a").first.click()  # one step down
    panel.locator("a", has_text="Back to the figure itself").wait_for()
    panel.locator(".facts a").first.click()
    panel.locator("h1", has_text="A fact of this plan").wait_for()
    tab.keyboard.press("Escape")
    assert not panel.is_visible()
    assert urlsplit(tab.url).path == "/questions"


def test_a_bar_of_the_calendar_opens_to_its_lead_time(visit):
    tab = visit.open(f"/plan?{QUESTION}")
    chart = tab.locator("#chart-gantt")
    chart.scroll_into_view_if_needed()
    bar = chart.locator(".bars .point path").first
    bar.wait_for()
    box = bar.bounding_box()
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.locator("#explain-panel ul.facts .source").first.wait_for()
    assert "lead." in tab.locator("#explain-panel ul.facts code").first.inner_text()


def test_any_number_of_a_row_opens_and_a_source_lists_its_facts(visit):
    tab = visit.open(PAGES["plan"])
    bill = tab.locator("details.section", has=tab.locator("h2", has_text="The bill")).locator("tbody tr").first
    bill.locator("td").nth(2).click()  # the range, which is no link
    panel = tab.locator("#explain-panel")
    panel.locator("h1", has_text="Capital cost, all-in").wait_for()
    assert panel.evaluate("d => d.getBoundingClientRect().right === innerWidth")  # beside the page, not over it
    tab.keyboard.press("Escape")
    for title, heading in (("Sources", "Facts of this plan from one source"), ("Assumptions", "A fact of this plan")):
        section = tab.locator("details.section", has=tab.locator("h2", has_text=title))
        section.locator("summary").first.click()
        section.locator("a.number").first.click()
        panel.locator("h1", has_text=heading).wait_for()
        assert panel.locator("li.fact").first.is_visible()
        tab.keyboard.press("Escape")


def test_no_number_of_a_plan_is_broken_on_paper(visit):
    tab = visit.open(PAGES["plan"])
    tab.locator("details.section").last.wait_for(state="attached")
    tab.set_viewport_size({"width": 690, "height": 980})  # A4 without its margins
    tab.emulate_media(media="print")
    broken = tab.evaluate(
        """() => [...document.querySelectorAll("main td.n, main td.d")]
            .filter((c) => { const r = document.createRange(); r.selectNodeContents(c);
                             return new Set([...r.getClientRects()].map((b) => Math.round(b.bottom))).size > 1; })
            .map((c) => c.innerText)"""
    )
    assert not broken
    assert tab.evaluate("document.documentElement.scrollWidth") <= 690


def test_without_scripts_a_number_opens_as_a_page(browser, server):
    seen = Visit(browser, server, java_script_enabled=False)
    tab = seen.open(PAGES["questions"], "fr")
    tab.locator("#q-jobs a.number").first.click()
    assert urlsplit(tab.url).path == "/explain" and tab.locator("html").get_attribute("lang") == "fr"
    assert tab.locator("h1").inner_text() == "Emplois de chantier, maximum"
    tab.locator(".facts .source").first.wait_for(state="attached")
    seen.close()


def test_a_fact_is_overridden_in_place(visit):
    tab = visit.open(f"/explain?figure=jobs_permanent&{QUESTION}")
    before = tab.locator(".big").inner_text()
    card = tab.locator("li.fact", has_text="jobs.permanent")
    card.locator("summary").click()
    card.locator("input[name=value]").fill("0.7 job/MW")
    card.locator("button").click()
    tab.locator("li.fact.changed").first.wait_for(state="attached")
    asked = parse_qs(urlsplit(tab.url).query)
    assert asked["set"] == ["jobs.permanent=0.7 job/MW"] and asked["place"] == ["FRA"]
    assert tab.locator(".big").inner_text() == "700" != before
    assert tab.locator("li.fact.changed").count() == 1


def test_the_language_switch_keeps_the_question(visit):
    tab = visit.open(PAGES["questions"])
    tab.locator(".languages a[lang=uk]").click()
    asked = parse_qs(urlsplit(tab.url).query)
    assert asked["lang"] == ["uk"] and asked["power"] == ["1 GW nuclear"] and asked["budget"] == ["109 B€"]
    assert tab.locator("h1").inner_text() == "Десять запитань, які вам поставлять завтра"
    assert tab.locator("h2").first.inner_text().endswith("Скільки робочих місць?")
    tab = visit.open("/compare")  # the choice is remembered
    assert tab.locator("h1").inner_text() == "Порівняти плани та програми"


def test_two_plans_are_compared_and_an_announcement_is_audited(visit):
    tab = visit.open("/compare")
    tab.locator("input[name=a]").fill("France")
    tab.locator("input[name=b]").fill("place=UKR&power=1 GW")
    tab.locator(".compare-form button").click()
    table = tab.locator("table.side")
    table.locator("thead th").nth(1).wait_for()
    assert table.locator("thead th").count() == 2 and table.locator("tbody tr").count() > 12
    number = table.locator("a.number").nth(3)
    shown = number.inner_text()
    number.click()
    tab.locator("#explain-panel .big").wait_for()
    assert shown.startswith(tab.locator("#explain-panel .big").inner_text().split()[0])
    tab.keyboard.press("Escape")
    differs = table.locator("td.other .change")
    assert differs.count() > 3 and "%" in "".join(differs.all_inner_texts())  # in words, not by colour alone
    tab.locator("input[name=audit]").fill("EUR 20 bn, 5 gigafactories, 100,000 GB300 each")
    tab.locator(".audit-form button").click()
    assert "do not fit" in tab.locator(".audit .verdict").inner_text()
    table.locator("thead th").nth(1).wait_for()
    assert tab.locator("table.side thead th").count() == 2  # the comparison stays


def test_every_programme_of_the_preset_leads_to_its_plan(visit):
    tab = visit.open("/compare")
    tab.locator(".compare-form a").first.click()
    heads = tab.locator("table.side thead th > a:first-child")
    heads.nth(3).wait_for()
    for address in [a.get_attribute("href") for a in heads.all()]:
        tab = visit.open(address)
        assert tab.locator(".verdict .word").inner_text()[2:] in ("Yes", "Yes, if", "No"), address


def test_the_numbers_of_a_programme_open_beside_the_comparison(visit):
    tab = visit.open("/compare?a=fr-109bn&b=France")
    tab.locator("table.side a.number[href*=capex_usd]").first.click()
    panel = tab.locator("#explain-panel")
    panel.locator("pre").wait_for()
    assert "×" in panel.locator("pre").inner_text()
    panel.locator("a.number").click()  # the campus: equation, inputs, facts
    panel.locator("ul.facts li").first.wait_for()
    tab.keyboard.press("Escape")
    tab.locator("table.side a.announced").first.click()
    panel.locator("ul.facts .source a").first.wait_for()


def test_a_plan_is_saved_noted_renamed_compared_and_deleted(visit):
    for name, place in (("Plan one", "FRA"), ("Plan two", "UKR")):
        tab = visit.open(f"/saved?place={place}&power=1+GW")
        tab.locator("input[name=name]").first.fill(name)
        tab.locator("textarea").first.fill(f"Ask {place} again in May <b>now</b>")
        tab.locator(".save-form button").first.click()
        tab.locator(".plans a", has_text=name).wait_for()
    assert "<b>now</b>" in tab.locator(".notes").first.inner_text()
    row = tab.locator(".plans > li", has_text="Plan two")
    row.locator("summary").click()
    row.locator("input[name=name]").fill("Plan zwei")
    row.locator("button[value=change]").click()
    tab.locator(".plans a", has_text="Plan zwei").wait_for()
    for box in tab.locator(".tick input").all()[:2]:
        box.check()
    tab.locator("#ticked button").click()
    tab.locator("table.side thead th").nth(1).wait_for()
    assert urlsplit(tab.url).path == "/compare" and tab.locator("table.side thead th").count() == 2
    tab = visit.open("/saved")
    for name in ("Plan zwei", "Plan one"):
        row = tab.locator(".plans > li", has_text=name)
        row.locator("summary").click()
        row.locator("button[value=delete]").click()
        tab.locator(".plans a", has_text=name).wait_for(state="detached")


def test_it_prints_without_what_paper_cannot_use(visit):
    tab = visit.open(PAGES["questions"])
    tab.emulate_media(media="print")
    assert not tab.locator("nav.about").is_visible() and not tab.locator(".contents").is_visible()
    assert tab.locator("section.answer").first.is_visible()
    assert len(tab.pdf(format="A4")) > 10_000
