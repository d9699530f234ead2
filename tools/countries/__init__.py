"""The facts of every country, table by table: economy, electricity, prices, places, US states, and the fallbacks.

Each module turns rows of the reference tables into facts; `derive_countries.py` writes them. A figure that is looked
up by hand, because the reference has none, stands in a table at the top of its module with its source.
"""
