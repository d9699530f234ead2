"""The published contract: schemathesis reads it and finds no fault in a real server."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

EXAMPLES = 3  # drawn for each operation; ``schemathesis run .../api/openapi.json`` draws and covers more, in minutes
PATIENCE_S = 120


@pytest.fixture(scope="session")
def schema(server):
    found = schemathesis.openapi.from_url(f"{server.address}api/openapi.json")
    found.config.phases.update(phases=["examples", "fuzzing"])
    return found


api = schemathesis.pytest.from_fixture("schema")


@api.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_schemathesis_finds_nothing(case):
    case.call_and_validate(timeout=PATIENCE_S)
