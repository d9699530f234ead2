"""Costs, money, security, jobs and emissions, table by table; `derive_money.py` writes them."""
