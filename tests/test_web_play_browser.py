"""The first page and the play page in a real browser: search, moves, the last input wins, chips, a reload."""

import json
from urllib.parse import parse_qs, unquote_plus, urlsplit

import numpy as np
import pytest

from gigawatt.web import world

PLAN = "/plan?place=France&budget=109+B%E2%82%AC&power=1+GW+nuclear"
SIZES = ((360, 740), (1280, 800), (1920, 1080))
PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def home(server):
    """The address of the server."""
    return f"http://127.0.0.1:{server.port}"


class Visit:
    """A tab that notes what a page must not do: complain on the console, ask another host."""

    def __init__(self, browser, home, size=(1280, 800), **more):
        self.home = home
        self.context = browser.new_context(locale="en-GB", viewport={"width": size[0], "height": size[1]}, **more)
        self.tab = self.context.new_page()
        self.tab.set_default_timeout(PATIENCE_MS)
        self.noted = []
        self.tab.on("console", lambda m: self.noted.append(m.text) if m.type in ("error", "warning") else None)
        self.tab.on("pageerror", lambda e: self.noted.append(str(e)))
        self.tab.on("request", lambda r: r.url.startswith((home, "data:", "blob:")) or self.noted.append(r.url))

    def open(self, path):
        self.tab.goto(self.home + path)
        return self.tab

    @property
    def question(self):
        return {k: v[0] for k, v in parse_qs(urlsplit(self.tab.url).query).items()}

    def slide(self, key, to):
        """Move a slider as a hand does: every step on the way is an input."""
        self.tab.evaluate(
            """([id, to]) => {
                const slide = document.getElementById(id), step = to > slide.value ? 1 : -1;
                while (Number(slide.value) !== to) {
                    slide.value = Number(slide.value) + step;
                    slide.dispatchEvent(new Event("input", {bubbles: true}));
                }
            }""",
            [f"r-{key}", to],
        )

    def settled(self):
        """The sections of the last move are on the page."""
        self.tab.locator("#below:not(.stale)").wait_for()


@pytest.fixture
def visit(browser, home):
    made = Visit(browser, home)
    yield made
    made.context.close()
    assert not made.noted


def test_first_visit_search_and_choose(visit):
    tab = visit.open("/")
    countries = tab.locator("svg.world a")
    assert countries.count() == len(world.shipped().rows)
    france = tab.locator("svg.world a[data-iso=FRA]")
    assert france.get_attribute("aria-label").startswith("France: ")
    assert tab.locator(".list tbody tr").count() == countries.count()
    field = tab.get_by_role("combobox")
    for typed, expected in (("Україна", "Ukraine"), ("Allem", "Germany"), ("Київ", "Kyiv"), ("Oslo", "Norway")):
        field.fill(typed)
        first = tab.get_by_role("option").first
        first.get_by_text(expected).first.wait_for()
    field.fill("Keny")
    tab.get_by_role("option").first.get_by_text("Kenya").wait_for()
    field.press("ArrowDown")
    field.press("Enter")
    tab.locator(".verdict .word").wait_for()
    assert visit.question["place"] == "Kenya"
    tab.locator(".ladder tbody tr").nth(3).wait_for()
    assert tab.locator("h1").inner_text() == "Kenya"


def test_the_map_is_coloured_by_a_figure_and_walked_by_keyboard(visit):
    tab = visit.open("/?by=cost")
    assert tab.locator(".metrics a[aria-current]").inner_text() == "cost of an accelerator-hour"
    assert tab.locator("svg.world a.q0").count() > 20 and tab.locator("svg.world a.q4").count() > 20
    tab.locator("svg.world a").first.focus()
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.dataset.iso")
    assert tab.locator(".under-hand").inner_text() == tab.evaluate("document.activeElement.getAttribute('aria-label')")
    tab.keyboard.press("Enter")
    tab.locator(".verdict .word").wait_for()


ACCELERATORS = "/plan?place=France&accelerators=100k+GB300"
LADDER = "/plan?place=Kenya"
MOVES = (  # page, control, the places of the stops it is moved to
    (PLAN, "budget", (20, 18, 16, 12, 10)),
    (PLAN, "power", (14, 16, 18, 20, 22)),
    (ACCELERATORS, "accelerators", (10, 12, 14, 16, 18)),
    (PLAN, "accelerator", (1, 3, 5, 7, 9)),
    (PLAN, "mix", (1, 2, 4, 5, 6)),
    (PLAN, "by", (3, 4, 5, 6)),
    (PLAN, "operating_model", (1, 2, 3, 4)),
    (PLAN, "utilisation", (3, 5, 7, 9)),
    (PLAN, "clean", (2, 4, 6, 8, 10)),
    (PLAN, "life.it", (1, 2, 3)),
    (PLAN, "life.shell", (1, 3, 5)),
    (PLAN, "wacc.it.nonig", (6, 9, 12)),
    (PLAN, "wacc.power.private", (6, 9, 12)),
    (PLAN, "voll.default", (1, 2, 4)),
    (LADDER, "utilisation", (3, 5, 7, 9)),
    (LADDER, "clean", (2, 4, 6, 8, 10)),
)
READ_MS = 4000  # a page is looked at before its controls are moved: meanwhile the server answers what may be asked next
QUANTILES = (0.5, 0.95)
MEASURES = ("page", "server", "processor")


def test_every_move_is_answered_and_the_address_is_the_question(visit):
    """Prints how long moves take: to the frame that shows them, in the server, and its processor time.

    Beside them the share of moves that were answered ahead, and the times of those that were not.
    """
    took, path = {}, ""
    for page, key, stops in MOVES:
        if page != path:
            tab, path = visit.open(page), page
            tab.locator("details.more").evaluate("d => { d.open = true; }")
            tab.wait_for_timeout(READ_MS)
        name = f"{key}, no size named" if page == LADDER else key
        took[name] = np.array(_moved(tab, key, stops))
    head = "".join(f"{m} p50, p95".rjust(20) for m in MEASURES)
    print("\nmoves [ms]" + " " * 22 + head + "  ahead")
    every = np.concatenate(list(took.values()))
    for name, rows in (*took.items(), ("all", every), ("not answered ahead", every[every[:, -1] == 0.0])):
        cells = ["{:9.0f} {:9.0f}".format(*np.quantile(column, QUANTILES)) for column in rows.T[:-1] if len(rows)]
        print(f"{name:28s}{len(rows):4d} {' '.join(cells)} {np.sum(rows[:, -1]):6.0f}")
    tab = visit.open(PLAN)
    tab.locator("details.section").first.wait_for(state="attached")
    visit.slide("budget", 12)
    links = [unquote_plus(unquote_plus(a.get_attribute("href"))) for a in tab.locator("nav.about a").all()]
    assert len(links) == 5 and all("budget=7 bn EUR" in link for link in links)
    visit.settled()
    assert visit.question["budget"] == "7 bn EUR"
    assert "7 bn" in tab.locator(".chips").inner_text()
    before = tab.locator("#top").inner_text()
    visit.open(urlsplit(tab.url)._replace(scheme="", netloc="").geturl())
    assert tab.locator("#top").inner_text() == before


def _moved(tab, key, stops):
    """Move a control from stop to stop and back; the times of each move, in ms."""
    slide = tab.locator("select.mix" if key == "mix" else f"[id='r-{key}']")
    control = slide if slide.count() else tab.locator(f"[id='c-{key}']")
    start = control.evaluate(_AT)
    tab.evaluate("performance.clearMeasures('move')")
    for n, stop in enumerate((*stops, start), 1):
        control.evaluate(_SET, stop)
        _until(tab, n)
    found = tab.evaluate("performance.getEntriesByName('move').map(m => [m.duration, ...m.detail])")
    assert len(found) == len(stops) + 1
    return found


_AT = "field => field.tagName === 'SELECT' ? field.selectedIndex : Number(field.value)"
_SET = """(field, to) => {
    if (field.tagName === 'SELECT') field.selectedIndex = to; else field.value = to;
    field.dispatchEvent(new Event(field.tagName === 'SELECT' ? 'change' : 'input', {bubbles: true}));
}"""


def _until(tab, n):
    """Wait for the n-th answered move; the page says when, as asking again and again would take its time."""
    tab.evaluate(_SEEN, n)


_SEEN = """n => new Promise((seen, lost) => {
    setTimeout(() => lost(`move ${n} was not answered`), 60000);
    const look = () => performance.getEntriesByName('move').length >= n && (observer.disconnect(), seen());
    const observer = new PerformanceObserver(look);
    observer.observe({type: 'measure'});
    look();
})"""


COUNTRIES = ("Kenya", "Estonia", "Japan", "Ukraine", "Brazil", "India", "Chile", "Norway", "Vietnam", "Morocco")


def test_a_country_is_answered_while_its_sections_are_made(visit):
    """Prints how long a new country takes: verdict, gates and ladder on the screen; then the whole page."""
    visit.open(PLAN).locator("details.section").first.wait_for(state="attached")  # the server is warm
    table = []
    for country in COUNTRIES:
        visit.tab.goto(f"{visit.home}/plan?place={country}", wait_until="commit")
        visit.tab.locator(".verdict .word").wait_for()
        visit.tab.locator(".ladder tbody tr").nth(3).wait_for()
        visit.tab.locator("table.gates tbody tr").nth(5).wait_for()
        shown = visit.tab.evaluate("performance.now()")
        visit.tab.wait_for_load_state("load")
        assert visit.tab.locator("details.section").count() > 15
        table.append((shown, visit.tab.evaluate("performance.now()")))
    print("\ncountry [ms]: verdict, gates and ladder on the page; the whole page")
    for country, row in zip(COUNTRIES, table, strict=True):
        print("{:12s} {:6.0f} {:6.0f}".format(country, *row))
    print("{:12s} {:6.0f} {:6.0f}".format("p95", *np.quantile(np.array(table), 0.95, axis=0)))


def test_the_last_input_wins(visit):
    tab = visit.open(PLAN)
    late = []

    def delayed(route):
        if "budget=109" not in route.request.url and not late:
            late.append(route)  # the first answer comes last
            return
        route.continue_()

    tab.route("**/plan/move?*", delayed)
    visit.slide("budget", 20)
    tab.wait_for_timeout(1700)  # longer than an answer is waited for
    visit.slide("budget", 12)
    tab.locator(".chips").get_by_text("7 bn EUR").wait_for()
    for route in late:
        try:
            route.continue_()
        except Exception:  # given up by the page already
            pass
    visit.settled()
    assert visit.question["budget"] == "7 bn EUR" and "7 bn EUR" in tab.locator(".chips").inner_text()
    visit.noted.clear()  # a request that was given up is noted by the browser


def test_chips_reset_their_field_and_what_cannot_be_read_is_said(visit):
    tab = visit.open(PLAN + "&clean=0.9&set=life.it=4&cooling=liquid_dry")
    assert tab.locator(".chips a[data-reset]").count() == 6
    for key in ("clean", "life.it", "cooling"):
        tab.locator(f'.chips a[data-reset="{key}"]').click()
        tab.locator(f'.chips a[data-reset="{key}"]').wait_for(state="detached")
    visit.settled()
    assert set(visit.question) == {"place", "budget", "power"}
    tab.locator("#c-budget").fill("a lot")
    tab.locator("#c-budget").press("Tab")
    tab.locator("#problem").get_by_text("budget").wait_for()
    visit.noted.clear()  # the browser notes the refused request
    tab.locator("#c-budget").fill("5 B€")
    tab.locator("#c-budget").press("Tab")
    tab.locator("#problem").wait_for(state="hidden")
    tab.locator(".chips a[data-reset='*']").click()
    tab.locator(".ladder").first.wait_for()
    visit.settled()
    assert set(visit.question) == {"place"}


def test_charts_have_words_numbers_and_csv(visit):
    tab = visit.open(PLAN)
    tab.locator("#chart-year").scroll_into_view_if_needed()
    tab.locator("#chart-year .main-svg").first.wait_for()
    tab.locator("select#start").select_option("10")
    tab.locator("#chosen .main-svg").first.wait_for()
    for box in tab.locator("figure .chart").all():
        assert box.get_attribute("aria-label")
    link = tab.locator("figure", has=tab.locator("#chart-year")).locator("a[download]")
    answer = tab.request.get(visit.home + link.get_attribute("href"))
    lines = answer.text().splitlines()
    assert answer.ok and lines[0].startswith("series,") and len(lines) > 2 * 365


def test_a_longer_run_is_watched_cancelled_and_found_again(visit):
    tab = visit.open("/plan?place=Luxembourg&power=20+MW")
    drawn, ways = tab.locator("[data-run=draws]"), tab.locator("[data-run=frontier]")
    drawn.get_by_role("button", name="Run it").click()
    drawn.get_by_role("button", name="Cancel").click()
    drawn.get_by_text("Cancelled").wait_for()
    ways.get_by_role("button", name="Run it").click()
    ways.locator("progress:visible, .result svg").first.wait_for()
    tab.reload()
    ways.locator(".result table").first.wait_for(state="attached")  # folded under the chart
    assert ways.locator(".result tbody tr").count() > 2
    link = ways.locator("a[download]").first.get_attribute("href")
    assert tab.request.get(visit.home + link).text().startswith("series,")


def test_a_run_is_found_again_when_the_server_answers_again(visit):
    tab = visit.open("/plan?place=Malta&power=20+MW")
    run = tab.locator("[data-run=draws]")
    run.get_by_role("button", name="Run it").click()
    run.get_by_role("button", name="Cancel").wait_for()
    tab.context.set_offline(True)
    run.get_by_text("The server does not answer").wait_for()
    tab.context.set_offline(False)
    run.locator(".result table").first.wait_for(state="attached")
    visit.noted.clear()  # the browser notes what could not be fetched


def test_a_plan_is_whole_without_scripts(browser, home):
    visit = Visit(browser, home, java_script_enabled=False)
    tab = visit.open(PLAN)
    assert tab.locator(".verdict .word").inner_text().endswith("Yes, if")
    assert tab.locator("details.section").count() > 15
    tab.locator("#c-power").fill("300 MW nuclear")
    tab.get_by_role("button", name="Ask").click()
    tab.locator(".chips").get_by_text("300 MW nuclear").wait_for()
    visit.context.close()


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_nothing_is_wider_than_the_screen(browser, home, size):
    visit = Visit(browser, home, size)
    for path in ("/", PLAN):
        tab = visit.open(path)
        assert tab.evaluate("document.documentElement.scrollWidth") <= size[0], path
    assert json.loads(tab.request.get(home + "/world.json").text())["current"]
    visit.context.close()
    assert not visit.noted
