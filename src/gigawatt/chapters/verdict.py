"""The verdict: gates from the place's facts and the plan's numbers, in the order of the design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gigawatt import buildout, gates
from gigawatt.chapters.durations import WORKS
from gigawatt.chapters.place import Site
from gigawatt.facts import Fact, Facts
from gigawatt.places import Place, countries
from gigawatt.record import Steps
from gigawatt.scenario import Scenario
from gigawatt.units import MONTHS_PER_YEAR, in_mw, in_percent

RULE_OF = {  # kind of a rule -> whose it is; the grid operator's elsewhere
    "allocation": "investment",
    "efficiency": "regulator",
    "political": "investment",
    "sanctions": "treasury",
    "water": "water",
    "zoning": "investment",
}
ACRONYMS = ("ercot", "ips", "nem", "ups", "us")  # of synchronous areas
HASTENS = {  # start of a task's id -> who can shorten it; the builder elsewhere
    "grid": "grid",
    "racks": "accelerators",
    "licence": "export",
    "finance": "lender",
    "financing": "lender",
    "permits": "investment",
    "site_control": "investment",
    "contract": "generator",
    "gas": "gas",
    "nuclear": "nuclear",
    "solar": "generator",
    "wind": "generator",
    "hydro": "generator",
    "geothermal": "generator",
}
OF_OPTIMUM = "hourly optimum of the plan"  # source of the gate that asks whether the supply carries the campus
OF_CAMPUS = "power of the campus at its peak"
OCCUPIED = ("Crimea", "Sevastopol", "Donetsk", "Donets'k", "Luhansk", "Luhans'k")
IMPORTS_SHARE = 0.0  # a net importer has nothing to spare: below it the supply gate asks for own plants
EXCEPTION = "CHN"  # the one country whose rule reviews smaller chips singly


@dataclass(frozen=True)
class Case:
    """The numbers of a plan that its gates need; central values, money with P10 and P90."""

    place: Place
    accelerators: float
    accelerator: str
    accelerator_peak_flop_per_s: float
    accelerator_gb_per_s: float
    facility_peak_mw: float
    grid_mw: float
    campus_twh: float
    own_twh: float
    land_km2: float
    water_m3_per_year: float
    capex_usd: tuple[float, float, float]
    budget_usd: float | None
    contract_accelerators: float
    take_or_pay_usd: float
    market_usd: float | None
    market_class: str
    price_basis: str
    tenor_years: float
    utilisation: float
    payments_usd_per_year: float
    guarantee_usd_per_year: tuple[float, float] | None
    full_months: Sequence[float]
    unserved: float = 0.0
    relief: str = ""
    too_small: str = ""
    sized_by_budget: bool = False
    out_of_reach: str = ""
    over_power: str = ""  # words, where the targets need more than the power that is named
    enough_as_it: bool = False  # whether that power would do as IT power
    named: dict[str, float] = field(default_factory=dict)
    deadline: buildout.Deadline | None = None
    deadline_months: float = 0.0
    holdup: buildout.Holdup | None = None
    stage_mw: Sequence[float] = ()
    stage_months: Sequence[float] = ()
    regime: str = ""
    connection_class: str = "C"
    connection_source: str = ""
    connection_since: str = "a contract that is still to be signed"


def all_gates(step: Steps, s: Scenario, site: Site, case: Case) -> list[gates.Gate]:
    """Every gate whose inputs exist, unfolded."""
    found = [chips(step, case.place, case.accelerators, case.accelerator, _tpp(case), case.accelerator_gb_per_s)]
    found += _power(step, site, case)
    if case.over_power:
        found.append(_over_power(step, site, case))
    found.append(_payer(step, s, site, case))
    found.append(
        gates.money_gate(
            needed_usd=case.capex_usd,
            budget_usd=case.budget_usd,
            sized_by_budget=case.sized_by_budget,
            fact_class="B",
            source="our bill, reconciled with published costs per GW",
            lender=step.text("authority.world.lender"),
        )
    )
    if case.too_small:
        needs = f"{case.facility_peak_mw * 1e3:,.3g} kW and {case.capex_usd[1] / 1e6:,.2g} M USD"
        words = f"{case.too_small}: the smallest campus, shown here, needs {needs}"
        found.append(gates.Gate("money", gates.NO, "B", words, "our bill", None, None, None, ""))
    if case.out_of_reach:
        words = f"{case.out_of_reach}; the fastest campus for it is shown here"
        found.append(gates.Gate("time", gates.NO, "C", words, "goodput and scaling losses of one job", None))
    found += _ground(step, site, case)
    found += [_war(step, site, case), *_rules(step, site, case)]
    if case.deadline is not None and case.holdup is not None:
        found.append(_time(step, site, case))
    return found


def _tpp(case: Case) -> float:
    return gates.total_processing_performance(flop_per_s=case.accelerator_peak_flop_per_s, bits=8)


def _title(facts: Facts, fact: Fact) -> str:
    return f"{facts.source_title(fact.source)}, {fact.where}"


def _evidence(step: Steps, *fact_ids: str) -> dict[str, str]:
    """Class and source of the first fact that exists."""
    fact = step.facts.first(*fact_ids)
    step.text(fact.id) if fact.is_text else step.fact(fact.id, unit=fact.unit)
    return {"fact_class": fact.fact_class, "source": _title(step.facts, fact)}


def chips(
    step: Steps, place: Place, accelerators: float, accelerator: str, tpp: float | None, gb_per_s: float | None
) -> gates.Gate:
    """The chip gate; works for every country. Occupied areas are under embargo whatever the country's class."""
    facts = step.facts
    key = f"export.{place.iso3}.licence_class"
    authority = step.text("authority.world.export")
    if _occupied(place):
        evidence = _evidence(step, "gate.UKR.occupied")
        return gates.chip_gate(
            place=place.site,
            licence_class="embargoed",
            fact_class=evidence["fact_class"],
            source=evidence["source"],
            accelerators=accelerators,
            accelerator=accelerator,
            licence_months=None,
            authority=authority,
        )
    if key not in facts:
        return gates.chip_gate(
            place=place.name,
            licence_class=None,
            fact_class="C",
            source="",
            accelerators=accelerators,
            accelerator=accelerator,
            licence_months=None,
            authority=authority,
        )
    months = f"lead.export_licence.{place.iso3}"
    lead = facts[months] if months in facts else None
    exception = f"export.{place.iso3}.exception_tpp" in facts
    return gates.chip_gate(
        place=place.name,
        licence_class=step.text(key),
        accelerators=accelerators,
        accelerator=accelerator,
        licence_months=(float(lead.low), float(lead.value), float(lead.high)) if lead else None,
        authority=authority,
        tpp=tpp,
        bandwidth_gb_per_s=gb_per_s,
        exception_tpp=float(facts[f"export.{place.iso3}.exception_tpp"].value) if exception else None,
        exception_bandwidth_gb_per_s=float(facts[f"export.{place.iso3}.exception_bandwidth"].value)
        if exception
        else None,
        **_evidence(step, key),
    )


def _occupied(place: Place) -> bool:
    return place.iso3 == "UKR" and (place.admin1 in OCCUPIED or place.site in OCCUPIED)


def _rule(step: Steps, name: str) -> float:
    fact = step.facts[f"gate.rule.{name}"]
    return float(step.fact(fact.id, unit=fact.unit))


def _central(step: Steps, site: Site, pattern: str, unit: str) -> float | None:
    found = site.known(step.facts, pattern)
    return None if found is None else float(step.fact(found, unit=unit))


def _power(step: Steps, site: Site, case: Case) -> list[gates.Gate]:
    grid = step.text(*site.authority("grid"))
    peak = site.known(step.facts, "country.{}.peak_load")
    out: list[gates.Gate] = []
    if case.grid_mw > 0:
        out.append(
            gates.share_gate(
                place=_system(step, site),
                grid_mw=case.grid_mw,
                national_peak_mw=_central(step, site, "country.{}.peak_load", "MW"),
                share_if=_rule(step, "peak_share_if"),
                share_no=_rule(step, "peak_share_no"),
                grid_operator=grid,
                **(_evidence(step, peak) if peak else {"fact_class": "C", "source": ""}),
            )
        )
        found = site.known(step.facts, "grid.{}.area")
        area = step.text(found) if found else ""
        limit = f"grid.{area}.largest_contingency"
        known = limit in step.facts
        out.append(
            gates.contingency_gate(
                area=_area_name(area, site.place.name),
                trip_block_mw=case.facility_peak_mw * _rule(step, "trip_block_share"),
                contingency_mw=float(step.fact(limit, unit="MW")) if known else None,
                grid_operator=grid,
                **(_evidence(step, limit) if known else {"fact_class": "C", "source": ""}),
            )
        )
        if site.place.iso3 in ("EST", "LVA", "LTU"):
            limit = "grid.baltic.largest_contingency"
            out.append(
                gates.contingency_gate(
                    area="the Baltic states alone",
                    trip_block_mw=case.facility_peak_mw * _rule(step, "trip_block_share"),
                    contingency_mw=float(step.fact(limit, unit="MW")),
                    grid_operator=grid,
                    **_evidence(step, limit),
                )
            )
    out.append(_supply(step, site, case))
    if case.relief:
        out.append(_adequacy(step, site, case))
    out += [g for source, mw in case.named.items() if (g := _source(step, site, source, mw)) is not None]
    if case.grid_mw > 0:
        connection = gates.connection_gate(
            grid_operator=grid,
            regime=case.regime,
            connection_mw=case.grid_mw,
            stage_mw=[min(x, case.grid_mw) for x in case.stage_mw],
            stage_months=case.stage_months,
            in_hand=False,
            fact_class=case.connection_class,
            source=case.connection_source,
            since=case.connection_since,
        )
        record = _rule(step, "connection_record")
        if case.grid_mw > record:
            beyond = f"no date is on record beyond {in_mw(record)} at one campus, so this is the earliest"
            connection = replace(connection, words=f"{connection.words}; {beyond}", fact_class="C")
        out.append(connection)
    return out


def _adequacy(step: Steps, site: Site, case: Case) -> gates.Gate:
    """The named sources do not carry the campus, or a limit on the supply had to move."""
    grid = step.text(*site.authority("grid"))
    short = (
        f"The named sources leave {in_percent(case.unserved, 1)} of the energy unserved. "
        if case.unserved > 0.0005
        else ""
    )
    letter = gates.Letter(
        grid, f"whether this is possible: {case.relief[0].lower()}{case.relief[1:]}", "the supply", "grid_study"
    )
    words = f"{short}{case.relief}"
    return gates.Gate("power", gates.NO, "C", words, OF_OPTIMUM, letter, case.unserved, 0.0, "1")


def _over_power(step: Steps, site: Site, case: Case) -> gates.Gate:
    """The targets need more than the power named: no, or a letter where that power would do as IT power."""
    if not case.enough_as_it:
        return gates.Gate("power", gates.NO, "B", case.over_power, OF_CAMPUS)
    role = "grid" if case.grid_mw > 0 else "gas" if "gas" in case.named else "generator"
    ask = f"{in_mw(case.facility_peak_mw)} at the meter, where less was named"
    letter = gates.Letter(step.text(*site.authority(role)), ask, "the size", "grid_study")
    return gates.Gate("power", gates.YES_IF, "B", f"{case.over_power}, or all of it as IT power", OF_CAMPUS, letter)


def _system(step: Steps, site: Site) -> str:
    """The place, with the regional system that a US state is part of."""
    known = f"grid.{site.place.region}.system"
    return f"{site.place.admin1} ({step.text(known)})" if known in step.facts else site.place.name


def _supply(step: Steps, site: Site, case: Case) -> gates.Gate:
    total = site.system
    imports = _central(step, site, "country.{}.net_imports", "TWh/year")
    return gates.supply_gate(
        place=_system(step, site),
        campus_twh=case.campus_twh,
        own_twh=case.own_twh,
        generation_twh=float(step.fact(total, unit="TWh/year")),
        net_exports_twh=None if site.place.region or imports is None else -imports,
        shortage_mw=_central(step, site, "country.{}.peak_deficit", "MW") or 0.0,
        share_no=_rule(step, "generation_share_no"),
        generator=step.text(*site.authority("generator")),
        **_evidence(step, total),
    )


def _source(step: Steps, site: Site, source: str, mw: float) -> gates.Gate | None:
    """A source named in the question: a contract on the fleet, a new plant with its date, or no supply."""
    if source in ("", "grid"):
        return None
    owner = {"nuclear": "nuclear", "restart": "nuclear", "smr": "nuclear", "gas": "gas"}.get(source, "generator")
    fleet_id = site.known(step.facts, "nuclear.fleet.{}.capacity") if source == "nuclear" else None
    fleet = float(step.fact(fleet_id, unit="MW")) if fleet_id else None
    if source == "gas":
        access = site.known(step.facts, "gas.access.{}")
        if access is not None:
            has = float(step.facts[access].value) > 0
            evidence = _evidence(step, access)
            words = f"Gas for {in_mw(mw)}: {'a supply exists' if has else 'no gas supply exists'} in {site.place.name}"
            ask = f"gas for {in_mw(mw)}: capacity, price, dates"
            letter = gates.Letter(step.text(*site.authority("gas")), ask, "the gas power", "source")
            return gates.Gate(
                "power", gates.YES_IF if has else gates.NO, evidence["fact_class"], words, evidence["source"], letter
            )
    items = {"nuclear": "nuclear_new", "restart": "nuclear_restart", "smr": "nuclear_smr", "hydro": "hydro_large"}
    item = items.get(source, source)
    lead = site.known(step.facts, f"lead.{item}.{{}}")
    if source == "restart" and lead is not None and f"gate.{site.place.iso3}.nuclear" not in step.facts:
        years = float(step.facts[lead].value) / MONTHS_PER_YEAR
        who = step.text(*site.authority(owner))
        words = f"A closed reactor of {in_mw(mw)} takes about {years:.2g} years to restart, if {who} has one"
        letter = gates.Letter(who, f"the restart of {in_mw(mw)}: state, date and price", "the nuclear power", "source")
        evidence = _evidence(step, lead)
        return gates.Gate("power", gates.YES_IF, evidence["fact_class"], words, evidence["source"], letter)
    evidence_id = next((i for i in (fleet_id, lead) if i and i in step.facts), None)
    return gates.source_gate(
        technology=WORKS[source][0].removeprefix("new ") if source == "smr" else source,
        wanted_mw=mw,
        fleet_mw=fleet,
        banned=owner == "nuclear" and f"gate.{site.place.iso3}.nuclear" in step.facts,
        build_months=float(step.facts[lead].value) if lead else None,
        owner=step.text(*site.authority("reactors" if fleet is not None and fleet >= mw else owner)),
        fleet_twh=_generated(step, site, source),
        **(_evidence(step, evidence_id) if evidence_id else {"fact_class": "C", "source": ""}),
    )


def _generated(step: Steps, site: Site, source: str) -> float | None:
    """What the country's plants of a kind make, where their capacity is not on record. TWh/year"""
    share = _central(step, site, "country.{}.share.hydro", "1") if source == "hydro" else None
    generation = _central(step, site, "country.{}.generation", "TWh/year")
    return None if share is None or generation is None else share * generation


def _payer(step: Steps, s: Scenario, site: Site, case: Case) -> gates.Gate:
    refused = f"gate.{site.place.iso3}.guarantee"
    common: dict[str, Any] = {
        "accelerators": case.contract_accelerators,
        "price_needed_usd_per_accelerator_hour": case.take_or_pay_usd,
        "price_market_usd_per_accelerator_hour": case.market_usd if case.market_usd is not None else float("nan"),
        "basis": case.price_basis,
        "guarantee_usd_per_year": case.guarantee_usd_per_year,
        "gdp_usd": _central(step, site, "country.{}.gdp", "USD"),
        "gdp_share_limit": _rule(step, "payer_gdp_share"),
        "most_over_market": _rule(step, "payer_most_over_market"),
        "guarantee_refused": refused in step.facts,
        "fact_class": case.market_class,
        "source": _evidence(step, refused)["source"] if refused in step.facts else "market price of the accelerator",
    }
    if s.operating_model == "merchant":
        lender = step.text("authority.world.lender")
        return gates.open_market_gate(**common, sold_share=case.utilisation, lender=lender)
    treasury = step.text(*site.authority("treasury"))
    return gates.payer_gate(
        **common,
        contract_in_hand=False,
        tenor_years=case.tenor_years,
        take_or_pay_share=case.utilisation,
        payments_usd_per_year=case.payments_usd_per_year,
        tenant=treasury if s.operating_model == "state" else step.text("authority.world.tenant"),
        guarantor=treasury,
    )


def _ground(step: Steps, site: Site, case: Case) -> list[gates.Gate]:
    """Land, water and hazard."""
    place = site.place.name
    area, hazard = site.known(step.facts, "country.{}.area"), site.known(step.facts, "country.{}.hazard")
    stress = site.known(step.facts, "country.{}.water_stress")
    none = {"fact_class": "C", "source": ""}
    return [
        gates.land_gate(
            place=countries()[site.place.iso3].name,
            land_km2=case.land_km2,
            area_km2=float(step.fact(area, unit="km2")) if area else None,
            share_if=_rule(step, "land_share_if"),
            share_no=_rule(step, "land_share_no"),
            agency=step.text(*site.authority("investment")),
            **(_evidence(step, area) if area else none),
        ),
        gates.water_gate(
            place=place,
            water_m3_per_year=case.water_m3_per_year,
            water_stress=float(step.fact(stress, unit="1")) if stress else None,
            stress_if=_rule(step, "water_stress_if"),
            dry_m3_per_year=_rule(step, "dry_water"),
            agency=step.text(*site.authority("water")),
            **(_evidence(step, stress) if stress else none),
        ),
        gates.hazard_gate(
            place=countries()[site.place.iso3].name,
            hazard_index=float(step.fact(hazard, unit="1")) if hazard else None,
            index_if=_rule(step, "hazard_index_if"),
            insurer=step.text(*site.authority("property")),
            **(_evidence(step, hazard) if hazard else none),
        ),
    ]


def _war(step: Steps, site: Site, case: Case) -> gates.Gate:
    iso3 = site.place.iso3
    conflict = site.known(step.facts, "country.{}.conflict")
    top = conflict is not None and float(step.facts[conflict].value) >= _rule(step, "conflict_index_war")
    at_war = top or f"gate.{iso3}.war" in step.facts
    lost = f"gate.{iso3}.war.capacity_lost"
    known = at_war and lost in step.facts
    evidence = (
        _evidence(step, lost) if known else _evidence(step, conflict) if conflict else {"fact_class": "C", "source": ""}
    )
    return gates.war_gate(
        place=site.place.name,
        at_war=at_war,
        occupied=_occupied(site.place),
        capacity_before_mw=float(step.facts[f"gate.{iso3}.war.capacity_before"].value) if known else None,
        capacity_lost_mw=float(step.facts[lost].value) if known else None,
        insured=False,
        insurer=step.text(*site.authority("insurance")),
        **evidence,
    )


def _rules(step: Steps, site: Site, case: Case) -> list[gates.Gate]:
    """Allocation and connection rules of the place that hold today."""
    iso3, name = site.place.iso3, site.place.name
    out = []
    allocation = f"gate.{iso3}.allocation"
    if allocation in step.facts:
        out.append(_rule_gate(step, site, case, allocation, allocated=True))
    here = {"national", _slug(site.place.site), _slug(site.place.admin1)}
    for fact in step.facts.under(f"gate.{iso3}.rule."):
        if fact.is_text and fact.id.split(".")[3] in here:
            out.append(_rule_gate(step, site, case, fact.id, allocated=False))
    connection = f"gate.{iso3}.grid_rule.{name.split(',')[0].lower()}"
    if connection in step.facts:
        out.append(_rule_gate(step, site, case, connection, allocated=False))
    return out


def _slug(name: str) -> str:
    """A name as the ids of facts write it."""
    return "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())


def _area_name(area: str, place: str) -> str:
    """A synchronous area in words; the country's own name where it is a system of its own."""
    if area == _slug(place):
        return place
    return " ".join(w.upper() if w in ACRONYMS else w.capitalize() for w in area.split("-"))


def _rule_gate(step: Steps, site: Site, case: Case, fact_id: str, *, allocated: bool) -> gates.Gate:
    limit = f"{fact_id}.threshold"
    mw = float(step.fact(limit, unit="MW")) if limit in step.facts else None
    role = "investment" if allocated else RULE_OF.get(fact_id.split(".")[-1], "grid")
    return gates.rule_gate(
        place=site.place.name,
        effect=_effect(step, site, fact_id),
        rule=step.facts[fact_id].note,
        facility_mw=case.facility_peak_mw,
        threshold_mw=None if allocated else mw,
        allocation_mw=mw if allocated else None,
        authority=step.text(*site.authority(role)),
        **_evidence(step, fact_id),
    )


def _effect(step: Steps, site: Site, fact_id: str) -> str:
    """What a rule does; a city's ban is a condition where nobody named the city: another site is free of it."""
    effect = step.text(fact_id)
    somewhere = site.place.note.startswith("no site named") and fact_id.split(".")[3:4] not in ([], ["national"])
    return "limits" if effect == "blocks" and somewhere else effect


def _time(step: Steps, site: Site, case: Case) -> gates.Gate:
    assert case.deadline is not None and case.holdup is not None
    task = case.holdup.id
    who = step.text(*site.authority(next((x for start, x in HASTENS.items() if task.startswith(start)), "builder")))
    letter = gates.Letter(who, f"a date for {case.holdup.label} that meets {case.deadline.deadline}", "the date", task)
    return gates.time_gate(
        probability=case.deadline.probability,
        words=case.deadline.words,
        probability_yes=_rule(step, "probability_yes"),
        probability_no=_rule(step, "probability_no"),
        fact_class=case.holdup.fact_class,
        source="critical path of the plan",
        value_months=float(case.full_months[1]),
        limit_months=case.deadline_months,
        holdup=letter,
    )
