"""The books against what clients were told."""

import pytest

from harness.contract import Acknowledged, Effects
from scenarios.audit import contradictions

EFFECTS = (
    Effects(endpoint="sendMessage", stores={"messages": 2, "usage_events": 1}),
    Effects(endpoint="createConversation", stores={"conversations": 1}),
)


def _told(answered, unsure, **grown):
    before = {"users": 3, "conversations": 5, "messages": 10, "usage_events": 5}
    after = {kind: count + grown.get(kind, 0) for kind, count in before.items()}
    return Acknowledged(answered=answered, unsure=unsure, before=before, after=after)


def test_books_that_agree_have_no_contradictions():
    """Ten messages are twenty rows and ten events."""
    told = _told({"sendMessage": 10}, {}, messages=20, usage_events=10)
    assert contradictions(EFFECTS, told) == ()


def test_a_lost_write_is_named():
    """Ten messages acknowledged, nineteen rows found."""
    told = _told({"sendMessage": 10}, {}, messages=19, usage_events=10)
    assert contradictions(EFFECTS, told) == (
        "messages grew by 19, but clients were told of 20: 1 lost.",
    )


def test_a_double_write_is_named():
    """One conversation acknowledged, two found."""
    told = _told({"createConversation": 1}, {}, conversations=2)
    assert contradictions(EFFECTS, told) == (
        "conversations grew by 2, but clients were told of 1: 1 too many.",
    )


@pytest.mark.parametrize("messages", [20, 22, 24])
def test_requests_without_an_answer_may_or_may_not_count(messages):
    """Two that are unsure widen what is allowed by four rows."""
    told = _told({"sendMessage": 10}, {"sendMessage": 2}, messages=messages, usage_events=11)
    assert contradictions(EFFECTS, told) == ()


def test_more_than_all_unsure_requests_could_store_is_too_many():
    """The upper bound holds."""
    told = _told({"sendMessage": 10}, {"sendMessage": 2}, messages=26, usage_events=12)
    assert contradictions(EFFECTS, told) == (
        "messages grew by 26, but clients were told of between 20 and 24: 2 too many.",
    )


def test_reading_must_not_store_anything():
    """An endpoint without effects allows no growth at all."""
    told = _told({"listMessages": 100}, {"listMessages": 100}, messages=1)
    assert contradictions(EFFECTS, told) == (
        "messages grew by 1, but clients were told of 0: 1 too many.",
    )
