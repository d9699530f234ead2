"""Gigawatt: can you do Stargate in my country? A planner for national AI infrastructure."""

__version__ = "0.1.0"
