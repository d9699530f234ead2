"""The gates of a plan in the language of the reader, from figures, facts and limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gigawatt.web.language import DEFAULT
from gigawatt.web.say import Said, Teller, megawatts
from gigawatt.web.texts import AREAS, CLASSES, GATES, N_, STATES

NUCLEAR = ("nuclear", "smr")
NEW_PLANTS = {"nuclear": "nuclear_new", "restart": "nuclear_restart", "smr": "nuclear_smr", "hydro": "hydro_large"}


def gates(teller: Teller) -> list[dict[str, Any]]:
    """Every gate in order: name, state, class, sentences, the plan's own words and sources."""
    t, out = teller.lang.t, []
    for gate in teller.plan["verdict"]["gates"]:
        out.append(
            {
                "gate": gate["gate"],
                "name": t(GATES[gate["gate"]]),
                "state": gate["state"],
                "state_text": t(STATES[gate["state"]]),
                "class": gate["class"],
                "class_text": t(CLASSES[gate["class"]]),
                "sentences": sentences(teller, gate),
                "words": gate["words"],
                "source": gate["source"],
                "source_said": teller.english(gate["source"]),
            }
        )
    return out


def sentences(teller: Teller, gate: Mapping[str, Any]) -> list[Said]:
    """What a gate says: composed in the language; the plan's own words in English, or where nothing can be composed."""
    if teller.lang.code == DEFAULT:
        return [teller.english(gate["words"])]
    return _SAY[gate["gate"]](teller, gate) or [teller.english(gate["words"])]


def _chips(x: Teller, gate: Mapping[str, Any]) -> list[Said]:
    t, licence = x.lang.t, x.fact("export.", ".licence_class")
    kind = None if licence is None else licence["value"]
    if gate["state"] == "yes":
        return [x.said(t("No licence is needed for {country} today", country=x.country))]
    if kind == "embargoed" or (gate["state"] == "no" and kind == "none_needed"):
        return [x.said(t("{place} is under embargo: the accelerators cannot be shipped", place=_site(x)))]
    if gate["state"] == "no":
        form = N_("US export rules presume denial for {country}; only a licence would change it")
        return [x.said(t(form, country=x.country))]
    if kind is None:
        return [x.said(t("No export class is known for {country}", country=x.country))]
    lead = x.fact("lead.export_licence.")
    months = x.lang.months(x.fact_in(lead, "month")) if lead and float(lead["value"]) > 0 else ""
    if kind == "none_needed":  # a yes on weak evidence
        form = N_("By our reading no licence is needed for {country}; the authority must confirm it")
        return [x.said(t(form, country=x.country))]
    if kind == "licence_presumed_approval":
        said = t("The accelerators need a US export licence for {country}; approval is presumed", country=x.country)
    else:
        said = t("The accelerators need a US export licence for {country}, decided case by case", country=x.country)
    return [x.said(said + (f" ({t('about {months}', months=months)})" if months else ""))]


def _site(x: Teller) -> str:
    where = x.plan["question"]["place"]
    return str(where.get("site") or x.place)


def _power(x: Teller, gate: Mapping[str, Any]) -> list[Said]:
    """What stops it first, then the source, the shortage, the share of the peak, the connection, the balance."""
    if x.value("facility_peak_mw") is None:
        return [x.english(gate["words"])]
    refused = gate["state"] == "no"
    lines = [*_shortage(x), *_share(x, gate), *_connection(x), *_contingency(x), *_balance(x)]
    return [*(_refusal(x, gate) if refused else _sources(x)), *lines] or [x.english(gate["words"])]


def _refusal(x: Teller, gate: Mapping[str, Any]) -> list[Said]:
    """Why the power is refused: the limit that was broken, a ban, no gas; else the plan's own words."""
    t, limit, value = x.lang.t, gate["limit"], gate["value"]
    named = [p["source"] for p in x.plan["question"]["power"]]

    def broken(name: str) -> bool:
        fact = x.fact(f"gate.rule.{name}")
        return gate["unit"] == "1" and fact is not None and limit == float(fact["value"]) and value > limit

    if broken("peak_share_no"):
        form = N_("The connection would be {share} of the national peak, above {limit}, our limit for one new load")
        return [x.said(t(form, share=_share_text(x, value), limit=x.lang.percent(limit)))]
    if broken("generation_share_no"):
        form = N_("The campus would buy {share} of all that is generated and imported, above {limit}")
        return [x.said(t(form, share=_share_text(x, value), limit=x.lang.percent(limit)))]
    if gate["unit"] == "MW" and any(s in NUCLEAR for s in named):
        return [x.said(t("New nuclear plants are forbidden by law, and {fleet} exist", fleet=x.lang.mw(limit or 0.0)))]
    access = x.fact("gas.access.")
    if value is None and "gas" in named and access is not None and float(access["value"]) <= 0:
        return _sources(x)
    own = [b["words"] for b in x.plan["verdict"]["binding"] if b["constraint"] == "power" and b["value"] == value]
    return [x.english(own[0] if own else gate["words"])]


def _share_text(x: Teller, share: float) -> str:
    if 0 < share < 1e-4:
        return x.lang.t("under 0.01 %")
    return x.lang.show(share, None, None, "1", significant=2)


def _peak_share(x: Teller) -> Mapping[str, Any] | None:
    return x.fact("country.", ".peak_load")


def _sources(x: Teller) -> list[Said]:
    """The sources named in the question: a contract on the fleet, or a new plant and its years."""
    t, out = x.lang.t, []
    for part in x.plan["question"]["power"]:
        source, mw = part["source"], part["mw"]
        if source in ("any", "grid", ""):
            continue
        power, name = x.lang.mw(mw), x.technology(source)
        fleet = x.fact("nuclear.fleet.", ".capacity") if source == "nuclear" else None
        owner = x.fact("authority.", ".reactors")
        if fleet and owner and x.fact_in(fleet, "MW") >= mw:
            form = N_("{power} from the existing nuclear fleet of {fleet}, if {owner} allocates it")
            has = x.fact_text(fleet, "MW")
            out.append(x.said(t(form, power=power, fleet=has, owner=x.authority(str(owner["value"])))))
            continue
        access = x.fact("gas.access.")
        if source == "gas" and access:
            has_gas = float(access["value"]) > 0
            form = N_("Gas for {power}: a supply exists") if has_gas else N_("Gas for {power}: no gas supply exists")
            out.append(x.said(t(form, power=power)))
            continue
        lead = x.fact(f"lead.{NEW_PLANTS.get(source, source)}.")
        if lead:
            years = x.lang.plain(round(x.fact_in(lead, "year"), 1))
            form = N_("{source}: a new plant of {power} takes about {years} years")
            out.append(x.said(t(form, source=_capital(name), power=power, years=years)))
    return out


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _share(x: Teller, gate: Mapping[str, Any]) -> list[Said]:
    peak, value = _peak_share(x), x.value("share_of_peak_demand")
    if peak is None or value is None or value <= 0.0:
        return []
    t, share = x.lang.t, x.figure("share_of_peak_demand")
    form = N_("The connection is {share} of the national peak of {peak}")
    if x.plan["question"]["place"].get("region"):
        form = N_("The connection is {share} of the peak of the power system it joins, {peak}")
    text = t(form, share=share, peak=x.fact_text(peak, "MW"))
    limit = x.fact("gate.rule.peak_share_if")
    if limit and value > float(limit["value"]) and gate["state"] != "no":
        text = t("{what}: {gain}", what=text, gain=t("the grid operator must agree"))
    return [x.said(text)]


def _shortage(x: Teller) -> list[Said]:
    deficit = x.fact("country.", ".peak_deficit")
    if deficit is None or float(deficit["value"]) <= 0.0:
        return []
    form = N_("{country} is short of {power} at peak: expect to be asked for firm plants of its own")
    return [x.said(x.lang.t(form, country=x.country, power=x.fact_text(deficit, "MW")))]


def _connection(x: Teller) -> list[Said]:
    """The stages of the connection and when each is there on the central dates."""
    t = x.lang.t
    rows = [r for r in x.plan["schedule"] if r["task"].startswith("grid_") and megawatts(r["label"]) is not None]
    if not rows:
        return []
    parts = []
    for row in rows:
        power = x.lang.mw(megawatts(row["label"]) or 0.0)
        parts.append(t("{power}: {date}", power=power, date=x.lang.month(row["end"])))
    grid = x.fact("authority.", ".grid")
    who = x.authority(str(grid["value"])) if grid else t("the grid operator")
    form = N_("Connection through {operator}, by stage: {stages}; no contract is signed yet")
    return [x.said(t(form, operator=who, stages=", ".join(parts)))]


def _contingency(x: Teller) -> list[Said]:
    share, limit, peak = x.fact("gate.rule.trip_block_share"), x.value("largest_contingency_mw"), x.value(
        "facility_peak_mw"
    )  # fmt: skip
    if share is None or limit is None or peak is None:
        return []
    t, block = x.lang.t, peak * float(share["value"])
    facts = [f for i, f in x.plan["trace"]["facts"].items() if i.endswith(".largest_contingency")]
    area = next((f["id"].split(".")[1] for f in facts if float(x.fact_in(f, "MW")) == limit), "")
    name = t(AREAS[area]) if area in AREAS else t("the power system")
    holds = N_("A fault that trips {block} is within what {area} is kept for, {limit}")
    breaks = N_("A fault that trips {block} is more than {area} is kept for, {limit}: it must be split")
    form = holds if block <= limit else breaks
    return [x.said(t(form, block=x.lang.mw(block), area=name, limit=x.figure("largest_contingency_mw")))]


def _balance(x: Teller) -> list[Said]:
    if x.value("share_of_national_generation") is None:
        return []
    t, share, exports = x.lang.t, x.figure("share_of_national_generation"), x.value("net_exports_twh")
    if x.plan["question"]["place"].get("region"):
        return [
            x.said(t("The campus uses as much as {share} of what the power system it joins generates", share=share))
        ]
    if exports is None:
        return [x.said(t("The campus uses as much as {share} of national generation", share=share))]
    fig = dict(x.plan["figures"]["net_exports_twh"])
    if exports < 0:
        fig |= {"value": -exports, "low": -fig["high"], "high": -fig["low"]}
    text = x.link("figure:net_exports_twh", x.lang.figure(fig, "net_exports_twh"))
    exporting = N_("The campus uses as much as {share} of national generation; the country exports {twh} net a year")
    importing = N_("The campus uses as much as {share} of national generation; the country imports {twh} net a year")
    return [x.said(t(exporting if exports >= 0 else importing, share=share, twh=text))]


def _payer(x: Teller, gate: Mapping[str, Any]) -> list[Said]:
    deal = x.plan["tables"].get("customers", {}).get("contract")
    if not deal or gate["value"] is None:
        return []
    t, lang = x.lang.t, x.lang
    price = x.link("figure:lcoc_at_utilisation_usd_per_accelerator_hour", lang.number(gate["value"], places=2))
    known = {"n": x.figure("accelerators"), "price": price, "years": lang.number(deal["years"], places=0)}
    sold = lang.percent(deal["sold"])
    model = x.plan["question"]["words"].get("operating_model", "")
    if model == "state":
        said = t("The state has not committed itself: it would pay {price} USD an hour for {n} accelerators", **known)
    elif model == "merchant":
        said = t("No tenant by choice: the open market must pay {price} USD an hour for {n} accelerators", **known)
    else:
        form = N_(
            "Nobody has signed yet: it takes a tenant for {n} accelerators at {price} USD an hour for {years} years"
        )
        said = t(form, **known) + ", " + t("{share} of the hours paid, used or not", share=sold)
    lines = [x.said(said)]
    market = gate["limit"]
    if market:
        over = float(gate["value"]) / float(market) - 1.0
        text = x.link("figure:market_price_usd_per_accelerator_hour", lang.number(market, places=2))
        if gate["state"] == "no":
            form = N_("That is {over} above the market price of {price} USD: nobody is expected to sign")
        elif over > 0:
            form = N_("That is {over} above the market price of {price} USD")
        else:
            form = N_("The market pays {price} USD")
        lines.append(x.said(t(form, over=lang.percent(over), price=text)))
    return lines + _guarantee(x, model)


def _guarantee(x: Teller, model: str) -> list[Said]:
    t = x.lang.t
    if x.fact("gate.", ".guarantee"):
        return [x.said(t("A state guarantee is missing: it was declined"))]
    found = x.plan["tables"]["customers"].get("guarantee") or {}
    high, share = found.get("peak_p90"), found.get("peak_p90_share_of_gdp")
    if model == "state" or not high or high <= 0 or share is None:
        return []
    form = N_("Or a public guarantee of {money} in the dearest year (nine cases of ten), {share} of GDP")
    text = t(form, money=x.lang.usd(high), share=_share_text(x, share))
    limit = x.fact("gate.rule.payer_gdp_share")
    if limit and share > float(limit["value"]):
        text = t("{what}: {gain}", what=text, gain=t("too much for the state alone"))
    return [x.said(text)]


def _money(x: Teller, gate: Mapping[str, Any]) -> list[Said]:
    t = x.lang.t
    if gate["value"] is None and gate["state"] == "no":
        return []
    need = x.figure("capex_usd", with_range=True)
    if gate["limit"] is None:
        return [x.said(t("It needs {need}; no budget was named", need=need))]
    have = x.lang.show(gate["limit"], None, None, "USD", significant=3)
    if any(b["constraint"] == "budget" and b["value"] == b["limit"] for b in x.plan["verdict"]["binding"]):
        return [x.said(t("The campus is sized by the budget of {have}: it needs {need}", have=have, need=need))]
    forms = {
        "yes": N_("It needs {need} of {have}; the rest stays unspent"),
        "yes_if": N_("It needs {need}; {have} may not cover the high end"),
        "no": N_("It needs {need}; {have} falls short"),
    }
    return [x.said(t(forms[gate["state"]], need=need, have=have))]


def _land(x: Teller, gate: Mapping[str, Any]) -> list[Said]:
    t, land = x.lang.t, x.figure("land_km2")
    if gate["value"] is None:
        return [x.said(t("{land} of land; the area of {country} is not known", land=land, country=x.country))]
    share = _share_text(x, gate["value"])
    return [x.said(t("{land} of land is {share} of the country", land=land, share=share))]


def _water(x: Teller, gate: Mapping[str, Any]) -> list[Said]:
    t, water = x.lang.t, x.figure("water_m3_per_year")
    if gate["value"] is not None:
        share = x.lang.percent(gate["value"])
        form = N_("{water} of water where {share} of the fresh water is already drawn")
        return [x.said(t(form, water=water, share=share))]
    if gate["state"] == "yes":
        return [x.said(t("{water} of water: dry cooling, little water", water=water))]
    return [x.said(t("{water} of water; the water stress of the place is not known", water=water))]


def _hazard(x: Teller, gate: Mapping[str, Any]) -> list[Said]:
    t, index = x.lang.t, x.fact("country.", ".hazard")
    if gate["value"] is None or index is None:
        return [x.said(t("The natural hazards of {country} are not rated", country=x.country))]
    text = x.link(f"fact:{index['id']}", x.lang.number(gate["value"], places=1))
    said = t("Natural hazards rate {index} of 10 (INFORM)", index=text)
    if gate["state"] != "yes":
        said = t("{what}: {gain}", what=said, gain=t("a study of the site comes first"))
    return [x.said(said)]


def _war(x: Teller, gate: Mapping[str, Any]) -> list[Said]:
    t, place = x.lang.t, x.country
    if gate["state"] == "yes":
        return [x.said(t("No war in {country}", country=place))]
    if gate["state"] == "no":
        return [x.said(t("{place} is under occupation and embargo", place=_site(x)))]
    lines = [x.said(t("There is war in {country}: private loans wait for war-risk insurance", country=place))]
    if gate["unit"] == "MW" and gate["value"]:
        lost, before = (x.lang.mw(gate[k]) for k in ("value", "limit"))
        form = N_("About {lost} of {before} of generating capacity is destroyed or occupied")
        lines.append(x.said(t(form, lost=lost, before=before)))
    return lines


def _rules(x: Teller, gate: Mapping[str, Any]) -> list[Said]:
    """Rules of a place as they are on record."""
    heads = {
        "yes": N_("A rule of the place is met"),
        "yes_if": N_("A rule of the place has to be complied with"),
        "no": N_("A rule of the place forbids it"),
    }
    call, limit = x.fact("gate.", ".allocation.threshold"), gate["limit"]
    if call is not None and gate["unit"] == "MW" and limit == x.fact_in(call, "MW"):
        form = N_("Capacity is allotted by call: {limit} in the last one for all bidders; {size} are asked for")
        first = x.lang.t(form, limit=x.lang.mw(limit), size=x.lang.mw(gate["value"]))
        return [x.said(first), *x.each(gate["words"])]
    return [x.said(x.lang.t(heads[gate["state"]])), *x.each(gate["words"])]


def _time(x: Teller, gate: Mapping[str, Any]) -> list[Said]:
    full, by = x.value("full_power_date"), x.plan["question"]["words"].get("by")
    if not full or not by:
        return []
    t, late = x.lang.t, _months(full) - _months(by)
    after, before = (
        N_("Full power comes {months} after the deadline"),
        N_("Full power comes {months} before the deadline"),
    )
    text = t(after if late > 0 else before, months=x.lang.months(abs(late)))
    if late == 0:
        text = t("Full power comes in the month of the deadline")
    return [x.said(t("{what}: {gain}", what=text, gain=x.figure("full_power_date", with_range=True)))]


def _months(iso: str) -> int:
    return int(iso[:4]) * 12 + int(iso[5:7])


_SAY = {
    "chips": _chips,
    "power": _power,
    "payer": _payer,
    "money": _money,
    "land": _land,
    "water": _water,
    "hazard": _hazard,
    "war": _war,
    "moratorium": _rules,
    "time": _time,
}
