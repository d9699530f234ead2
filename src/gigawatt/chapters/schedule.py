"""The schedule as people read it: rows of tasks, dates at P10, P50 and P90, what each task holds up, and slips."""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt import buildout
from gigawatt.chapters.durations import Lead
from gigawatt.chapters.place import Site
from gigawatt.chapters.task_facts import facts_of_tasks
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario

CHANCES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
TARGETS = {"first_power": "first power", "full_power": "full power"}


def rows(s: Scenario, o: Any, spread: Any) -> tuple[dict[str, Any], ...]:
    """Tasks with central start and end, chances of the end, float, class, and how often they are critical."""
    plan, drawn, as_of = o.calendar.schedule, spread.calendar.schedule, s.as_of.isoformat()
    tasks = {t.id: t for t in o.calendar.tasks}
    lasting = {t.id: t.duration_months for t in spread.calendar.tasks}
    ends = drawn.end_months.reshape(-1, len(drawn.ids))
    finite = bool(np.all(np.isfinite(ends)))
    at = np.quantile(ends, list(CHANCES.values()), axis=0, method="linear" if finite else "inverted_cdf")
    found = []
    for i, task in enumerate(plan.ids):
        here = drawn.ids.index(task) if task in drawn.ids else None  # a size at a limit may need a stage less in draws
        late = _named(as_of, at[:, here] if here is not None else [float(plan.end_of(task))] * len(CHANCES))
        found.append(
            {
                "task": task,
                "label": plan.labels[i],
                "group": tasks[task].group,
                "after": list(tasks[task].after),
                "start": buildout.add_months(as_of, float(plan.start_months[..., i])),
                "end": buildout.add_months(as_of, float(plan.end_months[..., i])),
                "late_start": buildout.add_months(as_of, float(plan.late_start_months[..., i])),
                **late,
                "end_p90": late["p90"],
                "duration_months": _duration(
                    tasks[task].duration_months, lasting.get(task, tasks[task].duration_months)
                ),
                "float_months": float(plan.float_months[..., i]),
                "critical": bool(plan.critical[..., i]),
                "criticality": float(drawn.criticality[here]) if here is not None else 0.0,
                "class": plan.fact_classes[i],
            }
        )
    return tuple(found)


def dates(as_of: str, months: Any) -> dict[str, str | None]:
    """Dates that one, five and nine of ten draws meet."""
    return _named(as_of, buildout.quantiles(months, tuple(CHANCES.values())))


def _named(as_of: str, at: Any) -> dict[str, str | None]:
    return {name: buildout.add_months(as_of, float(x)) for name, x in zip(CHANCES, at, strict=True)}


def _duration(value: Any, draws: Any) -> dict[str, float]:
    """Central duration with P10 and P90."""
    x = float(np.asarray(value))
    low, high = buildout.quantiles(draws, (0.1, 0.9)) if np.ndim(draws) else (x, x)
    return {"low": min(float(low), x), "value": x, "high": max(float(high), x)}


def tables(step: Steps, s: Scenario, site: Site, o: Any, spread: Any) -> dict[str, Any]:
    """What the chart of tasks shows beside the schedule: chances of both ends, gains, slips, and facts."""
    as_of = s.as_of.isoformat()
    c, d = o.calendar, spread.calendar
    months = {"first_power": (c.first_months, d.first_months), "full_power": (c.full_months, d.full_months)}
    peak = central(o.size.facility_peak_mw)
    return {
        "gantt": {
            "build_type": c.build_type,
            "existing_connection_mw": s.existing_connection_mw,
            "dates": {
                name: {"central": buildout.add_months(as_of, central(value)), **dates(as_of, draws)}
                for name, (value, draws) in months.items()
            },
            "gains": [*_gains(c.tasks, d.tasks, "first_power"), *_gains(c.tasks, d.tasks, "full_power")],
            "facts": facts_of_tasks(step, c, Lead(step, s, site, peak), o.machine.id, peak),
            "slip": _slip(step, central(c.full_months), d.full_months),
        }
    }


def _gains(tasks: Any, drawn: Any, target: str) -> list[dict[str, Any]]:
    """What easing each task gains: months by which the target comes forward, and how often the task is critical."""
    path = buildout.path_to(tasks, target)
    gains = np.atleast_1d(buildout.gains_months(path, target))
    spread = buildout.schedule(buildout.path_to(drawn, target))
    share = dict(zip(spread.ids, spread.criticality.tolist(), strict=True))
    found = [
        {
            "target": target,
            "task": t.id,
            "label": t.label,
            "gain_months": float(g),
            "criticality": share.get(t.id, 0.0),
            "class": t.fact_class,
        }
        for t, g in zip(path, gains, strict=True)
        if t.id != target and np.isfinite(g) and (g > 0 or share.get(t.id, 0.0) > 0)
    ]
    return sorted(found, key=lambda r: (-r["gain_months"], -r["criticality"]))


def _slip(step: Steps, plan_months: float, draws: Any) -> dict[str, Any]:
    """How late the draws are on the central plan, beside what was published of others."""
    published = step.fact("slip.share.campus", unit="1")
    p50, p90 = buildout.quantiles(draws, (0.5, 0.9))
    fact = step.facts["slip.share.campus"]
    call = step.facts["lead.slip.public_call"]
    known = 0 < plan_months < np.inf
    return {
        "p50_share": float(p50) / plan_months - 1.0 if known and np.isfinite(p50) else None,
        "p90_share": float(p90) / plan_months - 1.0 if known and np.isfinite(p90) else None,
        "published_share": float(published),
        "published": [
            {"words": fact.note, "class": fact.fact_class, "source": step.facts.source_title(fact.source)},
            {
                "words": f"{call.note}: {float(call.value):g} months so far",
                "class": call.fact_class,
                "source": step.facts.source_title(call.source),
            },
        ],
    }
