"""The marks in specs."""

import pytest

from harness.errors import AdapterError
from harness.launch.marks import fill


def test_marks_are_filled_and_other_braces_stay():
    """A configuration file of any language passes through."""
    assert fill("{port} {port:dist} {1,2} {x}", {"port": "1", "port:dist": "2"}) == "1 2 {1,2} {x}"


def test_a_mark_without_a_value_is_refused():
    """A port that was not listed is the spec's fault, and is named."""
    with pytest.raises(AdapterError, match=r"\{port:epmd\} has no value"):
        fill("{port:epmd}", {"port": "1"})
