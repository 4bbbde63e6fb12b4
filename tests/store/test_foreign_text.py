"""Text of servers that UTF-8 or a database cannot hold."""

from dataclasses import replace

import pytest

from example_trials import record

ODD = ("a lone \ud800 surrogate", "a \x00 in between", "\u202e backwards", "\x1b[2J", "漢" * 9)


@pytest.mark.parametrize("text", ODD, ids=ascii)
def test_whatever_a_server_says_is_stored(store, text):
    """As it was said."""
    odd = replace(record(), reason=text)
    endpoints = (replace(odd.measurement.endpoints[0], errors={text: 1}),)
    odd = replace(odd, measurement=replace(odd.measurement, endpoints=endpoints))
    store.add("r1", odd)
    assert store.records("r1", seconds=True) == (odd,)
