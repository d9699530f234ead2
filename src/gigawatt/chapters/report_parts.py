"""Parts of the published answer, from two tellings of the story: central values and draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np

from gigawatt import answer as answers
from gigawatt import buildout, finance, gates
from gigawatt.answer import Plan
from gigawatt.chapters import arithmetic, words
from gigawatt.chapters import footprint as footprints
from gigawatt.chapters import supply as supplies
from gigawatt.chapters import verdict as verdicts
from gigawatt.chapters.machine import DEFAULT, sold_from
from gigawatt.chapters.place import Site
from gigawatt.chapters.sizing import Ask
from gigawatt.facts import ASSUMPTION
from gigawatt.figures import FIGURES, Figure, none_known
from gigawatt.later import Later
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario

GENERATIONS = ("h100", "b200", "gb200-nvl72", "gb300-nvl72", "vr200-nvl72", "mi355x")
NOT_PRICED = "no market price of this accelerator among the facts"


def figures(
    step: Steps, s: Scenario, rows: Mapping[str, tuple[Any, Any]], whole: Mapping[str, Any] | None = None
) -> Later[Figure]:
    """Every figure of the design, made when asked for: central value, P10 and P90 of draws, class of its worst fact.

    Draws of ``whole`` plans come before those of the rows.
    """
    return Later({name: partial(_figure, step, s, name, rows, whole or {}) for name in rows})


def figure_values(step: Steps, site: Site, o: Any, spread: Any) -> Later[tuple[Any, Any]]:
    """What is behind every figure, when it is asked for: central value and draws. Dates are months from today."""
    m, f, z, c = o.money, o.footprint, o.size, o.campus
    n, g, y, d = spread.money, spread.footprint, spread.size, spread.campus

    def connection() -> tuple[Any, Any]:
        whole = step(footprints.scaled, per_mw=o.supply.grid_mw, facility_peak_mw=z.facility_peak_mw)
        return whole, spread.supply.grid_mw * y.facility_peak_mw

    def tokens_usd() -> tuple[Any, Any]:
        def of(price: Callable[..., Any], told: Any) -> Any:
            return price(
                usd_per_accelerator_hour=told.money.lcoc_sold,
                accelerators=told.size.accelerators,
                tokens_per_s=told.work.tokens_per_s,
            )

        return of(partial(step, finance.usd_per_million_tokens), o), of(finance.usd_per_million_tokens, spread)

    def users_per_head() -> tuple[Any, Any]:
        population = step.fact(*site.ids("country.{}.population"), unit="person")
        return step(arithmetic.share, part=o.work.users, whole=population), spread.work.users / central(population)

    def work(name: str) -> tuple[Any, Any]:
        return getattr(o.work, name), getattr(spread.work, name)

    there = {
        "it_load_mw": (z.it_peak_mw, y.it_peak_mw),
        "facility_load_mw": (f.facility_mean_mw, g.facility_mean_mw),
        "facility_peak_mw": (z.facility_peak_mw, y.facility_peak_mw),
        "accelerators": (z.accelerators, y.accelerators),
        "pue": (c.pue, d.pue),
        "pue_design_peak": (c.pue_design_peak, d.pue_design_peak),
        "wue_m3_per_mwh": (c.wue_m3_per_mwh, d.wue_m3_per_mwh),
        "water_m3_per_year": (f.water_m3, g.water_m3),
        "land_km2": (f.land_km2, g.land_km2),
        "capex_usd": (m.capex, n.capex),
        "capex_shell_power_usd": (m.capex_shell_power, n.capex_shell_power),
        "capex_it_usd": (m.capex_it, n.capex_it),
        "unspent_usd": (o.unspent, spread.unspent),
        "opex_usd_per_year": (m.opex_per_year, n.opex_per_year),
        "lcoe_usd_per_mwh": (m.lcoe, n.lcoe),
        "energy_share_of_cost": (m.energy_share, n.energy_share),
        "utilisation": (m.utilisation, n.utilisation),
        "lcoc_usd_per_accelerator_hour": (m.lcoc_full, n.lcoc_full),
        "lcoc_at_utilisation_usd_per_accelerator_hour": (m.lcoc_sold, n.lcoc_sold),
        "market_price_usd_per_accelerator_hour": (m.market, n.market),
        "break_even_utilisation": (m.break_even, n.break_even),
        "rent_abroad_usd_per_accelerator_hour": (m.rent_abroad, n.rent_abroad),
        "emissions_kg_per_mwh": (f.average, g.average),
        "emissions_marginal_kg_per_mwh": (f.marginal, g.marginal),
        "emissions_t_per_year": (f.tonnes, g.tonnes),
        "cfe_share": (f.cfe, g.cfe),
        "share_of_national_generation": (f.generation_share, g.generation_share),
        "share_of_peak_demand": (f.peak_share, g.peak_share),
        "largest_contingency_mw": (f.contingency_mw, g.contingency_mw),
        "net_exports_twh": (f.net_exports_twh, g.net_exports_twh),
        "first_power_date": (o.calendar.first_months, spread.calendar.first_months),
        "full_power_date": (o.calendar.full_months, spread.calendar.full_months),
        "capex_share_of_gdp": (m.capex_gdp, n.capex_gdp),
        "public_money_usd": (m.public, n.public),
        "jobs_construction_peak": (m.jobs_construction, n.jobs_construction),
        "jobs_permanent": (m.jobs_permanent, n.jobs_permanent),
    }
    made: dict[str, Callable[[], tuple[Any, Any]]] = {
        "cost_of_delay_usd_per_month": lambda: (o.delay.total_usd, spread.delay.total_usd),
        "grid_connection_mw": connection,
        "usd_per_million_tokens": tokens_usd,
        "peak_flop_per_s": partial(work, "peak_flop_per_s"),
        "mfu": partial(work, "mfu"),
        "goodput": partial(work, "goodput"),
        "training_flop_per_day": partial(work, "training_flop_per_day"),
        "largest_run_100_days_flop": partial(work, "largest_run_100_days_flop"),
        "tokens_per_s": partial(work, "tokens_per_s"),
        "users_served": partial(work, "users"),
        "users_served_per_inhabitant": users_per_head,
    }
    return Later({name: made.get(name) or partial(there.__getitem__, name) for name in FIGURES})


def _figure(
    step: Steps, s: Scenario, name: str, rows: Mapping[str, tuple[Any, Any]], whole: Mapping[str, Any]
) -> Figure:
    value, draws = rows[name]
    draws = whole.get(name, draws)
    spec = FIGURES[name]
    unit = spec.unit.format(year=s.price_year)
    if value is None:
        reason = {"unspent_usd": "no budget was given"}.get(
            name, NOT_PRICED if "price" in name or "even" in name or "rent" in name else "no fact for this place"
        )
        return Figure(name, None, None, None, unit, "C", spec.label, spec.room, reason)
    fact_class = step.class_of(value)
    if unit == "date":
        as_of = s.as_of.isoformat()
        low, high = words.spread_of(draws)
        months = (float(value), min(low, float(value)), max(high, float(value)))
        dates = [buildout.add_months(as_of, x) for x in months]
        return Figure(name, dates[0], dates[1], dates[2], unit, fact_class, spec.label, spec.room)
    x = central(value)
    if not np.isfinite(x):
        return Figure(name, None, None, None, unit, fact_class, spec.label, spec.room, "not reached at any value")
    finite = np.asarray(draws, float)
    finite = finite[np.isfinite(finite)] if np.ndim(finite) else finite
    low, high = words.spread_of(finite) if np.size(finite) else (x, x)
    return Figure(name, x, min(low, x), max(high, x), unit, fact_class, spec.label, spec.room)


def question(
    step: Steps, s: Scenario, site: Site, o: Any, ask: Ask, tell: Any, shared: Any, by_ladder: bool
) -> dict[str, Any]:
    """The normalised echo: place, words, bases, readings."""
    p = s.place
    budget = (
        None
        if s.budget is None
        else {
            "amount": s.budget.amount,
            "currency": s.budget.currency,
            "usd": central(ask.budget_usd),
            "price_year": s.price_year,
            "basis": "all-in",
        }
    )
    return {
        "place": {
            "iso3": p.iso3,
            "region": p.region,
            "name": p.name,
            "site": p.site,
            "lat": p.latitude,
            "lon": p.longitude,
            "note": p.note,
        },
        "words": s.words(),
        "as_of": s.as_of.isoformat(),
        "price_year": s.price_year,
        "currency": s.budget.currency if s.budget else "USD",
        "usd_per_currency_unit": 1.0 if s.budget is None else central(ask.budget_usd) / s.budget.amount,
        "budget": budget,
        "power": [{"mw": x.mw, "source": x.source or "any"} for x in s.power],
        "accelerator": o.machine.name,
        "basis": "power is facility power at the meter at peak; accelerators are packages; money is USD of the price "
        "year, all-in unless its label says otherwise; rates nominal, levelised costs real",
        "reading": words.reading(s, o, ask, by_ladder),
        "readings": _readings(step, s, shared, tell, o),
    }


def _readings(step: Steps, s: Scenario, shared: Any, tell: Any, o: Any) -> list[dict[str, Any]]:
    """The other reading of a power: as IT power; both are computed."""
    if s.power_mw is None or s.has_size is False:
        return []
    quiet = step.aside()
    as_it = s.power_mw * central(o.campus.pue_design_peak)
    other = tell(quiet, s, shared, Ask(power_mw=as_it))
    verdict = gates.combine(
        verdicts.all_gates(quiet, s, shared.site, words.case(quiet, s, shared.site, other, other, Ask(power_mw=as_it)))
    )
    return [
        {"reading": "facility power at the meter, peak", "facility_peak_mw": s.power_mw, "used": True},
        {
            "reading": "IT power",
            "facility_peak_mw": as_it,
            "accelerators": central(other.size.accelerators),
            "capex_usd": central(other.money.capex),
            "answer": verdict.answer,
            "used": False,
        },
    ]


def gate(g: gates.Gate) -> dict[str, Any]:
    """A gate as in the JSON."""
    return {
        "gate": g.gate,
        "state": g.state,
        "class": g.fact_class,
        "words": g.words,
        "source": g.source,
        "value": g.value,
        "limit": g.limit,
        "unit": g.unit,
    }


def power(shared: Any, o: Any, spread: Any) -> dict[str, Any]:
    """Portfolio of the whole campus, certificate of the optimum, price and its parts."""
    a, mw = shared.optimum.answer, central(o.size.facility_peak_mw)
    portfolio = [
        {
            "technology": name,
            "mw": row["mw"] * mw,
            "mwh": row["mwh"] * mw,
            "mwh_per_year": row["mwh_per_year"] * mw,
            "usd_per_year": central(row["usd_per_year"]) * mw,
        }
        for name, row in o.supply.lines.items()
    ]
    return {
        "portfolio": portfolio,
        "contract": o.supply.contract,
        "grid_price_usd_per_mwh": central(o.supply.grid_price_usd_per_mwh),
        "gap": a.gap,
        "lower_bound_usd_per_mwh": a.lower_bound_usd_per_year / float(np.sum(a.load_mw)),
        "upper_bound_usd_per_mwh": a.upper_bound_usd_per_year / float(np.sum(a.load_mw)),
        "violations": None if a.violations is None else asdict(a.violations),
        "unserved_fraction": a.unserved_fraction,
        "path": a.path,
        "notes": list(shared.optimum.notes),
    }


def bill(o: Any, spread: Any) -> tuple[dict[str, Any], ...]:
    """Lines of the bill with ranges; they add up to the all-in cost."""
    drawn = {line.item: line.usd for line in spread.money.bill.lines}
    rows = []
    for line in o.money.bill.lines:
        value = central(line.usd)
        low, high = words.spread_of(drawn[line.item])
        rows.append(
            {"item": line.item, "usd": value, "low": min(low, value), "high": max(high, value), "scope": line.scope}
        )
    return tuple(rows)


def tables(
    step: Steps, s: Scenario, site: Site, o: Any, spread: Any, tell: Any, ask: Ask, shared: Any
) -> dict[str, Any]:
    """What the report shows beside the figures: cost by block, reconciliation, generations, ramp, press, security."""
    l = o.money.lcoc  # noqa: E741
    names, months = buildout.quarter_ends(s.as_of.isoformat(), 60)
    mw = np.median(np.atleast_2d(buildout.online_mw(months, **spread.calendar.ramp)), axis=0)
    until = (
        int(np.argmax(mw >= 0.999 * o.calendar.ramp["full_mw"]))
        if np.any(mw >= 0.999 * o.calendar.ramp["full_mw"])
        else len(mw) - 1
    )
    market = "market_usd_per_hour"
    return {
        "lcoc_by_block": {
            "hardware": central(l.it_usd_per_accelerator_hour),
            "shell": central(l.shell_usd_per_accelerator_hour),
            "power": central(l.power_usd_per_accelerator_hour),
            "running": central(l.opex_usd_per_accelerator_hour),
        },
        "reconciliation": reconciliation(step, o),
        "generations": generations(step, s, shared, tell, ask),
        "median_dates": {
            "first_power": buildout.add_months(s.as_of.isoformat(), central(spread.calendar.first_months)),
            "full_power": buildout.add_months(s.as_of.isoformat(), central(spread.calendar.full_months)),
        },
        "precedents": precedents(step, site),
        "ramp": [{"quarter": q, "mw": float(x)} for q, x in zip(names[: until + 2], mw[: until + 2], strict=True)],
        "break_even_if_prices_fall": _mid_or_none(o.money.break_even_falling),
        "take_or_pay_usd_per_accelerator_hour": central(o.money.contract.price),
        "market_basis": "long contract where known" if getattr(o.machine, market) is not None else None,
        "emissions_market_based_kg_per_mwh": central(o.footprint.market),
        "emissions_embodied_t_per_year": central(o.footprint.embodied_t),
        "gpt4_scale_days": central(o.work.gpt4_days),
        "h100_equivalents": central(o.work.h100_equivalents),
        "water_people": central(o.footprint.water_people),
        "cooling": {"system": o.campus.cooling, "words": o.campus.cooling_words},
        "run": {k: (central(v) if not isinstance(v, str) else v) for k, v in o.size.run.items()},
        "limits": {k: central(v) for k, v in o.size.by.items()},
        "security": footprints.security_level(step, s, central(o.money.capex_shell_power)),
        "thresholds": footprints.thresholds(step, site, s, o.work, s.as_of.isoformat()),
        "reference_model": o.work.service.model,
        "precision": o.machine.precision,
    }


def _mid_or_none(value: Any) -> float | None:
    return None if value is None else _finite(central(value))


def precedents(step: Steps, site: Site) -> list[dict[str, str]]:
    """What is on record for the place: rules, precedents and programmes, in words with their source."""
    kept = ("system_size", "fast_track", "moratorium", "allocation", "opposition", "insurance")
    found = [f for f in step.facts.under(f"gate.{site.place.iso3}.") if f.is_text and f.id.split(".")[2] in kept]
    return [
        {
            "kind": f.id.split(".")[2],
            "words": f.note,
            "class": f.fact_class,
            "source": step.facts.source_title(f.source),
        }
        for f in found
    ]


def reconciliation(step: Steps, o: Any) -> list[dict[str, Any]]:
    """Our USD per W beside the published ones, each on its own basis."""
    published = []
    for fact in step.facts.under("published."):
        _, basis, _ = fact.id.split(".", 2)
        value = float(step.fact(fact.id, unit="USD/W"))
        factor = value / float(fact.value)
        ranged = fact.low != fact.high
        published.append(
            finance.Published(
                basis,
                float(fact.low) * factor if ranged else float("nan"),
                value,
                float(fact.high) * factor if ranged else float("nan"),
                f"{step.facts.source_title(fact.source)}, {fact.where}",
            )
        )
    rows = finance.reconcile(
        the_bill=o.money.bill, it_mw=o.size.it_peak_mw, facility_mw=o.size.facility_peak_mw, published=published
    )
    return [
        {
            "basis": r.basis,
            "ours_usd_per_w": central(r.ours_usd_per_w),
            "published_low": _finite(r.low_usd_per_w),
            "published": r.central_usd_per_w,
            "published_high": _finite(r.high_usd_per_w),
            "source": r.source,
        }
        for r in sorted(rows, key=lambda r: r.basis)
    ]


def _finite(x: float) -> float | None:
    return x if np.isfinite(x) else None


def generations(step: Steps, s: Scenario, shared: Any, tell: Any, ask: Ask) -> list[dict[str, Any]]:
    """The same question with other accelerators."""
    rows = []
    for item in GENERATIONS:
        if any(f"accelerator.{item}.{k}" not in step.facts for k in ("price", "server_power", f"peak_{s.precision}")):
            continue
        if s.software is not None and s.software < sold_from(step.facts, item):
            continue  # nobody had it when that software was new
        quiet = step.aside()
        other = s.model_copy(update={"accelerator": item})
        try:
            o = tell(quiet, other, shared, ask)
        except (KeyError, ValueError):
            continue
        if not np.isfinite(central(o.size.accelerators)):
            continue
        rows.append(
            {
                "accelerator": o.machine.name,
                "accelerators": central(o.size.accelerators),
                "facility_peak_mw": central(o.size.facility_peak_mw),
                "capex_usd": central(o.money.capex),
                "lcoc_usd_per_accelerator_hour": central(o.money.lcoc_full),
                "market_price": _mid_or_none(o.money.market),
                "break_even_utilisation": _mid_or_none(o.money.break_even),
                "peak_flop_per_s": central(o.work.peak_flop_per_s),
                "usd_per_peak_pflop_hour": central(o.money.lcoc_full) / (central(o.machine.peak_flop_per_s) / 1e15),
                "default": item == DEFAULT,
            }
        )
    return rows


def sources(step: Steps) -> tuple[dict[str, Any], ...]:
    """Every source behind the plan, with how many facts it gave."""
    read = step.facts_read()
    keys = dict.fromkeys(f.source for f in read if f.source in step.facts.sources)
    return tuple(
        {
            "key": k,
            "producer": step.facts.sources[k].producer,
            "title": step.facts.sources[k].title,
            "published": step.facts.sources[k].published,
            "url": step.facts.sources[k].url,
            "licence": step.facts.sources[k].licence,
            "facts": sum(1 for f in read if f.source == k),
        }
        for k in keys
    )


def assumptions(step: Steps) -> tuple[dict[str, Any], ...]:
    """Our own assumptions that the plan read, and the facts the user overrode."""
    return tuple(answers.fact_row(f, step.facts) for f in step.facts_read() if f.source in (ASSUMPTION, "user"))


def series(shared: Any, o: Any) -> dict[str, np.ndarray]:
    """Hourly load, supply, price and weather of the whole campus."""
    mw = central(o.size.facility_peak_mw)
    a = supplies.scaled_answer(shared.optimum, mw)
    assert a.decision is not None
    out = {"load_mw": a.load_mw}
    for i, source in enumerate(shared.optimum.problem.sources):
        out[f"{source.name}_mw"] = a.decision.output_mw[i]
    if shared.optimum.problem.grid:
        out["grid_mw"] = a.decision.import_mw
    for i, store in enumerate(shared.optimum.problem.stores):
        out[f"{store.name}_discharge_mw"] = a.decision.discharge_mw[i]
        out[f"{store.name}_charge_mw"] = a.decision.charge_mw[i]
        out[f"{store.name}_soc_mwh"] = a.decision.soc_mwh[i]
    out["unserved_mw"] = a.decision.unserved_mw
    out["price_usd_per_mwh"] = a.price_usd_per_mwh
    out["temperature_c"] = shared.site.weather.temperature_c
    return out


def gate_only(step: Steps, s: Scenario, lacking: list[str]) -> Plan:
    """The answer for a place without people, output or power on record: the chip gate, and what is missing."""
    name = s.accelerator or DEFAULT
    known = {
        f.id.split(".")[1]: str(f.value).split(";")[0]
        for f in step.facts.under("accelerator.")
        if f.id.endswith(".aliases")
    }
    shown = known.get(name, name)
    g = verdicts.chips(step, s.place, s.accelerators or 1.0, shown if s.accelerator else "GB300", None, None)
    waiting = f"No {', '.join(lacking)} of {s.place.name} is on record: only the chip gate was judged"
    unused = [k for k in s.words() if k in ("power", "budget", "by", "train", "serve", "clean", "accelerators")]
    if unused and g.state != gates.NO:
        waiting += f"; {', '.join(unused)} of the question could not be used yet"
    answer = gates.NO if g.state == gates.NO else gates.YES_IF
    missing = gates.Gate("power", gates.YES_IF, "C", waiting, "no fact on record", None)
    found = [g] if answer == gates.NO else [g, missing]
    steps = gates.next_steps(found, as_of=s.as_of.isoformat(), by={})
    head = f"NO: {g.words}." if answer == gates.NO else f"YES, IF: not judged beyond the chips. {waiting}."
    return Plan(
        question={
            "place": {
                "iso3": s.place.iso3,
                "region": s.place.region,
                "name": s.place.name,
                "site": s.place.site,
                "lat": s.place.latitude,
                "lon": s.place.longitude,
                "note": s.place.note,
            },
            "words": s.words(),
            "as_of": s.as_of.isoformat(),
            "price_year": s.price_year,
            "currency": s.budget.currency if s.budget else "USD",
            "reading": f"{s.place.name}: {waiting[0].lower()}{waiting[1:]}",
            "readings": [],
            "budget": None,
            "power": [{"mw": x.mw, "source": x.source or "any"} for x in s.power],
            "accelerator": shown if s.accelerator else "GB300",
            "basis": "",
            "usd_per_currency_unit": None,
        },
        verdict={
            "answer": answer,
            "headline": head,
            "summary": "This is not a plan: no figure is given where no sourced fact stands behind it.",
            "gates": [gate(x) for x in found],
            "binding": [
                {"constraint": x.gate, "value": None, "limit": None, "unit": "", "words": x.words}
                for x in found[:1]
                if x.state == gates.NO
            ],
            "relaxations": [],
            "nearest": None
            if answer != gates.NO
            else {
                "kind": "none",
                "words": "None is offered: whether hours may be rented from elsewhere is a question of the same law",
            },
            "next_steps": [{"to": x.to, "ask": x.ask, "by": x.by, "unlocks": x.unlocks} for x in steps],
        },
        ladder=(),
        figures=none_known(s.price_year, f"not on record: {', '.join(lacking)}"),
        power={"portfolio": [], "gap": None, "unserved_fraction": None, "path": None, "notes": []},
        bill=(),
        schedule=(),
        cashflow=(),
        tables={},
        sources=sources(step),
        assumptions=assumptions(step),
        provenance=answers.provenance(step.facts, s.seed, []),
        trace=answers.trace(step, dict.fromkeys(FIGURES, None)),
    )
