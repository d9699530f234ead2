"""From the words of a portfolio to its answer: curves of all sites, the best allocation, its alternatives."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from gigawatt import __version__, buildout
from gigawatt.answer import plain
from gigawatt.facts import load_facts
from gigawatt.portfolio import baselines, curves
from gigawatt.portfolio.fair import fair_share
from gigawatt.portfolio.milp import CHEAPEST, MOST, Allocation, Curve, Limits, solve
from gigawatt.portfolio.question import Asked, read_portfolio, words_of
from gigawatt.screen import engines, work
from gigawatt.screen.store import Store

Progress = Callable[[int, int], None]
SCHEMA = 1
FEW = 3  # up to so many sites are told in this process
ROUNDS = 2  # the sizes chosen become knots, so that the answer is exact there
FULL = 0.999  # a limit used to this share binds
BUILT_MW = 1e-3
YES, NO = "yes_if", "no"
SHARED = ("budget", "power", "accelerators", "systems", "sites")
PLACE = ("key", "place", "iso3", "system", "lat", "lon", "source")


@dataclass(frozen=True)
class Portfolio:
    """The answer: what is built where, totals, what binds, alternatives; or the limits that leave nothing."""

    data: dict[str, Any]

    @property
    def answer(self) -> str:
        """``yes_if`` or ``no``."""
        return str(self.data["answer"])

    @property
    def sites(self) -> list[dict[str, Any]]:
        """A row per site, those built first."""
        return list(self.data["sites"])

    def json(self) -> dict[str, Any]:
        """The published form."""
        return self.data

    def text_json(self) -> str:
        """The JSON as text; NaN and infinity cannot occur in it."""
        return json.dumps(self.data, ensure_ascii=False, indent=1, allow_nan=False, default=str)


def portfolio(
    question: str | Path | Mapping[str, Any],
    *,
    workers: int | None = None,
    today: date | None = None,
    store: str | Path = "",
    progress: Progress | None = None,
) -> Portfolio:
    """Share one budget among sites.

    Parameters
    ----------
    question : str, Path or mapping
        Name of a portfolio that ships, a TOML or JSON file, or its words. [-]
    workers : int
        Processes; the number of cores where not given. The answer does not depend on it. [-]
    today : date, optional
        Used where the question has no date. [-]
    store : str or Path
        Folder that keeps the curves of finished sites, from which a later call with the same words goes on. [-]
    progress : callable, optional
        Called with the number of sites whose curve is known, and of all. [-]

    Returns
    -------
    Portfolio

    Raises
    ------
    ScenarioError
        For words that cannot be read, all problems together; for a folder that holds something else.
    """
    if isinstance(question, Mapping):
        asked = read_portfolio(question, today=today)
    else:
        asked = read_portfolio(words_of(question), origin=Path(question).name, today=today)
    tasks = {t["key"]: t for t in (curves.task(site, asked) for site in asked.sites)}
    kept = Store(Path(store) if store else None, {"portfolio": asked.words}, work.version())
    rows = _told(list(tasks.values()), workers, kept, progress or _quiet)
    return Portfolio(plain(_Answer(asked, tasks, rows).json()))


def _quiet(done: int, total: int) -> None:
    """No report."""


def _told(tasks: list[dict[str, Any]], workers: int | None, kept: Store, progress: Progress) -> list[dict[str, Any]]:
    """Rows of all sites, in the order of the question; a row counts once it is kept."""
    tasks = [json.loads(json.dumps(t)) for t in tasks]  # the same on every engine
    once = {t["place"]: t for t in reversed(tasks)}  # campuses of one place have one curve
    first = [t for t in tasks if once[t["place"]] is t]
    done = kept.done()
    todo = [t for t in first if t["key"] not in done]
    crew = workers or os.cpu_count() or 1
    progress(len(done), len(first))
    for key, found in engines.processes(todo, crew) if crew > 1 and len(todo) > FEW else engines.here(todo):
        kept.add(key, found)
        done.add(key)
        progress(len(done), len(first))
    rows = {row["place"]: row for row in kept.rows()}
    kept.close()
    return [{**rows[t["place"]], "key": t["key"]} for t in tasks]


class _Answer:
    """The allocation of one question and everything said about it."""

    def __init__(self, asked: Asked, tasks: Mapping[str, Any], rows: list[dict[str, Any]]) -> None:
        self.asked, self.tasks, self.rows = asked, tasks, rows
        self.open = [r for r in rows if r["knots"]]
        self.goal = CHEAPEST if asked.goal == "cheapest" else MOST
        self.limits = self._limits()
        self.spread: dict[str, dict[str, np.ndarray]] = {}
        self.at: dict[tuple[str, float], tuple[dict[str, Any], dict[str, np.ndarray]]] = {}

    def _limits(self) -> Limits:
        a = self.asked
        shared = Counter(r["system"] for r in self.open)
        groups: dict[str, float] = {}
        for r in self.open:
            if shared[r["system"]] > 1:
                groups[r["system"]] = min(groups.get(r["system"], np.inf), r["group_mw"])
        infinite = float("inf")
        return Limits(
            budget_usd=infinite if a.budget_usd is None else a.budget_usd,
            power_mw=infinite if a.power_mw is None else a.power_mw,
            group_mw=groups,
            accelerators=a.accelerators or 0.0,
            most_sites=a.most_sites,
            least_sites=a.least_sites,
        )

    def curves(self) -> list[Curve]:
        worth = "accelerator_years" if self.asked.goal == "soonest" else "accelerators"
        return [_curve(r, worth) for r in self.open]

    def json(self) -> dict[str, Any]:
        if self.asked.goal == "one_run":
            self.limits = replace(self.limits, most_sites=self._sites_for_one_run())
        found = self._best(self.limits)
        for _ in range(ROUNDS if found else 0):
            assert found is not None
            self._add_knots(found)
            found = self._best(self.limits) or found
        head = {
            "schema": SCHEMA,
            "question": {"title": self.asked.title, "words": self.asked.words, "reading": self._reading()},
            "answer": NO if found is None else YES,
            "provenance": {"version": __version__, "facts_hash": load_facts().hash},
        }
        if found is None:
            return {**head, "sites": self._unbuilt([]), "totals": None, "infeasible": self._infeasible()}
        chosen = [(r, float(mw)) for r, mw in zip(self.open, found.mw, strict=True) if mw > BUILT_MW]
        ends, months = self._quarters()
        built = [self._site(r, mw, ends, months) for r, mw in chosen]
        return {
            **head,
            "sites": [*sorted(built, key=lambda row: -row["mw"]), *self._unbuilt([r["key"] for r, _ in chosen])],
            "totals": self._totals(built, ends),
            "binding": self._binding(found),
            "prices": self._prices(found),
            "relaxations": self._relaxations(found),
            "fair_share": self._fair(found),
            "one_run": self._one_run(built),
            "baselines": {
                "rent_abroad": baselines.rent_abroad(built),
                "federate": baselines.federate(
                    load_facts(),
                    list(dict.fromkeys(r["iso3"] for r in self.rows)),
                    sum(row["h100_equivalents"] for row in built),
                ),
            },
            "gap": found.gap,
            "curve_error": abs(float(np.sum(found.usd)) / sum(row["capex_usd"] for row in built) - 1.0),
        }

    def _best(self, limits: Limits) -> Allocation | None:
        """The best allocation that builds something."""
        found = solve(self.curves(), limits, self.goal)
        return found if found is not None and np.sum(found.mw) > BUILT_MW else None

    def _sites_for_one_run(self) -> float:
        """Number of sites at which one training run over all of them gets the most done."""
        best, most, asked = 0.0, self.limits.most_sites, int(min(self.limits.most_sites, len(self.open)))
        for count in range(max(int(self.limits.least_sites), 1), asked + 1):
            found = self._best(replace(self.limits, most_sites=count))
            if found is None:
                continue
            built = [
                {**r, "accelerators": n} for r, n in zip(self.open, found.accelerators, strict=True) if n > BUILT_MW
            ]
            done = float(self._one_run(built).get("delivered_flop_per_day", 0.0))
            if done > best:
                best, most = done, float(count)
        return most

    def _reading(self) -> dict[str, Any]:
        a = self.asked
        return {
            "budget_usd": a.budget_usd,
            "power_mw": a.power_mw,
            "source": a.source,
            "accelerators": a.accelerators,
            "by": a.by.isoformat() if a.by else None,
            "as_of": a.as_of.isoformat(),
            "price_year": a.price_year,
            "goal": a.goal,
            "fair": self._rule(),
            "sites": len(a.sites),
        }

    def _add_knots(self, found: Allocation) -> None:
        """Tell the story at the sizes chosen and make them knots, of all campuses of the place."""
        chosen = {(r["place"], float(mw)): r for r, mw in zip(self.open, found.mw, strict=True) if mw > BUILT_MW}
        for (place, mw), row in chosen.items():
            if not any(abs(k["mw"] - mw) < BUILT_MW for k in row["knots"]):
                told = curves.at(self.tasks[row["key"]], mw, np.zeros(1))
                for other in self.open:
                    if other["place"] == place:
                        other["knots"] = sorted([*other["knots"], told], key=lambda k: k["mw"])

    def _quarters(self) -> tuple[tuple[str, ...], np.ndarray]:
        as_of = self.asked.as_of.isoformat()
        horizon = float(load_facts()["ladder.horizon"].value)
        months = buildout.months_between(as_of, self.asked.by.isoformat()) if self.asked.by else horizon
        return buildout.quarter_ends(as_of, max(int(months // 3), 1) + 1)

    def _site(self, row: dict[str, Any], mw: float, ends: Sequence[str], months: np.ndarray) -> dict[str, Any]:
        same = (row["place"], round(mw, 6))  # campuses of one place and size are alike
        if same not in self.at:
            t = self.tasks[row["key"]]
            self.at[same] = curves.at(t, mw, months), curves.spread(t, mw)
        told, self.spread[row["key"]] = self.at[same]
        as_of = self.asked.as_of.isoformat()
        limit, words = row["beyond"]
        at_most = mw >= FULL * row["most_mw"]
        low, high = _p10_p90(self.spread[row["key"]]["capex_usd"])
        return {
            **{k: row[k] for k in PLACE},
            "capex_low_usd": low,
            "capex_high_usd": high,
            **{k: v for k, v in told.items() if k not in ("first_months", "full_months", "online_mw")},
            "first_power_date": buildout.add_months(as_of, told["first_months"]),
            "full_power_date": buildout.add_months(as_of, told["full_months"]),
            "online_mw": _year_ends(ends, told["online_mw"]),
            "binding": limit if at_most else "",
            "words": words if at_most else "",
            "most_mw": row["most_mw"],
        }

    def _unbuilt(self, built: Sequence[str]) -> list[dict[str, Any]]:
        """Sites that get nothing, each with why."""
        out = []
        for r in self.rows:
            if r["key"] not in built:
                limit, words = (
                    r["reasons"][0] if r["reasons"] else ("cost", "the shared limits are used up at better sites")
                )
                place = {k: r[k] for k in PLACE}
                out.append({**place, "mw": 0.0, "binding": limit, "words": words, "most_mw": r["most_mw"]})
        return out

    def _totals(self, built: list[dict[str, Any]], ends: Sequence[str]) -> dict[str, Any]:
        def total(key: str) -> float:
            return float(sum(row[key] for row in built))

        budget = self.limits.budget_usd
        years = list(built[0]["online_mw"]) if built else []
        capex, n = total("capex_usd"), total("accelerators")
        drawn = np.sum([s["capex_usd"] for s in self.spread.values()], axis=0)  # the same facts drawn once for all
        last = np.max([s["full_months"] for s in self.spread.values()], axis=0)
        low, high = _p10_p90(drawn)
        as_of = self.asked.as_of.isoformat()
        return {
            "sites": len(built),
            "mw": total("mw"),
            "accelerators": n,
            "h100_equivalents": total("h100_equivalents"),
            "accelerator_years": total("accelerator_years"),
            "capex_usd": capex,
            "capex_low_usd": low,
            "capex_high_usd": high,
            "probability_within_budget": None if budget == np.inf else float(np.mean(drawn <= budget)),
            "full_power_low": buildout.add_months(as_of, float(_p10_p90(last)[0])),
            "full_power_high": buildout.add_months(as_of, float(_p10_p90(last)[1])),
            "unspent_usd": None if budget == np.inf else budget - capex,
            "usd_per_accelerator": capex / n if n else None,
            "usd_per_gw": capex / total("mw") * 1e3 if built else None,
            "annual_cost_usd": total("annual_cost_usd"),
            "water_m3_per_year": total("water_m3_per_year"),
            "emissions_t_per_year": total("emissions_t_per_year"),
            "first_power_date": min((r["first_power_date"] for r in built if r["first_power_date"]), default=None),
            "full_power_date": max((r["full_power_date"] for r in built if r["full_power_date"]), default=None),
            "online_mw": {year: float(sum(r["online_mw"][year] for r in built)) for year in years},
        }

    def _binding(self, found: Allocation) -> list[dict[str, Any]]:
        """Shared limits that are used up, and how many sites are at a limit of their own."""
        out = []
        for name, used, limit in self._used(found):
            if limit < np.inf and used >= FULL * limit:
                out.append({"limit": name, "used": used, "most": limit})
        own = Counter(r["beyond"][0] for r, mw in zip(self.open, found.mw, strict=True) if mw >= FULL * r["most_mw"])
        return out + [{"limit": f"site: {name}", "sites": n} for name, n in own.most_common()]

    def _used(self, found: Allocation) -> list[tuple[str, float, float]]:
        groups = np.array([r["system"] for r in self.open])
        out = [
            ("budget", float(np.sum(found.usd)), self.limits.budget_usd),
            ("power", float(np.sum(found.mw)), self.limits.power_mw),
            ("sites", float(np.sum(found.mw > BUILT_MW)), self.limits.most_sites),
        ]
        for group, most in self.limits.group_mw.items():
            out.append((f"power system of {group}", float(np.sum(found.mw[groups == group])), most))
        return out

    def _prices(self, found: Allocation) -> dict[str, Any]:
        """Shadow prices in units people use, with the same sites built."""
        unit = (
            "USD" if self.goal == CHEAPEST else ("accelerator-year" if self.asked.goal == "soonest" else "accelerator")
        )
        p = found.prices
        groups = {k.removeprefix("group:"): v for k, v in p.items() if k.startswith("group:")}
        return {
            "unit": unit,
            "per_billion_usd": p["budget"] * 1e9 if "budget" in p else None,
            "per_mw": p.get("power"),
            "per_mw_of_system": groups,
            "per_accelerator": -p["accelerators"] if self.goal == CHEAPEST and "accelerators" in p else None,
        }

    def _relaxations(self, found: Allocation) -> list[dict[str, Any]]:
        """What the sites would do without one shared limit that binds."""
        now, out = float(np.sum(found.accelerators)), []
        for name in ("budget", "power"):
            used, limit = next((u, m) for n, u, m in self._used(found) if n == name)
            if limit == np.inf or used < FULL * limit:
                continue
            free = self.limits.budget_usd if name == "power" else self.limits.power_mw
            lifted = solve(self.curves(), _without(self.limits, name), self.goal) if self.goal == MOST else None
            if lifted is not None:
                out.append(
                    {
                        "change": f"no limit on the {name}",
                        "accelerators": float(np.sum(lifted.accelerators)) - now,
                        "mw": float(np.sum(lifted.mw)),
                        "capex_usd": float(np.sum(lifted.usd)),
                        "still_limited": free < np.inf,
                    }
                )
        return out

    def _rule(self) -> str:
        """The fair-share rule; equal shares where all sites are of one country."""
        one = len({r["iso3"] for r in self.rows}) == 1
        return "equal" if one else self.asked.fair

    def _members(self) -> tuple[list[str], dict[str, float]]:
        """Who shares: the countries, by GDP or heads, or the places themselves, all alike."""
        rule = self._rule()
        if rule == "equal":
            owners = [r["place"] for r in self.open]
            return owners, dict.fromkeys(owners, 1.0)
        return [r["iso3"] for r in self.open], {r["iso3"]: float(r[rule] or 0.0) for r in self.open}

    def _fair(self, found: Allocation) -> dict[str, Any]:
        """The same question with accelerators shared by rule, and what the same number costs where it is cheapest."""
        cs, n = self.curves(), float(np.sum(found.accelerators))
        target = self.limits.accelerators if self.goal == CHEAPEST else 0.0
        shared = fair_share(cs, *self._members(), self.limits, target=target)
        got, spent = float(np.sum(shared.accelerators)), float(np.sum(shared.usd))
        out: dict[str, Any] = {
            "rule": self._rule(),
            "sites": [
                {"key": c.name, "mw": float(mw), "accelerators": float(a), "capex_usd": float(u)}
                for c, mw, a, u in zip(cs, shared.mw, shared.accelerators, shared.usd, strict=True)
                if mw > 0
            ],
            "accelerators": got,
            "capex_usd": spent,
            "fewer_accelerators": n - got,
            "without": [c.name for c, mw in zip(cs, shared.mw, strict=True) if mw <= 0],
        }
        least = replace(self.limits, budget_usd=np.inf, accelerators=got * (1 - 1e-9))
        best = solve(cs, least, CHEAPEST) if got else None
        cheapest = None if best is None else float(np.sum(best.usd))
        return {
            **out,
            "cheapest_usd": cheapest,
            "extra_usd": None if cheapest is None else spent - cheapest,
            "extra_share": None if not cheapest else spent / cheapest - 1.0,
        }

    def _one_run(self, built: list[dict[str, Any]]) -> dict[str, Any]:
        if not built:
            return {}
        task = self.tasks[built[0]["key"]]
        laid = curves.laid(task, sum(float(row["accelerators"]) for row in built))
        return baselines.one_run(load_facts(), curves.job_terms(task), built, laid, self.asked.price_year)

    def _infeasible(self) -> dict[str, Any]:
        """Which limits leave no plan: of each site, or those shared limits of which lifting one is enough."""
        own = Counter(r["reasons"][0][0] for r in self.rows if r["reasons"])
        shared = [name for name in SHARED if self._buildable(_without(self.limits, name))]
        most = self._buildable(replace(self.limits, accelerators=0.0)) if self.limits.accelerators else 0.0
        return {"by_site": dict(own), "shared": shared, "words": self._why(own, shared, most)}

    def _buildable(self, limits: Limits) -> float:
        """The most accelerators within some limits; 0 where nothing can be built."""
        found = solve(self.curves(), limits, MOST)
        return 0.0 if found is None else float(np.sum(found.accelerators))

    def _why(self, own: Counter[str], shared: Sequence[str], most: float) -> str:
        parts = [f"{n} site{'s' if n > 1 else ''} by {limit}" for limit, n in own.most_common()]
        said = [f"closed: {', '.join(parts)}"] if parts else []
        if shared:
            said.append(f"the open sites stop at the {' or the '.join(shared)}: lifting one of them is enough")
        elif self.open:
            said.append("several shared limits at once stop the open sites")
        if most:
            said.append(f"the most within the other limits is {most:,.0f} accelerators")
        return "; ".join(said)


def _without(limits: Limits, name: str) -> Limits:
    """The same limits with one lifted."""
    infinite = float("inf")
    return {
        "budget": replace(limits, budget_usd=infinite),
        "power": replace(limits, power_mw=infinite),
        "accelerators": replace(limits, accelerators=0.0),
        "systems": replace(limits, group_mw={}),
        "sites": replace(limits, most_sites=infinite, least_sites=0.0),
    }[name]


def _curve(row: Mapping[str, Any], worth: str) -> Curve:
    def column(key: str) -> np.ndarray:
        return np.array([float(k[key]) for k in row["knots"]])

    return Curve(row["key"], row["system"], column("mw"), column("accelerators"), column("capex_usd"), column(worth))


def _p10_p90(draws: np.ndarray) -> tuple[float, float]:
    low, high = buildout.quantiles(draws, (0.1, 0.9))
    return float(low), float(high)


def _year_ends(ends: Sequence[str], mw: Sequence[float]) -> dict[str, float]:
    """Power on line at the end of each calendar year, and at the last quarter."""
    last = len(ends) - 1
    return {day[:4]: float(x) for k, (day, x) in enumerate(zip(ends, mw, strict=True)) if day[5:7] == "12" or k == last}


__all__ = ["Portfolio", "portfolio"]
