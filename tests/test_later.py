"""A mapping that makes its values when they are read, and once."""

import pytest

from gigawatt.later import Later


def test_a_value_is_made_once_and_only_when_it_is_read():
    made = []
    found = Later({name: lambda name=name: made.append(name) or name.upper() for name in "abc"})
    assert list(found) == ["a", "b", "c"] and len(found) == 3 and "b" in found and made == []
    assert found["b"] == found["b"] == "B" and made == ["b"]
    assert dict(found) == {"a": "A", "b": "B", "c": "C"} and made == ["b", "a", "c"]
    with pytest.raises(KeyError):
        found["d"]
    assert found.get("d") is None
