"""What several test files share."""

import pytest


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A real server for the whole run of tests; started at the first one that asks."""
    from web_server import running

    with running(tmp_path_factory.mktemp("web") / "data") as started:
        yield started
