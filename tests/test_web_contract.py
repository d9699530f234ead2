"""The published contract: schemathesis reads it and finds no fault in a real server; its examples run."""

import pytest
import schemathesis

EXAMPLES = 4  # of each operation and kind; the coverage of its schema comes on top


@pytest.fixture(scope="module")
def schema(server):
    return schemathesis.openapi.from_url(f"{server.address}api/openapi.json")


api = schemathesis.pytest.from_fixture("schema")


@api.parametrize()
def test_contract(case):
    case.call_and_validate(timeout=120)
