"""Ten questions you will be asked tomorrow, answered from the plan's own figures and tables.

Computes no figure of the plan: it divides one by another at most. What the plan does not know is said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gigawatt.web.language import DEFAULT
from gigawatt.web.say import Said, Teller, holdup
from gigawatt.web.say_gates import gates
from gigawatt.web.texts import COOLING, MOMENTS, N_, OPERATING_MODELS

YEAR = 12  # months of the delay that is quoted
PUBLISHED = "all_in_facility"  # basis on which programmes are usually announced


@dataclass(frozen=True)
class Cell:
    """One cell of a table, and the language it is in where that is not the page's."""

    text: str
    code: str = ""
    number: bool = False


@dataclass(frozen=True)
class Table:
    """A small table under an answer."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Answer:
    """A question and its short answer: sentences, then a table where one helps, then what is not known."""

    id: str
    question: str
    lines: Sequence[Said]
    table: Table | None = None
    unknown: str = ""
    gate: dict[str, Any] | None = field(default=None)


def answers(teller: Teller) -> list[Answer]:
    """The ten answers; for a place that was judged on the chip licence only, none.

    Parameters
    ----------
    teller : Teller
        The plan and the language. [-]

    Returns
    -------
    list of Answer
    """
    if teller.value("capex_usd") is None:
        return []
    return [make(teller) for make in _TEN]


def _jobs(x: Teller) -> Answer:
    t = x.lang.t
    building, running = x.figure("jobs_construction_peak", with_range=True), x.figure("jobs_permanent", with_range=True)
    per_job = x.lang.usd(x.value("capex_usd") / max(x.value("jobs_permanent"), 1.0))
    form = N_("{n} people at the peak of construction, {m} permanent jobs on the campus.")
    each = N_("That is {money} of capital for each permanent job: the case for it is compute, not employment.")
    return Answer(
        "jobs",
        t("How many jobs?"),
        [x.said(t(form, n=building, m=running)), x.said(t(each, money=per_job))],
        unknown=t("Direct jobs only. Jobs at suppliers and users are not counted: we found no audited figure."),
    )


def _bills(x: Teller) -> Answer:
    t, lines = x.lang.t, list[Said]()
    share = x.figure("share_of_national_generation")
    form = N_("The campus uses {share} of the country's electricity.")
    if x.plan["question"]["place"].get("region"):
        form = N_("The campus uses {share} of the electricity of the power system it joins.")
    lines.append(x.said(t(form, share=share)))
    price, cost = x.plan["power"].get("grid_price_usd_per_mwh"), x.figure("lcoe_usd_per_mwh", with_range=True)
    lines.append(x.said(t("It pays {cost} for its power, connection and own plants included.", cost=cost)))
    if price:
        form = N_("Power from the grid is priced at {price}: no subsidy and no small-customer tariff is assumed.")
        shown = x.link("figure:lcoe_usd_per_mwh", x.lang.show(price, None, None, "USD/MWh", significant=2))
        lines.append(x.said(t(form, price=shown)))
    grid = next((b for b in x.plan["bill"] if b["item"] == "grid"), None)
    if grid and grid["usd"] > 0:
        shown = x.link("figure:capex_shell_power_usd", x.lang.usd(grid["usd"]))
        lines.append(x.said(t("It pays {money} for its own connection to the grid.", money=shown)))
    exports = x.value("net_exports_twh")
    if exports is not None and exports < 0:
        form = N_("The country imports electricity: without new plants the campus competes with other users.")
        lines.append(x.said(t(form)))
    return Answer(
        "bills",
        t("Will electricity bills rise?"),
        lines,
        unknown=t("The effect on the price that households pay is not computed: it needs a model of the market."),
    )


def _water(x: Teller) -> Answer:
    t = x.lang.t
    lines = [x.said(t("{water} is used on the site.", water=x.figure("water_m3_per_year", with_range=True)))]
    people, household = x.plan["tables"].get("water_people"), x.fact("water.household")
    if people is not None and household is not None:
        shown = x.link(f"fact:{household['id']}", x.lang.count(people, significant=2))
        lines.append(x.said(t("As much as {n} people use at home.", n=shown)))
    system = x.plan["tables"].get("cooling", {}).get("system")
    if system in COOLING:
        lines.append(x.said(t("Cooling: {system}.", system=t(COOLING[system]))))
    lines.append(x.said(t("That is {wue} of IT energy.", wue=x.figure("wue_m3_per_mwh"))))
    stress = x.fact("country.", ".water_stress")
    if stress is not None:
        shown = x.link(f"fact:{stress['id']}", x.lang.percent(x.fact_in(stress, "1")))
        lines.append(x.said(t("{share} of the country's fresh water is drawn already.", share=shown)))
    unknown = t("Water used in the power plants that supply the grid is not counted.")
    return Answer("water", t("How much water?"), lines, unknown=unknown)


def _who_pays(x: Teller) -> Answer:
    t, tables = x.lang.t, x.plan["tables"]
    cash = tables.get("financing", {})
    lines = [x.said(t("It costs {capex}, all-in.", capex=x.figure("capex_usd", with_range=True)))]
    model = cash.get("operating_model")
    if model in OPERATING_MODELS:
        lines.append(x.said(t("Owner in this plan: {owner}.", owner=t(OPERATING_MODELS[model]))))
    if cash.get("debt_usd"):
        debt, equity = (x.link("figure:capex_usd", x.lang.usd(cash[k])) for k in ("debt_usd", "equity_in_usd"))
        lines.append(x.said(t("Loans carry {debt}, the owners put in {equity}.", debt=debt, equity=equity)))
    lines.append(x.said(t("Public money in it: {money}.", money=x.figure("public_money_usd"))))
    payer = next((g for g in gates(x) if g["gate"] == "payer"), None)
    lines += payer["sentences"] if payer else []
    return Answer("payer", t("Who pays?"), lines)


def _why_here(x: Teller) -> Answer:
    t, lines = x.lang.t, list[Said]()
    home = x.figure("lcoc_at_utilisation_usd_per_accelerator_hour")
    abroad = x.figure("rent_abroad_usd_per_accelerator_hour")
    lines.append(x.said(t("An hour made here costs {home}, rented abroad {abroad}.", home=home, abroad=abroad)))
    found = x.plan["tables"].get("customers", {}).get("abroad") or {}
    premium = found.get("premium")
    if premium is not None:
        shown = x.link("figure:rent_abroad_usd_per_accelerator_hour", x.lang.change(premium))
        low, high = (x.lang.change(found[k]) for k in ("premium_low", "premium_high"))
        form = N_("Against renting abroad, home stands at {change} (from {low} to {high}).")
        text = t(form, change=shown, low=low, high=high)
        lines.append(x.said(text))
    lines.append(x.said(t("First power: {date}.", date=x.figure("first_power_date", with_range=True))))
    average = x.figure("emissions_kg_per_mwh")
    form = N_("Its power costs {cost} and emits {carbon} of CO₂.")
    lines.append(x.said(t(form, cost=x.figure("lcoe_usd_per_mwh"), carbon=average)))
    unknown = t("What control of the machines is worth to the country is a political judgement, not in the figures.")
    return Answer("here", t("Why here, and not rented abroad?"), lines, unknown=unknown)


def _refused(x: Teller) -> Answer:
    t, lines = x.lang.t, list[Said]()
    chips = next((g for g in gates(x) if g["gate"] == "chips"), None)
    lines += chips["sentences"] if chips else []
    found = x.plan["tables"].get("customers", {}).get("abroad") or {}
    rented = found.get("rented_at")
    price = x.figure("rent_abroad_usd_per_accelerator_hour", with_range=True)
    if rented:
        form = N_(
            "Then the hours are rented abroad: {price}, nearest in {city}, {ms} away, under the law of that country."
        )
        ms = x.lang.show(rented["ms"], None, None, "ms", significant=2)
        lines.append(x.said(t(form, price=price, city=rented["city"], ms=ms)))
    else:
        lines.append(x.said(t("Then the hours are rented abroad: {price}.", price=price)))
    lines.append(x.said(t("Other accelerators, the same campus:")))
    rows = [
        [
            Cell(r["accelerator"]),
            Cell(x.lang.count(r["accelerators"]), number=True),
            Cell(x.lang.usd(r["capex_usd"]), number=True),
            Cell(x.lang.show(r["lcoc_usd_per_accelerator_hour"], None, None, "USD/h", significant=2), number=True),
        ]
        for r in x.plan["tables"].get("generations", [])
    ]
    head = [t("Accelerator"), t("Number"), t("Capital cost"), t("Cost of an hour, all sold")]
    unknown = t(
        "All accelerators of this table fall under the same US export rules; others have no sourced price here."
    )
    table = Table(t("The same campus with other accelerators"), head, rows) if rows else None
    return Answer("refused", t("What if the chips are refused?"), lines, table, unknown)


def _late(x: Teller) -> Answer:
    t, lines = x.lang.t, list[Said]()
    lines.append(x.said(t("Full power: {date}.", date=x.figure("full_power_date", with_range=True))))
    task = holdup(x)
    if task:
        lines.append(x.said(t("The calendar hangs on: {task}.", task=task)))
    month = x.figure("cost_of_delay_usd_per_month", with_range=True)
    lines.append(x.said(t("A month late, with halls ready and power missing, costs {money}.", money=month)))
    late = [r for r in x.plan["tables"].get("delay", {}).get("rows", []) if r["months"] == YEAR]
    rows = [
        [
            Cell(t(MOMENTS[r["moment"]]) if r["moment"] in MOMENTS else r["moment"]),
            Cell(x.lang.usd(r["usd"]), number=True),
            Cell(f"{x.lang.usd(r['low'])} – {x.lang.usd(r['high'])}", number=True),
        ]
        for r in late
    ]
    head = [t("The delay comes"), t("Cost of a year"), t("Range (P10 to P90)")]
    table = Table(t("What a year of delay costs, by the moment it comes"), head, rows) if rows else None
    return Answer("late", t("What if it is late?"), lines, table)


def _control(x: Teller) -> Answer:
    t, tables = x.lang.t, x.plan["tables"]
    lines = list[Said]()
    cash = tables.get("financing", {})
    if cash.get("operating_model") in OPERATING_MODELS:
        lines.append(x.said(t("Owner in this plan: {owner}.", owner=t(OPERATING_MODELS[cash["operating_model"]]))))
    form = N_("The accelerators are made under US export rules: spare parts and the next generation depend on them.")
    lines.append(x.said(t(form)))
    state = cash.get("state") or {}
    if state.get("share_of_equity") is not None:
        shown = x.lang.percent(state["share_of_equity"])
        lines.append(x.said(t("The state holds {share} of the equity.", share=shown)))
    security = tables.get("security") or {}
    if security.get("level"):
        measures = x.fact("security.", ".measures")
        level = x.link(f"fact:{measures['id']}", security["level"]) if measures else security["level"]
        lines.append(x.said(t("Security level {level} of five (RAND), in the bill.", level=level)))
    here = [r for r in tables.get("thresholds", []) if r.get("applies") and r.get("crossed")]
    if here:
        said = x.lang.tn(
            "The largest training run here passes {n} legal threshold that applies in this place.",
            "The largest training run here passes {n} legal thresholds that apply in this place.",
            len(here),
        )
        lines.append(x.said(said))
    rows = [
        [
            Cell(r["id"].upper().replace("-", " ")),
            Cell(x.lang.show(r["flop"], None, None, "FLOP"), number=True),
            Cell(r["words"], DEFAULT),
        ]
        for r in here
    ]
    head = [t("Rule"), t("Threshold"), t("What it asks")]
    table = Table(t("Legal thresholds that are passed"), head, rows) if rows else None
    return Answer("control", t("Who controls it?"), lines, table)


def _clean(x: Teller) -> Answer:
    t, tables = x.lang.t, x.plan["tables"]
    forms = (
        (N_("{share} of its power is carbon-free, hour by hour."), {"share": x.figure("cfe_share", with_range=True)}),
        (N_("Average of the power used: {kg} of CO₂."), {"kg": x.figure("emissions_kg_per_mwh", with_range=True)}),
        (
            N_("At the margin, what an extra load on this grid causes: {kg}."),
            {"kg": x.figure("emissions_marginal_kg_per_mwh", with_range=True)},
        ),
        (N_("In a year: {t} of CO₂."), {"t": x.figure("emissions_t_per_year", with_range=True)}),
    )
    lines = [x.said(t(form, **values)) for form, values in forms]
    embodied = tables.get("emissions_embodied_t_per_year")
    if embodied:
        shown = x.link("figure:emissions_t_per_year", x.lang.show(embodied, None, None, "t/year", significant=2))
        lines.append(x.said(t("Buildings and machines add {t}, spread over their lives.", t=shown)))
    rows = [
        [
            Cell(x.technology(p["technology"])),
            Cell(x.lang.show(p["mw"], None, None, "MW", significant=3), number=True),
            Cell(x.lang.show(p["mwh_per_year"] / 1e3, None, None, "GWh/year", significant=3), number=True),
        ]
        for p in x.plan["power"]["portfolio"]
    ]
    head = [t("Source"), t("Power"), t("Energy in a year")]
    unknown = t("Quote the marginal figure beside the average: critics will.")
    return Answer(
        "clean", t("How clean is it really?"), lines, Table(t("Where the power comes from"), head, rows), unknown
    )


def _others(x: Teller) -> Answer:
    t, tables = x.lang.t, x.plan["tables"]
    found = [r for r in tables.get("reconciliation", []) if r["basis"] == PUBLISHED]
    lines = list[Said]()
    if found:
        ours = x.link("figure:capex_usd", x.lang.number(found[0]["ours_usd_per_w"], places=0))
        paid = [r["published"] for r in found]
        low, high = (x.lang.number(v, places=0) for v in (min(paid), max(paid)))
        form = N_("This plan: {ours} billion USD for a GW of campus, all-in; published figures: {low} to {high}.")
        lines.append(x.said(t(form, ours=ours, low=low, high=high)))
    rows = []
    for r in sorted(found, key=lambda r: r["published"]):
        ends = [r[k] for k in ("published_low", "published_high")]
        span = "" if None in ends or ends[0] == ends[1] else " – ".join(x.lang.number(v, places=0) for v in ends)
        price = Cell(x.lang.number(r["published"], places=0), number=True)
        rows.append([price, Cell(span, number=True), Cell(r["source"], DEFAULT)])
    head = [t("bn USD per GW"), t("Range"), t("Source")]
    table = Table(t("What others paid or announced for a GW, all-in"), head, rows) if rows else None
    unknown = t("Announcements rarely say their basis; each is read as its source states it.")
    return Answer("others", t("What did others pay?"), lines, table, unknown)


_TEN: tuple[Callable[[Teller], Answer], ...] = (
    _jobs,
    _bills,
    _water,
    _who_pays,
    _why_here,
    _refused,
    _late,
    _control,
    _clean,
    _others,
)
TITLE = N_("Ten questions you will be asked tomorrow")
