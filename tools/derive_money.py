"""Derive the fact tables of money, security, jobs and emissions from the reference folder.

    python3 tools/derive_money.py REFERENCE_DIR

Our own assumptions and hand-kept figures (tax, opex shares, lives) are in data/assumptions/finance.csv.
Writes src/gigawatt/data/{costs,money,security,social,emissions}.csv. Deterministic: same input, same bytes.
Rents, loans and leases are derived by derive_offtake.py, countries by derive_countries.py; PLACES are those whose
cost of building was looked at by hand.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Iterable
from pathlib import Path

from fact_rows import DATA, HEADER, RECALLED, Reference, Row, around, fact

PLACES = ("EST", "FRA", "KEN", "SGP", "UKR", "USA")


# --- costs -----------------------------------------------------------------------------------------------------------

MARKETS = {"FRA": "Paris", "KEN": "Nairobi", "SGP": "Singapore", "USA-TX": "Dallas"}
CLASS_5 = (0.70, 1.50)  # AACE class 5 as the reference applies it to a site not yet chosen

# reference row -> (basis, source). Bases are those of finance.reconcile.
PUBLISHED = {
    "allin-epoch-2026": ("all_in_it", "epoch_datacenters_2026"),
    "allin-epoch-facility-2025": ("all_in_facility", "epoch_hub_2025"),
    "allin-bernstein": ("all_in_facility", "bernstein_2025"),
    "allin-nvidia-q2fy26": ("all_in_facility", "bernstein_2025"),
    "allin-jensen-2025": ("all_in_facility", "jensen_2025"),
    "allin-barclays": ("all_in_facility", "barclays_2025"),
    "implied-stargate-10gw": ("all_in_facility", "stargate_2025"),
    "implied-abilene": ("all_in_facility", "abilene_ft_2025"),
    "implied-mgx": ("all_in_facility", "mgx_france_2025"),
    "implied-fluidstack": ("all_in_facility", "fluidstack_france_2025"),
    "allin-ubs-nvda": ("compute_facility", "ubs_2025"),
    "content-bofa": ("compute_facility", "bofa_2025"),
    "content-kress-blackwell": ("compute_facility", "nvidia_q3fy26"),
    "shell-jll-2026": ("shell_it", "jll_2026"),
    "shell-cushman": ("shell_it", "cushman_2026"),
    "shell-cbre-ai": ("shell_it", "cbre_2026"),
    "shell-terawulf": ("shell_power_it", "terawulf_2025"),
    "shell-construction-epoch": ("shell_power_it", "epoch_datacenters_2026"),
    "implied-hyperion": ("shell_power_facility", "hyperion_2025"),
    "implied-saline": ("shell_power_facility", "saline_2026"),
    "implied-softbank-fr": ("shell_power_facility", "softbank_france_2026"),
}


def costs(ref: Reference) -> list[Row]:
    return [*shell_costs(ref), *published_costs(ref), *staff_costs(ref)]


def shell_costs(ref: Reference) -> list[Row]:
    markets, extras = ref.keyed("dc_construction_markets_2025", "market"), ref.keyed("country_extras", "iso3")
    rows = []
    for place in (*PLACES, "USA-TX"):
        low, high = CLASS_5
        if place in MARKETS:
            value, cls, source = float(markets[MARKETS[place]]["usd_per_w"]), "B", "tt_dcci_2025"
            where, note = f"market {MARKETS[place]}", "ordinary cloud hall, per W of IT load; range AACE class 5"
        elif extras[place]["dc_construction_usd_per_w_observed"]:
            value, cls, source = float(extras[place]["dc_construction_usd_per_w_observed"]), "B", "tt_dcci_2025"
            where, note = f"mean of the markets of {place}", "per W of IT load; range AACE class 5"
        else:
            value, cls, source = float(extras[place]["dc_construction_usd_per_w_regression"]), "C", "lokshin_2026"
            where = f"regression, row {place}"
            note = "no market figure: regression on income and region, +-20 % in sample; range AACE class 5"
        rows.append(
            fact(
                f"shell.usd_per_w.{place}",
                value,
                "USD_2025/W",
                year=2025,
                cls=cls,
                source=source,
                where=where,
                note=note,
                low=value * low,
                high=value * high,
            )
        )
    premium = re.search(r"AI premium (\d+)-(\d+)%", ref.keyed("unit_costs", "id")["shell-tt-gb-london"]["note"])
    assert premium
    low, high = (float(g) / 100 for g in premium.groups())
    rows.append(
        fact(
            "shell.ai_premium",
            (low + high) / 2,
            "1",
            year=2025,
            cls="B",
            source="tt_dcci_2025",
            where="AI premium, US markets",
            note="middle of the published range",
            low=low,
            high=high,
        )
    )
    return rows


def published_costs(ref: Reference) -> list[Row]:
    unit, rows = ref.keyed("unit_costs", "id"), []
    for key, (basis, source) in PUBLISHED.items():
        r = unit[key]
        numbers = [float(r[c]) for c in ("low", "central", "high") if r[c]]
        value = float(r["central"]) if r["central"] else sum(numbers) / len(numbers)
        currency = "EUR" if "EUR" in r["unit"] else "USD"
        ranged = len(numbers) > 1
        notes = [f"scope: {r['scope']}"]
        notes += ["no central figure: middle of the range"] if not r["central"] else []
        notes += ["single figure, no range published"] if not ranged else []
        notes += ["basis of the GW not stated; read as facility power"] if r["unit"].endswith("/GW") else []
        notes += [RECALLED] if r["basis"].startswith("recalled") else []
        cls = "C" if r["basis"].startswith("recalled") or r["confidence"] == "low" else "B"
        rows.append(
            fact(
                f"published.{basis}.{key}",
                value,
                f"{currency}_{r['year']}/W",
                year=r["year"],
                cls=cls,
                source=source,
                where=r["metric"],
                note="; ".join(notes),
                low=min(numbers) if ranged else "",
                high=max(numbers) if ranged else "",
            )
        )
    return rows


def staff_costs(ref: Reference) -> list[Row]:
    note = ref.keyed("social", "id")["large-typical"]["note"]
    wage = re.search(r"about ([\d,]+) USD a year", note)
    assert wage
    usd = float(wage[1].replace(",", ""))
    extras, rows = ref.keyed("country_extras", "iso3"), []
    for place in PLACES:
        level = float(extras[place]["price_level_ratio_2023_derived"]) / float(
            extras["USA"]["price_level_ratio_2023_derived"]
        )
        text = "with benefits" if place == "USA" else f"US figure x price level {level:.2f} (World Bank, GDP PPP)"
        rows.append(
            fact(
                f"opex.staff_cost.{place}",
                usd * level,
                "USD_2026/job/year",
                year=2026,
                cls="B" if place == "USA" else "C",
                source="dc_jobs_2026",
                where="large data centre, typical",
                note=f"{text}; range: ours",
                low=usd * level * 0.7,
                high=max(usd * level * 1.4, usd * 0.5),
            )
        )
    return rows


# --- money -----------------------------------------------------------------------------------------------------------

DEFLATORS = {"USA": "USD", "EUR": "EUR", "GBR": "GBP", "UKR": "UAH", "KEN": "KES", "SGP": "SGD"}
GROWTH_2026 = {"USD": 0.026, "EUR": 0.021, "GBP": 0.026, "UAH": 0.09, "KES": 0.045, "SGD": 0.02}
YEARS = range(2020, 2026)
SINGLE_IMF = ("UAH", "KES")
PEG_USD = {"AED": 3.6725, "BHD": 0.376, "JOD": 0.709, "OMR": 0.3845, "QAR": 3.64, "SAR": 3.75}  # per USD
PEG_EUR = {"BAM": 1.95583, "BGN": 1.95583, "XAF": 655.957, "XOF": 655.957}  # per EUR
FX_SOURCE = {"ECB": "ecb_rates", "Federal": "fed_h10", "IMF": "imf_weo_2025", "official": "official_peg"}
NOT_QUOTED = ("CUP", "RUB", "HRK")  # official rate meaningless, quotation suspended, currency ended


def money(ref: Reference) -> list[Row]:
    return [*deflators(ref), *exchange_rates(ref)]


def deflators(ref: Reference) -> list[Row]:
    rows: list[Row] = []
    for r in ref.rows("deflators"):
        currency = DEFLATORS.get(r["currency_or_iso3"])
        year = int(r["year"])
        if currency is None or r["kind"] != "gdp_deflator" or year < (2010 if currency in ("USD", "EUR") else 2015):
            continue
        rows.append(
            fact(
                f"deflator.{currency}.{year}",
                float(r["index"]),
                "1",
                year=year,
                cls="C" if r["status"] == "projection" else "A",
                source="imf_weo_2025",
                where=f"NGDP_D, {r['currency_or_iso3']}, {year}, rebased",
                note=f"GDP deflator, 2020 = 100; {r['status']}",
                **around(float(r["index"]), 0.007 if r["status"] == "projection" else 0.0),
            )
        )
        if year == 2025:
            growth = GROWTH_2026[currency]
            value = float(r["index"]) * (1 + growth)
            rows.append(
                fact(
                    f"deflator.{currency}.2026",
                    value,
                    "1",
                    year=2026,
                    cls="C",
                    source="assumption",
                    where="2025 index carried on",
                    note=f"growth {growth:.1%} in 2026: no figure yet; range: ours",
                    low=value * 0.99,
                    high=value * 1.015,
                )
            )
    return rows


def exchange_rates(ref: Reference) -> list[Row]:
    table = ref.rows("exchange_rates")
    rows, known = [], {"USD"}
    ratios = yearly_ratios(table)
    for r in table:
        currency, source = r["currency"], FX_SOURCE.get(r["source"].split()[0], "")
        if currency in ("USD", *NOT_QUOTED, *PEG_USD, *PEG_EUR) or not source:
            continue
        if source == "imf_weo_2025" and currency not in SINGLE_IMF:
            continue
        year = int(r["year"] or r["date"][:4])
        rate, projected = float(r["usd_per_unit"]), r["kind"] == "annual_average_projection"
        if r["kind"].startswith("annual_average") and year in YEARS:
            rows.append(
                fact(
                    f"fx.{currency}.{year}",
                    rate,
                    f"USD/{currency}",
                    year=year,
                    cls="C" if projected else "A",
                    source=source,
                    where=f"{currency}, annual average {year}",
                    note="projection of October 2025; range: ours" if projected else "",
                    **around(rate, 0.01 if projected else 0.0),
                )
            )
            known.add(currency)
        if r["kind"] == "latest":
            rows.append(latest(currency, rate, year, source, r["date"], ratios))
            known.add(currency)
    done = {x[0] for x in rows}
    for currency in sorted(known - {"USD"}):
        if f"fx.{currency}.latest" not in done and f"fx.{currency}.2025" in done:
            rate = float(next(x[1] for x in rows if x[0] == f"fx.{currency}.2025"))
            rows.append(
                latest(
                    currency,
                    rate,
                    2025,
                    "imf_weo_2025" if currency in SINGLE_IMF else "ecb_rates",
                    "annual average 2025, no later rate",
                    ratios,
                )
            )
    rows += pegs(rows)
    known |= set(PEG_USD) | set(PEG_EUR)
    missing = sorted({r["currency"] for r in table} - known)
    rows.append(
        fact(
            "currency.no_rate",
            " ".join(missing),
            "text",
            year=2026,
            cls="C",
            source="assumption",
            where="currencies without a rate that may ship",
            note="for these: no rate; give the amount in USD or EUR",
        )
    )
    return sorted(set(rows))


def yearly_ratios(table: list[dict[str, str]]) -> dict[str, tuple[float, float]]:
    """P10 and P90 of one year's average rate over the year before, 2015-2025, by currency."""
    series: dict[str, dict[int, float]] = {}
    for r in table:
        if r["kind"].startswith("annual_average"):
            series.setdefault(r["currency"], {})[int(r["year"])] = float(r["usd_per_unit"])
    return {c: percentiles([s[y] / s[y - 1] for y in sorted(s) if y - 1 in s]) for c, s in series.items()}


def percentiles(values: Iterable[float]) -> tuple[float, float]:
    v = sorted(values)
    if not v:
        return 1.0, 1.0

    def at(q: float) -> float:
        i = q * (len(v) - 1)
        k = min(int(i), len(v) - 2) if len(v) > 1 else 0
        return v[k] + (v[min(k + 1, len(v) - 1)] - v[k]) * (i - k)

    return at(0.1), at(0.9)


def latest(
    currency: str, rate: float, year: int, source: str, date: str, ratios: dict[str, tuple[float, float]]
) -> Row:
    low, high = ratios.get(currency, (1.0, 1.0))
    return fact(
        f"fx.{currency}.latest",
        rate,
        f"USD/{currency}",
        year=year,
        cls="A" if source != "imf_weo_2025" else "C",
        source=source,
        where=f"{currency}, {date}",
        low=rate * min(low, 1.0),
        high=rate * max(high, 1.0),
        note="range: yearly change of the annual average, P10-P90 of 2015-2025, for money spent a year from now",
    )


def pegs(rows: list[Row]) -> list[Row]:
    euro = {r[0].split(".")[2]: float(r[1]) for r in rows if r[0].startswith("fx.EUR.")}
    out = []
    for currency, per_usd in PEG_USD.items():
        for year in ("latest", *(str(y) for y in YEARS)):
            out.append(
                fact(
                    f"fx.{currency}.{year}",
                    1 / per_usd,
                    f"USD/{currency}",
                    year=2026 if year == "latest" else year,
                    cls="B",
                    source="official_peg",
                    where=f"{per_usd} {currency} per USD",
                    note=RECALLED,
                )
            )
    for currency, per_eur in PEG_EUR.items():
        for year, rate in euro.items():
            out.append(
                fact(
                    f"fx.{currency}.{year}",
                    rate / per_eur,
                    f"USD/{currency}",
                    year=2026 if year == "latest" else year,
                    cls="B",
                    source="official_peg",
                    where=f"{per_eur} {currency} per EUR",
                    note=f"times the euro rate; {RECALLED}",
                )
            )
    return out


# --- security --------------------------------------------------------------------------------------------------------

MEASURES = {  # our own words, after the report's levels
    "sl1": "patched systems, strong sign-in, basic access control and logs: against amateurs",
    "sl2": "weights only on managed machines, encrypted at rest and in transit, monitored; vetted staff, outside "
    "tests: against skilled individuals",
    "sl3": "few copies of the weights behind narrow, rate-limited interfaces, insider programme, two-person rules, "
    "attested hosts, guarded halls: against crime groups and insiders",
    "sl4": "confidential computing, separate weight network with a hard cap on what can leave, checked supply chain, "
    "emanation-aware layout, strict vetting: against ordinary state operations",
    "sl5": "isolated enclaves on minimal trusted hardware, SCIF-grade sites everywhere, state help: against the most "
    "capable states at top priority",
}
THRESHOLDS = {  # (jurisdiction, start of the instrument's name, FLOP text) -> id, duty in our words
    ("EU", "AI Act", "1e25"): ("eu-systemic", "notify the Commission, evaluate and reduce risk, report incidents"),
    ("EU", "Commission guidelines", "1e23"): (
        "eu-gpai",
        "document the model, copyright policy, summary of training data",
    ),
    ("US", "Executive Order 14110, section 4.2(b)(i)", "1e26"): ("us-eo14110", "report to Commerce (rescinded)"),
    ("US-CA", "SB 53", "1e26"): ("us-ca-sb53", "publish a safety framework, report incidents"),
    ("US-NY", "RAISE", "1e26"): ("us-ny-raise", "safety framework, incidents within 72 hours"),
    ("KR", "AI Framework Act", "1e26"): ("kr-framework", "manage risk, report to the ministry"),
}
RAND = ("rand_rra2849", "chapter on security levels")


def security(ref: Reference) -> list[Row]:
    table, rows = ref.keyed("security_levels", "level"), []
    hard = table["hardening_private"]
    low, high = float(hard["capex_multiplier_low"]) - 1, float(hard["capex_multiplier_high"]) - 1
    dpr = "middle of the published 1-5 %: fence, gunfire-resistant finishes, deterrents; physical part only"
    penalty = re.search(r"-(\d+) to -(\d+) %", table["CC_training_blackwell"]["performance_penalty"])
    serving = re.search(r"(\d+) to (\d+) % throughput", table["CC_inference_hopper"]["performance_penalty"])
    assert penalty and serving
    for level, words in MEASURES.items():
        rows.append(
            fact(f"security.{level}.measures", words, "text", year=2024, cls="B", source=RAND[0], where=RAND[1])
        )
        rows.append(security_capex(level, low, high, dpr))
    programme = {
        "sl1": (0, 0, 1, "part of any project; range: ours"),
        "sl2": (0, 0, 3, "runs beside construction; range: ours"),
        "sl3": (12, 6, 24, f"about a year of work; {RECALLED}"),
        "sl4": (36, 24, 60, f"several years of work; {RECALLED}; range: ours"),
        "sl5": (
            float(table["SL5"]["delay_months_high"]),
            48,
            84,
            "the measures as a whole, not a delay of one building; range: ours",
        ),
    }
    for level, (months, lo, hi, note) in programme.items():
        rows.append(
            fact(
                f"security.{level}.programme_months",
                months,
                "month",
                year=2024,
                cls="C",
                source=RAND[0],
                where=RAND[1],
                note=note,
                low=lo,
                high=hi,
            )
        )
    for name, found, source, where in (
        ("training", penalty, "tinfoil_2026", "training throughput, Blackwell and multi-GPU Hopper"),
        ("inference", serving, "zhu_cc_2024", "throughput for most queries, Hopper"),
    ):
        a, b = (float(x) / 100 for x in found.groups())
        rows.append(
            fact(
                f"security.confidential_computing.{name}_penalty",
                (a + b) / 2,
                "1",
                year=source[-4:],
                cls="B",
                source=source,
                where=where,
                note="middle of the published range",
                low=a,
                high=b,
            )
        )
    rows.append(
        fact(
            "security.scif_months",
            float(table["SCIF_ICD705"]["delay_months_high"]),
            "month",
            year=2025,
            cls="B",
            source="irecruit_scif",
            where="programme including accreditation",
            note="up to; low: ours",
            low=18,
            high=float(table["SCIF_ICD705"]["delay_months_high"]),
        )
    )
    return rows + thresholds(ref)


def security_capex(level: str, low: float, high: float, dpr: str) -> Row:
    fid = f"security.{level}.capex_fraction"
    if level == "sl1":
        return fact(
            fid,
            0,
            "1",
            year=2024,
            cls="C",
            source="assumption",
            where="in the base cost",
            note="no published cost; part of any project",
            low=0,
            high=0.01,
        )
    if level in ("sl2", "sl3"):
        return fact(
            fid,
            (low + high) / 2,
            "1",
            year=2015,
            cls="C",
            source="dpr_2015",
            where="project budget",
            note=f"{dpr}; staff and information security not in it",
            low=low,
            high=high,
        )
    return fact(
        fid,
        "unknown",
        "text",
        year=2026,
        cls="C",
        source=RAND[0],
        where=RAND[1],
        note="nobody has published a cost; pass NaN and say so",
    )


def thresholds(ref: Reference) -> list[Row]:
    rows = []
    for r in ref.rows("ai_compute_thresholds"):
        for (code, start, flop), (name, duty) in THRESHOLDS.items():
            if r["jurisdiction"] == code and r["instrument"].startswith(start) and r["threshold"] == flop:
                seen = r["seen_or_recalled"] == "seen"
                common = {"year": (r["date_applies"] or "2025")[:4], "source": f"law_{name}", "where": r["instrument"]}
                note = r["status"] + ("" if seen else f"; {RECALLED}")
                stem = f"compute_threshold.{name}"
                rows += [
                    fact(f"{stem}.flop", float(r["threshold"]), "FLOP", cls="A" if seen else "B", note=note, **common),
                    fact(f"{stem}.jurisdiction", code, "text", cls="A", **common),
                    fact(f"{stem}.from", r["date_applies"], "date", cls="B", note=f"date {RECALLED}", **common),
                    fact(f"{stem}.until", r["date_ended"] or "open", "date", cls="B", note=r["status"], **common),
                    fact(f"{stem}.duty", duty, "text", cls="B", note="in our words", **common),
                ]
    return rows


# --- social and emissions --------------------------------------------------------------------------------------------


def social(ref: Reference) -> list[Row]:
    table, rows = ref.keyed("social", "id"), []
    for name, key, column, why in (
        ("construction_peak", "rule-construction", "construction_per_mw", "high: compressed schedule (UAE)"),
        ("permanent", "rule-permanent", "permanent_per_mw", "from Bethune to Tasmania"),
    ):
        cell = table[key][column] or next(v for v in table[key].values() if "low/central/high" in v)
        low, value, high = (float(x) for x in cell.split()[0].split("/"))
        rows.append(
            fact(
                f"jobs.{name}",
                value,
                "job/MW",
                year=2026,
                cls="C",
                source="campus_jobs",
                where=f"{key}, per facility MW",
                note=f"direct jobs of announced campuses, not audited, no multipliers; {why}",
                low=low,
                high=high,
            )
        )
    return rows


# IPCC AR5 WG3 Annex III, table A.III.2: life cycle min, median, max; direct min, median, max. kg/MWh = g/kWh
IPCC = {
    "coal": ((740, 820, 910), (670, 760, 870)),
    "ccgt": ((410, 490, 650), (350, 370, 490)),
    "biomass": ((130, 230, 420), None),
    "geothermal": ((6, 38, 79), (0, 0, 0)),
    "hydro": ((1, 24, 100), (0, 0, 0)),
    "nuclear": ((3.7, 12, 110), (0, 0, 0)),
    "solar": ((18, 48, 180), (0, 0, 0)),
    "wind_onshore": ((7, 11, 56), (0, 0, 0)),
    "wind_offshore": ((8, 12, 35), (0, 0, 0)),
}
ENGINE_EFFICIENCY = 0.43  # gas engine on the same heating value as the fuel factor: ours


def plant_factors(ref: Reference) -> dict[str, dict[str, float]]:
    """Direct factor = fuel over efficiency; life cycle adds the upstream share of the IPCC's gas and coal plants."""
    table = {
        (r["technology"], r["parameter"]): float(r["value"])
        for r in reversed(ref.rows("technology_costs"))
        if r["year"] == "2025" and "Europe" in r["case"] and r["parameter"] in ("efficiency", "co2_intensity")
    }
    fuel = {
        "ccgt": "fuel_gas",
        "ocgt": "fuel_gas",
        "gas_engine": "fuel_gas",
        "coal": "coal",
        "oil_engine": "oil_engine_plant",
    }
    efficiency = {"gas_engine": ENGINE_EFFICIENCY, "oil_engine": table["oil_engine_plant", "efficiency"]}
    upstream = {"fuel_gas": IPCC["ccgt"], "coal": IPCC["coal"], "oil_engine_plant": IPCC["coal"]}
    out = {}
    for plant, name in fuel.items():
        direct = 1000 * table[name, "co2_intensity"] / efficiency.get(plant, table.get((plant, "efficiency"), 0.0))
        life, stack = upstream[name]
        assert stack
        out[plant] = {
            "direct": direct,
            "lifecycle": direct * life[1] / stack[1],
            "fuel": 1000 * table[name, "co2_intensity"],
        }
    return out


def emissions(ref: Reference) -> list[Row]:
    rows: list[Row] = []
    for tech, (life, direct) in IPCC.items():
        if tech not in ("coal", "ccgt"):  # those follow their efficiency, below
            for name, triple in (("lifecycle", life), ("direct", direct)):
                if triple:
                    rows.append(
                        fact(
                            f"carbon.{tech}.{name}",
                            triple[1],
                            "kg/MWh",
                            year=2014,
                            cls="B",
                            source="ipcc_ar5_annex3",
                            where="table A.III.2",
                            low=triple[0] if triple[2] else "",
                            high=triple[2] or "",
                            note=(
                                "high: ours (published maximum 2,200, one reservoir)"
                                if tech == "hydro"
                                else "published minimum and maximum, recalled; median seen in a copy"
                            )
                            if triple[2]
                            else "",
                        )
                    )
    plants = plant_factors(ref)
    for plant, f in plants.items():
        where = "fuel CO2 over efficiency" if plant != "gas_engine" else f"fuel CO2 over efficiency {ENGINE_EFFICIENCY}"
        for name, low, high in (("direct", 0.95, 1.15), ("lifecycle", 0.90, 1.25)):
            note = (
                "range: ours" if name == "direct" else "direct x IPCC life cycle over direct; methane leakage widens it"
            )
            rows.append(
                fact(
                    f"carbon.{plant}.{name}",
                    f[name],
                    "kg/MWh",
                    year=2025,
                    cls="C",
                    source="dea_technology_data",
                    where=where,
                    note=note,
                    low=f[name] * low,
                    high=f[name] * high,
                )
            )
    for name, plant in (("gas", "ccgt"), ("coal", "coal"), ("oil", "oil_engine")):
        rows.append(
            fact(
                f"carbon.fuel.{name}",
                plants[plant]["fuel"],
                "kg/MWh",
                year=2025,
                cls="B",
                source="dea_technology_data",
                where="co2_intensity, per energy of the fuel",
                note="range: ours",
                low=plants[plant]["fuel"] * 0.98,
                high=plants[plant]["fuel"] * 1.03,
            )
        )
    return rows


TABLES = {
    "costs": costs,
    "money": money,
    "security": security,
    "social": social,
    "emissions": emissions,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path, help="folder of the reference tables")
    parser.add_argument("--out", type=Path, default=DATA)
    args = parser.parse_args()
    ref = Reference(args.reference)
    for name, derive in TABLES.items():
        with (args.out / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADER)
            writer.writerows(derive(ref))


if __name__ == "__main__":
    main()
