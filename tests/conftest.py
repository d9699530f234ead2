"""What several test files share: one server and one browser for the whole run of tests."""

import os
import shutil
from datetime import date

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # others work here too
settings.load_profile("untimed")

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A real server, with the answers of all countries as if it had made them today; started at the first who asks."""
    pytest.importorskip("uvicorn", reason="the web app is not installed")
    from gigawatt.web import world
    from web_server import running

    data = tmp_path_factory.mktemp("web") / "data"
    (data / "world").mkdir(parents=True)
    made = world.World(world.made_by(), date.today().isoformat(), world.shipped().rows)
    (data / "world" / world.FILE).write_text(made.text(), encoding="utf-8")
    with running(data) as started:
        yield started


@pytest.fixture(scope="session")
def browser():
    """A real browser; each test opens tabs of its own."""
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not os.path.exists(CHROMIUM):
        pytest.skip("no chromium on this machine")
    with sync.sync_playwright() as started:
        found = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()
