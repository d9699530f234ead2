"""The answers of all countries on the first page: which of those at hand are shown."""

from datetime import date
from pathlib import Path

import pytest

from gigawatt.web import world
from gigawatt.web.settings import Settings

TODAY = date(2026, 11, 24)
ROWS = ({"iso3": "FRA"},)


@pytest.fixture
def settings(tmp_path):
    found = Settings(data=tmp_path, today=TODAY)
    (Path(found.folder) / "world").mkdir(parents=True)
    return found


def keep(settings, made):
    (Path(settings.folder) / "world" / world.FILE).write_text(made.text(), encoding="utf-8")


def test_an_update_that_brings_current_answers_is_shown_before_older_ones_of_the_folder(settings, monkeypatch):
    brought = world.World(world.made_by(), "2026-11-20", ROWS)
    monkeypatch.setattr(world, "shipped", lambda: brought)
    keep(settings, world.World("another", "2026-11-23", ROWS))
    keeper = world.Keeper(settings)
    assert keeper.world == brought and keeper.is_current


def test_current_answers_of_the_folder_are_shown_before_the_package_s(settings, monkeypatch):
    own = world.World(world.made_by(), "2026-11-23", ROWS)
    monkeypatch.setattr(world, "shipped", lambda: world.World("another", "2026-11-24", ROWS))
    keep(settings, own)
    assert world.Keeper(settings).world == own


def test_where_none_is_current_the_newer_is_shown(settings, monkeypatch):
    monkeypatch.setattr(world, "shipped", lambda: world.World("another", "2026-10-01", ROWS))
    keep(settings, world.World("third", "2026-11-01", ROWS))
    keeper = world.Keeper(settings)
    assert keeper.world.as_of == "2026-11-01" and not keeper.is_current


def test_a_broken_file_of_the_folder_is_as_none(settings):
    (Path(settings.folder) / "world" / world.FILE).write_text("{", encoding="utf-8")
    assert world.Keeper(settings).world == world.shipped()
