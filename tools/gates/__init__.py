"""Lead times, gates and export controls, subject by subject; `derive_gates.py` writes them.

Rows of the reference are picked by their id; figures are never typed again here. The words in the notes are ours.
"""
