"""The user's own data: weather, prices and loads from files of any usual format, previews, and downloads of them.

Read `reading` first (a file to hours), then `clock` and `hours` (time axes, gaps), `quantities` (names and units), then
a format.
"""

from .market import MarketFile, MarketSteps, is_market_file, market_steps, read_market
from .reading import Origin
from .text import Text, read_text
from .weather import WeatherFile, read_weather, read_weather_text

__all__ = [
    "MarketFile",
    "MarketSteps",
    "Origin",
    "Text",
    "WeatherFile",
    "is_market_file",
    "market_steps",
    "read_market",
    "read_text",
    "read_weather",
    "read_weather_text",
]
