"""Weather: humid air, monthly climate, seeded synthetic years, wind power.

Read `synthetic` first (hourly years from monthly numbers), then `climate` (monthly numbers from less), `air`, `wind`.
"""

from .air import dew_point_c, relative_humidity_of, saturation_pressure_pa, standard_pressure_pa, wet_bulb_c
from .climate import (
    ClimateRules,
    clearness_sd,
    complete_climate,
    day_range_k,
    humidity_from_range,
    monthly_ghi,
    monthly_temperature,
    temperature_sd_k,
)
from .months import (
    DAYS_OF_MONTH,
    HOURS_PER_YEAR,
    MONTH_OF_DAY,
    MONTH_OF_HOUR,
    daily_from_monthly,
    monthly_mean,
    normal_cdf,
)
from .synthetic import Climate, Texture, WeatherYear, clearness_mean, darkest_ghi, synthetic_year
from .wind import POWER_CURVES, air_density, wind_at_height, wind_capacity_factor, wind_for_capacity_factor

__all__ = [
    "DAYS_OF_MONTH",
    "HOURS_PER_YEAR",
    "MONTH_OF_DAY",
    "MONTH_OF_HOUR",
    "POWER_CURVES",
    "Climate",
    "ClimateRules",
    "Texture",
    "WeatherYear",
    "air_density",
    "clearness_mean",
    "clearness_sd",
    "complete_climate",
    "daily_from_monthly",
    "darkest_ghi",
    "day_range_k",
    "dew_point_c",
    "humidity_from_range",
    "monthly_ghi",
    "monthly_mean",
    "monthly_temperature",
    "normal_cdf",
    "relative_humidity_of",
    "saturation_pressure_pa",
    "standard_pressure_pa",
    "synthetic_year",
    "temperature_sd_k",
    "wet_bulb_c",
    "wind_at_height",
    "wind_capacity_factor",
    "wind_for_capacity_factor",
]
