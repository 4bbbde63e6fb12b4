"""Frozen dataclasses to JSON and back."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import SchemaError
from harness.measure.usage import Meter
from harness.records import Latency, Record, Run, Second, Status, TrialKey
from harness.serial import from_json, to_json

texts = st.text(max_size=8)
floats = st.floats(allow_nan=False, allow_infinity=False)
wholes = st.integers(min_value=-(2**53), max_value=2**53)
plans = st.recursive(
    st.none() | st.booleans() | wholes | floats | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
runs = st.builds(
    Run,
    id=texts,
    schema=wholes,
    plan=st.dictionaries(texts, plans, max_size=3),
    facts=st.dictionaries(texts, texts, max_size=3),
    llm_capacity=floats,
    titles=st.dictionaries(texts, texts, max_size=3),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """Every kind of member that is not in a record."""

    path: Path
    kind: Literal["a", "b"]
    pair: tuple[int, str]
    tags: frozenset[str]
    inner: Mapping[str, tuple[float, ...]]
    maybe: TrialKey | None


odds = st.builds(
    Odd,
    path=st.sampled_from([Path("/data"), Path("a/b")]),
    inner=st.dictionaries(texts, st.lists(floats, max_size=3).map(tuple), max_size=2),
)


@st.composite
def records(draw):
    """Draw a Record with all that a Measurement holds; floats are finite."""
    st.register_type_strategy(float, floats)
    return draw(st.from_type(Record))


@settings(max_examples=40, deadline=None)
@given(records() | runs | odds)
def test_what_is_written_reads_back_equal(value):
    """JSON text and back gives an equal value of the same type."""
    text = json.dumps(to_json(value), allow_nan=False)
    assert from_json(type(value), json.loads(text)) == value


def test_a_record_becomes_plain_json():
    """Enumerations become their value and tuples become lists."""
    second = Second(second=1, answered=2, failed=0, response="r", service="s")
    expected = {"second": 1, "answered": 2, "failed": 0, "response": "r", "service": "s"}
    assert to_json((second, Status.OK)) == [expected, "ok"]


KEY = {"session": 1, "scenario": "chat", "load": "8 users", "stack": "primary"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": "red"}, "TrialKey: unknown member key.colour"),
        ({"session": "1"}, "key.session: expected int, found '1'"),
        ({"session": True}, "key.session: expected int, found True"),
        ({"session": 1.0}, "key.session: expected int, found 1.0"),
        ({"stack": None}, "key.stack: expected str, found None"),
    ],
)
def test_a_member_that_does_not_fit_is_named(changes, message):
    """The message holds the path, what was expected and what was found."""
    with pytest.raises(SchemaError) as caught:
        from_json(TrialKey, {**KEY, **changes}, "key")
    assert str(caught.value) == message


def test_a_missing_member_is_named_even_when_it_has_a_default():
    """Run.skips has a default, which is for those who make a Run, not for those who read one."""
    run = Run(
        id="r", started_at="", finished_at="", schema=1, version="", launcher="",
        plan={}, facts={}, fingerprint="", llm_capacity=0.0,
    )  # fmt: skip
    stored = to_json(run)
    del stored["skips"]
    with pytest.raises(SchemaError, match="Run: missing member skips"):
        from_json(Run, stored)


def test_the_path_leads_into_lists_and_objects():
    """A fault deep inside is found by its path."""
    stored = {"path": "/", "kind": "a", "pair": [1, "x"], "tags": [], "maybe": None}
    stored["inner"] = {"a": [1.0, "two"]}
    with pytest.raises(SchemaError, match=r"inner\.a\[1\]: expected float, found 'two'"):
        from_json(Odd, stored)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pair": ["1", 2]}, "odd.pair[0]: expected int, found '1'"),
        ({"pair": [1, 2]}, "odd.pair[1]: expected str, found 2"),
        ({"tags": ["a", 2]}, "odd.tags[1]: expected str, found 2"),
        ({"maybe": {**KEY, "load": 8}}, "odd.maybe.load: expected str, found 8"),
        ({"inner": {2: []}}, "odd.inner: the key 2 is not text"),
        ({"maybe": {}, "pair": 1}, "odd.pair: expected a list, found 1"),
    ],
)
def test_the_first_fault_is_named_with_every_step_to_it(changes, message):
    """Members are read in the order in which they are declared."""
    stored = {"path": "/", "kind": "a", "pair": [1, "x"], "tags": [], "inner": {}, "maybe": None}
    with pytest.raises(SchemaError) as caught:
        from_json(Odd, {**stored, **changes}, "odd")
    assert str(caught.value) == message


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested:
    """A kind that holds itself."""

    inner: tuple[Nested, ...]


def test_a_kind_may_hold_itself():
    """As a tree does."""
    tree = Nested(inner=(Nested(inner=()), Nested(inner=(Nested(inner=()),))))
    assert from_json(Nested, to_json(tree)) == tree
    with pytest.raises(SchemaError, match=r"inner\[1\]\.inner\[0\]\.inner: expected a list"):
        from_json(Nested, {"inner": [{"inner": []}, {"inner": [{"inner": 3}]}]})


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        ("kind", "c", "kind: expected one of a, b, found 'c'"),
        ("pair", [1], "pair: expected a list of 2, found [1]"),
        ("tags", "abc", "tags: expected a list, found 'abc'"),
        ("inner", [], "inner: expected an object, found []"),
    ],
)
def test_each_kind_says_what_it_expects(member, value, message):
    """Choices, pairs, lists and objects have messages of their own."""
    stored = {"path": "/", "kind": "a", "pair": [1, "x"], "tags": [], "inner": {}, "maybe": None}
    with pytest.raises(SchemaError) as caught:
        from_json(Odd, {**stored, member: value})
    assert str(caught.value) == message


def test_a_status_that_is_none_names_the_allowed_ones():
    """An enumeration is read by value."""
    with pytest.raises(SchemaError, match="expected one of ok, failed, skipped, found 'fine'"):
        from_json(Status, "fine")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_lacks_are_refused_with_their_path(value):
    """A nan in a latency must be met when it is written, not when it is read."""
    latency = Latency(count=1, mean=1, p50=value, p90=1, p95=1, p99=1, max=1, histogram="")
    with pytest.raises(SchemaError, match=r"p50: .* has no JSON form"):
        to_json(latency)


def test_whole_numbers_are_read_as_floats_where_floats_belong():
    """Other writers of JSON drop the point of 1.0."""
    stored = {"count": 1, "mean": 1, "p50": 1, "p90": 1, "p95": 1, "p99": 1, "max": 1}
    read = from_json(Latency, {**stored, "histogram": ""})
    assert isinstance(read.mean, float)


def test_a_meter_round_trips_through_its_own_json():
    """The drive passes meters to its worker as JSON."""
    meter = Meter(component="app", kind="processes", ref="12,13")
    assert Meter.from_json(json.loads(json.dumps(meter.to_json()))) == meter
