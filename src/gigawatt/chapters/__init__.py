"""Chapters: between facts and rooms. Each looks up the facts of one subject and calls its room through the recorder.

Nothing is computed here: a chapter hands facts to formulas and passes the results on. ``plan.py`` calls the chapters
in the order of the story, once on central values and once on draws.
"""
