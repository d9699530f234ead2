"""Facts of the power room, subject by subject; `derive_power.py` writes them.

Figures flow from the reference rows; what no row has is in data/assumptions/power.csv.
"""
