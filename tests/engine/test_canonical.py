"""Canonical JSON: the quick way writes what RFC 8785 writes, byte for byte, and refuses what it refuses."""

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from mingjing.engine.chain import canonical

TEXTS = st.text() | st.sampled_from(["", '"\\\n\t\x00\x1f\x7f\u2028', "红榜", "😀", "\ud800"])
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def tried(write: Any, value: Any) -> Any:
    try:
        return write(value)
    except ValueError:
        return "refused"


@given(PLAIN)
def test_it_writes_and_refuses_the_same(value: Any) -> None:
    assert tried(canonical, value) == tried(rfc8785.dumps, value)


@pytest.mark.parametrize("value", [2**53, -(2**53), 2**53 - 1, True, {"é": 1, "z": 2}, ("a", [1]), {1: 2}, {"a": b"x"}])
def test_at_the_edges(value: Any) -> None:
    assert tried(canonical, value) == tried(rfc8785.dumps, value)
