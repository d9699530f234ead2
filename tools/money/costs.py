"""What halls, staff and whole campuses cost."""

from __future__ import annotations

import re

from fact_rows import RECALLED, Reference, Row, fact

PLACES = ("EST", "FRA", "KEN", "SGP", "UKR", "USA")
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
