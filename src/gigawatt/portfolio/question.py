"""The question of a portfolio: shared limits, sites with limits of their own, from a TOML or JSON file or Python.

A campus is asked with the words of a scenario; what sizes it (budget, power, accelerators) is shared. All problems are
reported together, each with its site.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from gigawatt.chapters import sizing
from gigawatt.errors import ScenarioError
from gigawatt.facts import load_facts
from gigawatt.record import Steps, central
from gigawatt.scenario import QUESTION_KEYS, Scenario, question_of, read

GOALS = ("most", "soonest", "cheapest", "one_run")
RULES = ("gdp", "head", "equal")
SHARED = ("budget", "power", "accelerators", "by", "as_of", "price_year")
SIZED = ("place", "at", *SHARED, "train", "serve", "goal")  # keys of a question that a campus cannot have of its own
CAMPUS = tuple(k for k in QUESTION_KEYS if k not in SIZED)
NUMBERS = ("most_sites", "least_sites", "max_hazard", "campuses")
KEYS = (
    *(
        "title",
        "goal",
        "fair",
        "min_campus",
        "max_campus",
        "without_licence",
        "budget_share",
        "places",
        "site",
        "campus",
    ),
    *SHARED,
    *NUMBERS,
)
SITE_KEYS = (
    "name",
    "place",
    "at",
    "source",
    "min_power",
    "max_power",
    "connection",
    "campuses",
    "max_water_m3_per_year",
    *CAMPUS,
)
MOST_CAMPUSES = 20
DEFAULT_MIN = "portfolio.min_campus"


@dataclass(frozen=True)
class SiteAsked:
    """A site with its own limits. MW at the meter at peak."""

    name: str
    place: str  # several campuses may stand at one place
    system: str  # power system: the US state, else the country
    source: str  # where its limits are from: a source key of the facts, or words
    question: dict[str, Any]  # words of a scenario without a size
    min_mw: float
    max_mw: float
    connection: tuple[tuple[str, float], ...]  # date and MW that may be drawn from then on
    max_water_m3: float


@dataclass(frozen=True)
class Asked:
    """What is asked of all sites together."""

    title: str
    words: dict[str, Any]  # that ``read_portfolio`` accepts again
    sites: tuple[SiteAsked, ...]
    as_of: date
    price_year: int
    budget_usd: float | None  # capital, all-in: what the budget and its share allow
    power_mw: float | None
    source: str
    accelerators: float | None
    by: date | None
    goal: str
    fair: str
    most_sites: float
    least_sites: float
    max_hazard: float
    without_licence: bool


def shipped() -> dict[str, Path]:
    """The portfolios that come with the package, by name."""
    folder = resources.files("gigawatt") / "data" / "portfolios"
    return {p.name.removesuffix(".toml"): Path(str(p)) for p in sorted(folder.iterdir(), key=lambda p: p.name)}


def words_of(name: str | Path) -> dict[str, Any]:
    """The words of a portfolio file, of one that ships, or of a saved answer.

    Raises
    ------
    ScenarioError
        For a name that is neither a file nor shipped.
    """
    known = shipped()
    if str(name) in known:
        return question_of(known[str(name)])
    path = Path(name)
    if path.suffix.lower() in (".toml", ".json") or path.is_file():
        return question_of(path)
    near = difflib.get_close_matches(str(name).lower(), known, n=3, cutoff=0.3) or list(known)
    raise ScenarioError(f"portfolio: {str(name)!r} is neither a TOML or JSON file nor one of ours: {', '.join(near)}")


def read_portfolio(words: Mapping[str, Any], *, origin: str = "", today: date | None = None) -> Asked:
    """Check the words of a portfolio.

    Parameters
    ----------
    words : mapping
        Keys of ``KEYS``, as in the file. [-]
    origin : str
        File name for messages. [-]
    today : date, optional
        Used where ``as_of`` is not given. [-]

    Raises
    ------
    ScenarioError
        With every problem found.
    """
    return _Reader(words, origin, today or date.today()).asked()


class _Reader:
    """Reads each key once and collects problems."""

    def __init__(self, words: Mapping[str, Any], origin: str, today: date) -> None:
        words = json.loads(json.dumps(dict(words), default=str))  # dates of a TOML file as text
        self.words = {str(k).replace("-", "_"): v for k, v in words.items() if v is not None and v != ""}
        self.words.setdefault("as_of", today.isoformat())
        self.label = f"{origin}: " if origin else ""
        self.problems: list[str] = []

    def asked(self) -> Asked:
        w = self.words
        self.unknown(w, KEYS, "")
        shared = {k: w[k] for k in SHARED if k in w}
        campus = self.table("campus")
        self.unknown(campus, CAMPUS, "campus.")
        self.campus = {k: v for k, v in campus.items() if k in CAMPUS}
        whole = self.scenario({**self.campus, **shared, "place": "France"}, "")  # any place: the words are the same
        sites = self.sites(shared)
        goal, fair = self.choice("goal", GOALS), self.choice("fair", RULES)
        numbers = {k: self.number(k) for k in NUMBERS}
        share = self.share()
        if not (w.get("budget") or w.get("power") or w.get("accelerators")):
            self.problems.append(f"{self.label}budget: missing; give a budget, a power or accelerators for all sites")
        if goal == "cheapest" and not w.get("accelerators"):
            self.problems.append(f"{self.label}goal: 'cheapest' needs accelerators, such as '500k GB300'")
        if not isinstance(w.get("without_licence", False), bool):
            self.problems.append(f"{self.label}without_licence: {w['without_licence']!r}: expected true or false")
        if len({p.source for p in whole.power}) > 1 if whole else False:
            self.problems.append(f"{self.label}power: {w['power']!r}: expected one source for all sites")
        if self.problems or whole is None:
            raise ScenarioError(self.problems)
        budget = sizing.ask_of(Steps(load_facts(), whole.price_year), whole).budget_usd
        return Asked(
            title=str(w.get("title", "portfolio")),
            words=dict(w),
            sites=tuple(sites),
            as_of=whole.as_of,
            price_year=whole.price_year,
            budget_usd=None if budget is None else central(budget) / share,
            power_mw=whole.power_mw,
            source=whole.power[0].source if whole.power else "",
            accelerators=whole.accelerators,
            by=whole.deadline,
            goal=goal or ("cheapest" if whole.accelerators else "most"),
            fair=fair or "gdp",
            most_sites=numbers["most_sites"] or float("inf"),
            least_sites=numbers["least_sites"] or 0.0,
            max_hazard=float("inf") if numbers["max_hazard"] is None else numbers["max_hazard"],
            without_licence=bool(w.get("without_licence", False)),
        )

    def sites(self, shared: dict[str, Any]) -> list[SiteAsked]:
        rows = [{"place": p} if isinstance(p, str) else p for p in self.list("places")] + self.list("site")
        if not rows:
            self.problems.append(f"{self.label}site: missing; name places = [...] or give [[site]] tables")
        found: list[SiteAsked] = []
        for k, row in enumerate(rows, start=1):
            if not isinstance(row, Mapping):
                self.problems.append(f"{self.label}site {k}: {row!r}: expected a table with a place or coordinates")
                continue
            site = self.site({str(n).replace("-", "_"): v for n, v in row.items()}, k, shared)
            if site and any(site.name == other.name for other in found):
                self.problems.append(f"{self.label}site {site.name}: named twice; give each site a name of its own")
            if site:
                found += [replace(site, name=site.name if n == 1 else f"{site.name} {n}") for n in self.copies(row)]
        return found

    def copies(self, row: Mapping[str, Any]) -> range:
        """Campuses that may stand at a place, the first without a number."""
        count = row.get("campuses", self.words.get("campuses", 1))
        if isinstance(count, int) and not isinstance(count, bool) and 1 <= count <= MOST_CAMPUSES:
            return range(1, count + 1)
        self.problems.append(f"{self.label}campuses: {count!r}: expected a whole number from 1 to {MOST_CAMPUSES}")
        return range(0)

    def site(self, row: dict[str, Any], k: int, shared: dict[str, Any]) -> SiteAsked | None:
        name = str(row.get("name") or row.get("place") or f"site {k}")
        where = f"site {name}: "
        self.unknown(row, SITE_KEYS, where)
        question = {**self.campus, **{n: row[n] for n in (*CAMPUS, "place", "at") if n in row}}
        question |= {
            n: shared[n] if n == "price_year" else str(shared[n]) for n in ("as_of", "price_year") if n in shared
        }
        scenario = self.scenario(question, where)
        if scenario is None:
            return None
        source = str(row.get("source", ""))
        source = load_facts().source_title(source) if source else ""
        least = self.power(row.get("min_power", self.words.get("min_campus")), f"{where}min_power")
        most = self.power(row.get("max_power", self.words.get("max_campus")), f"{where}max_power")
        default = float(load_facts()[DEFAULT_MIN].value)
        least = default if least is None else least
        if least > (most or float("inf")):
            self.problems.append(f"{self.label}{where}min_power {least:g} MW is above max_power {most:g} MW")
        water = row.get("max_water_m3_per_year")
        if water is not None and not (isinstance(water, (int, float)) and water >= 0):
            self.problems.append(
                f"{self.label}{where}max_water_m3_per_year: {water!r}: expected m3 per year, 0 or more"
            )
            water = None
        connection = self.connection(row.get("connection", []), where)
        infinite = float("inf")
        return SiteAsked(
            name=name,
            place=name,
            system=scenario.place.region or scenario.place.iso3,
            source=source,
            question=question,
            min_mw=least,
            max_mw=infinite if most is None else most,
            connection=connection,
            max_water_m3=infinite if water is None else water,
        )

    def connection(self, rows: Any, where: str) -> tuple[tuple[str, float], ...]:
        found = []
        for row in rows if isinstance(rows, (list, tuple)) else [rows]:
            if not (isinstance(row, (list, tuple)) and len(row) == 2):
                self.problems.append(
                    f"{self.label}{where}connection: {row!r}: expected pairs such as ['2027-12-31', '240 MW']"
                )
                continue
            try:
                day = row[0] if isinstance(row[0], date) else date.fromisoformat(str(row[0]))
            except ValueError:
                self.problems.append(f"{self.label}{where}connection: {row[0]!r}: expected a date such as 2027-12-31")
                continue
            mw = self.power(row[1], f"{where}connection")
            if mw is not None:
                found.append((day.isoformat(), mw))
        return tuple(sorted(found))

    def power(self, value: Any, key: str) -> float | None:
        if value is None:
            return None
        scenario = self.scenario({"place": "France", "power": value}, f"{key}: ")
        return scenario.power_mw if scenario else None

    def scenario(self, question: dict[str, Any], where: str) -> Scenario | None:
        try:
            return read(question)
        except ScenarioError as error:
            self.problems += [f"{self.label}{where}{line}" for line in str(error).splitlines()]
            return None

    def unknown(self, row: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
        for key in row:
            if key not in keys:
                self.problems.append(f"{self.label}{where}{key}: unknown key; expected one of {', '.join(keys)}")

    def table(self, key: str) -> dict[str, Any]:
        value = self.words.get(key, {})
        if isinstance(value, Mapping):
            return {str(k).replace("-", "_"): v for k, v in value.items()}
        self.problems.append(f"{self.label}{key}: {value!r}: expected a table")
        return {}

    def list(self, key: str) -> list[Any]:
        value = self.words.get(key, [])
        if isinstance(value, (list, tuple)):
            return [*value]
        self.problems.append(f"{self.label}{key}: {value!r}: expected a list")
        return []

    def choice(self, key: str, known: tuple[str, ...]) -> str:
        value = self.words.get(key, "")
        if value in ("", *known):
            return str(value)
        self.problems.append(f"{self.label}{key}: {value!r}: expected one of {', '.join(known)}")
        return ""

    def share(self) -> float:
        """What the budget is of the capital: a number, or the id of a fact that says so."""
        value, facts = self.words.get("budget_share", 1.0), load_facts()
        if isinstance(value, str) and value in facts and facts[value].unit == "1":
            value = float(facts[value].value)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= 1:
            return float(value)
        self.problems.append(
            f"{self.label}budget_share: {value!r}: expected a share of the capital such as 0.17, or a fact's id"
        )
        return 1.0

    def number(self, key: str) -> float | None:
        value = self.words.get(key)
        if value is None:
            return None
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < float("inf"):
            return float(value)
        self.problems.append(f"{self.label}{key}: {value!r}: expected a number of 0 or more")
        return None
