"""Deflators and exchange rates."""

from __future__ import annotations

from collections.abc import Iterable

from fact_rows import RECALLED, Reference, Row, around, fact

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
