"""Finance: the full bill and its inverse, cost of capital per block, LCOE, levelised cost of compute, delay, offtake.

Money is USD of one stated price year throughout; a rate is real or nominal as its caller says, never mixed in one call.
The bill is linear in the number of accelerators, so a budget can be turned back into accelerators exactly.

Read `rates` first, then `capex` (the bill), `levelised` (cost of an hour), `delay` and `lending`.
"""

from gigawatt.units import HOURS_PER_YEAR, MONTHS_PER_YEAR, SECONDS_PER_HOUR

from .capex import (
    ALL_IN,
    IT,
    SHELL_POWER,
    Bill,
    BillLine,
    Block,
    BlockBill,
    Published,
    Reconciled,
    accelerators_for_budget,
    bare_block,
    bill,
    bill_per_accelerator,
    reconcile,
    shell_usd_per_mw,
)
from .delay import Delay, cost_of_delay, left_share, rental_of_idle_accelerators
from .lending import (
    capex_for_public_money,
    debt_service_usd_per_year,
    dscr_at_price,
    jobs,
    public_money_usd,
    take_or_pay_price,
)
from .levelised import (
    Lcoc,
    annual_cost,
    break_even_utilisation,
    lcoc,
    lcoe_usd_per_mwh,
    levelised_price,
    operating_cost_usd_per_year,
    rent_abroad_usd_per_accelerator_hour,
    usd_per_million_tokens,
)
from .rates import (
    DRAWDOWNS,
    Numbers,
    capital_recovery_factor,
    cost_of_capital,
    interest_during_construction,
    nominal_rate,
    real_rate,
)

__all__ = [
    "ALL_IN",
    "DRAWDOWNS",
    "HOURS_PER_YEAR",
    "IT",
    "MONTHS_PER_YEAR",
    "SECONDS_PER_HOUR",
    "SHELL_POWER",
    "Bill",
    "BillLine",
    "Block",
    "BlockBill",
    "Delay",
    "Lcoc",
    "Numbers",
    "Published",
    "Reconciled",
    "accelerators_for_budget",
    "annual_cost",
    "bare_block",
    "bill",
    "bill_per_accelerator",
    "break_even_utilisation",
    "capex_for_public_money",
    "capital_recovery_factor",
    "cost_of_capital",
    "cost_of_delay",
    "debt_service_usd_per_year",
    "dscr_at_price",
    "interest_during_construction",
    "jobs",
    "lcoc",
    "lcoe_usd_per_mwh",
    "left_share",
    "levelised_price",
    "nominal_rate",
    "operating_cost_usd_per_year",
    "public_money_usd",
    "real_rate",
    "reconcile",
    "rent_abroad_usd_per_accelerator_hour",
    "rental_of_idle_accelerators",
    "shell_usd_per_mw",
    "take_or_pay_price",
    "usd_per_million_tokens",
]
