"""Judging single answers by openapi.yaml, and reading streams."""

from __future__ import annotations

import json

import pytest

from stacks.contract.events import Event, read_events
from stacks.contract.spec import answer_faults, methods_of, operation_at, operations, schema_faults

USER = {"id": "u-1", "name": "abc", "created_at": "2026-01-02T03:04:05.678Z"}
PROBLEM = {"type": "urn:bakeoff:problem:not-found", "title": "Not found", "status": 404}
AS_JSON = {"content-type": "application/json"}
AS_PROBLEM = {"content-type": "application/problem+json"}


def test_every_operation_of_the_contract_is_known() -> None:
    """Operations are found by method and path, whatever the conversation's id."""
    assert {each.name for each in operations()} >= {"health", "sendMessage", "searchMessages"}
    found = operation_at("POST", "/v1/conversations/c-1/messages")
    assert found is not None
    assert found.name == "sendMessage"
    assert operation_at("GET", "/v1/conversations/c-1/x") is None
    assert methods_of("/v1/conversations") == {"GET", "POST"}


def test_an_answer_that_fits_has_no_faults() -> None:
    """Status, media type and schema as in the contract."""
    assert answer_faults("GET", "/v1/me", 200, AS_JSON, json.dumps(USER)) == []


@pytest.mark.parametrize(
    ("status", "headers", "body", "told"),
    [
        (201, AS_JSON, USER, "never with 201"),
        (200, {"content-type": "text/html"}, USER, "text/html"),
        (200, AS_JSON, {**USER, "password": "x"}, "password"),
        (200, AS_JSON, {**USER, "created_at": "2026-01-02 03:04:05"}, "created_at"),
        (404, AS_PROBLEM, PROBLEM, "never with 404"),
    ],
)
def test_a_fault_is_told(status: int, headers: dict[str, str], body: object, told: str) -> None:
    """Each departure from the contract is told in words."""
    faults = answer_faults("GET", "/v1/me", status, headers, json.dumps(body))
    assert any(told in fault for fault in faults)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"status": 400}, "status line"),
        ({"type": "urn:bakeoff:problem:conflict"}, "not conflict"),
        ({"detail": "Traceback (most recent call last)"}, "internal"),
        ({"type": "about:blank"}, "about:blank"),
    ],
)
def test_a_wrong_problem_document_is_told(change: dict[str, object], told: str) -> None:
    """Problem documents agree with their status and tell nothing internal."""
    text = json.dumps({**PROBLEM, **change})
    assert told in " ".join(answer_faults("GET", "/nowhere", 404, AS_PROBLEM, text))


def test_schemas_are_found_by_name() -> None:
    """Values are checked against any schema of the contract."""
    assert schema_faults("Health", {"status": "ok"}) == []
    assert schema_faults("Health", {"status": "fine"}) != []


def test_events_are_read_however_they_are_cut() -> None:
    """Chunks may end anywhere, inside a character too; comments are passed over."""
    text = ': hi\n\nevent: token\ndata: {"delta": "é"}\n\nevent: done\r\ndata: {}\r\n\r\n'
    expected = [Event(name="token", data={"delta": "é"}), Event(name="done", data={})]
    for size in (1, 7, 1000):
        raw = text.encode()
        chunks = [raw[at : at + size] for at in range(0, len(raw), size)]
        assert list(read_events(chunks)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "event: token\ndata: {\n\n",
        "event: token\n\n",
        "data: {}\n\n",
        "event: a\ndata: {}\ndata: {}\n\n",
        "event: a\ndata: {}",
        "event: a\ndata: {}\n",
    ],
)
def test_a_stream_that_breaks_the_framing_is_refused(text: str) -> None:
    """Each event has a name and one line of JSON, and ends with an empty line."""
    with pytest.raises(ValueError, match=r"event|line"):
        list(read_events([text.encode()]))
