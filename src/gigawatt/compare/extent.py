"""What a programme is measured against: peak demand, generation, people, output of its country, or of the Union."""

from __future__ import annotations

from dataclasses import dataclass

from gigawatt.facts import Facts
from gigawatt.programmes import UNION


@dataclass(frozen=True, slots=True)
class Extent:
    """Totals of a country or of the Union; None where the facts do not say."""

    peak_mw: float | None
    generation_twh: float | None
    people: float | None
    gdp_usd: float | None


def members(facts: Facts) -> list[str]:
    """ISO codes of the members of the Union."""
    return sorted(f.id.split(".")[1] for f in facts.under("country.") if f.id.endswith(".eu_member") and f.value == 1)


def extent(facts: Facts, area: str, price_year: int) -> Extent:
    """Totals of an area.

    Parameters
    ----------
    facts : Facts
        The facts. [-]
    area : str
        ISO code, or ``EU``; the sum of national peaks stands for that of the Union, which is a little less. [-]
    price_year : int
        Price year of the output. [year]

    Returns
    -------
    Extent
    """
    countries = members(facts) if area == UNION else [area]

    def total(key: str, unit: str) -> float | None:
        ids = [f"country.{iso3}.{key}" for iso3 in countries]
        if not all(i in facts for i in ids):
            return None
        return sum(float(facts[i].value) * facts.factor(facts[i].unit, unit) for i in ids)

    return Extent(
        peak_mw=total("peak_load", "MW"),
        generation_twh=total("generation", "TWh/year"),
        people=total("population", "person"),
        gdp_usd=total("gdp", f"USD_{price_year}"),
    )
