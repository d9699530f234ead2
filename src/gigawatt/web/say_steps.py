"""The letters to write next, in the language of the reader.

A letter may hold several requests. Which ones is told by a mark in the plan's English request; the numbers come from
the figures. A request without a mark stays in English, marked as such.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gigawatt.web.language import DEFAULT
from gigawatt.web.say import Said, Teller, megawatts, task_in
from gigawatt.web.texts import N_

Texts = Callable[[Teller, str], list[str]]  # a plan and the English request -> the requests in the language
UNLOCKS = {  # as the gates name them
    "the chips: nothing else matters without them": N_("the chips: nothing else matters without them"),
    "the power gate": N_("the power gate"),
    "the size of a block and the number of feeds": N_("the size of a block and the number of feeds"),
    "who generates it, and the power price": N_("who generates it, and the power price"),
    "the connection and its dates": N_("the connection and its dates"),
    "the nuclear power": N_("the nuclear power"),
    "the gas power": N_("the gas power"),
    "the supply": N_("the supply"),
    "lenders": N_("the lenders"),
    "the money": N_("the financing"),
    "the land": N_("the land"),
    "the cooling": N_("the cooling"),
    "insurance and design": N_("insurance and design"),
    "any private loan": N_("any private loan"),
    "the moratorium and allocation gate": N_("the moratorium and allocation gate"),
    "the date": N_("the date"),
}


def next_steps(teller: Teller) -> list[dict[str, Any]]:
    """Letters in order: to whom, what to ask, by when, what the answer unlocks."""
    out = []
    for step in teller.plan["verdict"]["next_steps"]:
        unlocks = UNLOCKS.get(step["unlocks"])
        out.append(
            {
                "to": "; ".join(teller.authority(x) for x in step["to"].split("; ")),
                "asks": _asks(teller, step["ask"]),
                "by": teller.lang.day(step["by"]),
                "by_iso": step["by"],
                "unlocks": teller.said(teller.lang.t(unlocks)) if unlocks else teller.english(step["unlocks"]),
            }
        )
    return out


def _asks(teller: Teller, ask: str) -> list[Said]:
    if teller.lang.code == DEFAULT:
        return [teller.english(ask)]
    said = [teller.said(text) for mark, texts in _ASKS if mark in ask for text in texts(teller, ask)]
    return said or [teller.english(ask)]


def _licence(x: Teller, ask: str) -> list[str]:
    if x.value("accelerators") is None:
        return [x.lang.t("an export licence, or advice that none is needed, for: {country}", country=x.country)]
    form = N_("an export licence for {n} accelerators, or advice that none is needed, for: {country}")
    return [x.lang.t(form, n=x.figure("accelerators"), country=x.country)]


def _consent(x: Teller, ask: str) -> list[str]:
    form = N_("consent to {power} at one point, and the peak and firm reserve of the system in the years to come")
    return [x.lang.t(form, power=x.figure("grid_connection_mw"))]


def _connection(x: Teller, ask: str) -> list[str]:
    rows = [r for r in x.plan["schedule"] if r["task"].startswith("grid_") and megawatts(r["label"]) is not None]
    power, stages = x.figure("grid_connection_mw"), ", ".join(x.lang.mw(megawatts(r["label"]) or 0.0) for r in rows)
    if len(rows) > 1:
        form = N_("{power} at the site, by stage ({stages}), with dates and the hours in which it may be curtailed")
        return [x.lang.t(form, power=power, stages=stages)]
    return [x.lang.t("{power} at the site, with its date and the hours in which it may be curtailed", power=power)]


def _contract(x: Teller, ask: str) -> list[str]:
    deal = x.plan["tables"]["customers"]["contract"]
    payer = next(g for g in x.plan["verdict"]["gates"] if g["gate"] == "payer")
    price = x.lang.number(payer["value"], places=2)
    text = x.lang.t(
        "a contract for {n} accelerators at {price} USD an hour over {years} years, {share} of the hours paid, used or "
        "not: {money} a year",
        n=x.figure("accelerators"),
        price=x.link("figure:lcoc_at_utilisation_usd_per_accelerator_hour", price),
        years=x.lang.number(deal["years"], places=0),
        share=x.lang.percent(deal["sold"]),
        money=x.lang.usd(deal["usd_per_year"]["value"]),
    )
    return [text]


def _source(form: str, mark: str) -> Texts:
    """A request for each source of the question that the letter names: ``200 MW of gas: ...``."""

    def filled(x: Teller, ask: str) -> list[str]:
        parts = [p for p in x.plan["question"]["power"] if f"of {p['source']}{mark}" in ask]
        return [x.lang.t(form, power=x.lang.mw(p["mw"]), source=x.technology(p["source"])) for p in parts]

    return filled


def _gas(x: Teller, ask: str) -> list[str]:
    parts = [p for p in x.plan["question"]["power"] if p["source"] == "gas"]
    return [x.lang.t("gas for {power}: capacity, price, dates", power=x.lang.mw(p["mw"])) for p in parts]


def _date(x: Teller, ask: str) -> list[str]:
    task, by = task_in(x, ask), x.plan["question"]["words"].get("by")
    if task is None or not by:
        return []
    return [x.lang.t("a date that meets {date} for: {task}", date=x.lang.day(by), task=x.task(task))]


def _text(form: str, **figures: str) -> Texts:
    """A request whose places are figures of the plan, by id."""

    def filled(x: Teller, ask: str) -> list[str]:
        return [x.lang.t(form, **{k: x.figure(i) for k, i in figures.items()}, country=x.country)]

    return filled


_ASKS: tuple[tuple[str, Texts], ...] = (  # mark in the plan's request -> request
    ("an export licence", _licence),
    ("consent to", _consent),
    ("its dates, flexible hours", _connection),
    (
        "the largest block it may lose",
        _text(N_("the largest loss the system may take in one fault, and its rules for riding through faults")),
    ),
    ("volume, hours and price", _text(N_("the energy of a year over 12 years: volume, hours and price"))),
    (
        ": an allocation of 12 years",
        _source(N_("{power} {source}: an allocation of 12 years or more, its start and its price"), ": an allocation"),
    ),
    ("capacity, price, dates", _gas),
    ("the restart of", _text(N_("the restart of a reactor: its state, date and price"))),
    ("a contract for", _contract),
    ("a loan that rests on the open market", _text(N_("a loan that rests on the open market"))),
    ("finance for", _text(N_("financing of {capex}"), capex="capex_usd")),
    ("with its planning status", _text(N_("a site of {land} with its planning status"), land="land_km2")),
    (
        "of water a year, or a permit",
        _text(N_("{water} of water, or a permit for dry coolers"), water="water_m3_per_year"),
    ),
    ("a hazard study", _text(N_("a study of natural hazards at the site, and the price of cover"))),
    ("war-risk cover", _text(N_("war-risk cover for a campus in {country}, split over several sites, and its price"))),
    ("a date for ", _date),
)
