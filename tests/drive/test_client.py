"""What becomes of requests, against a real server, by the outcome that is recorded."""

from time import perf_counter

import numpy as np
import pytest

from harness.drive.gates import ClosedGate
from harness.drive.results import Outcome


@pytest.fixture
def client(serve, connect):
    """Make a client of a running test target."""
    return connect(serve().url)


def test_an_answer_that_is_right_is_answered(client, last):
    """Status, body and text come back."""
    answer = client.request("visit", "GET", "/")
    assert (answer.ok, answer.status, answer.json) == (True, 200, {"status": "ok"})
    assert last(client) == (Outcome.ANSWERED, "")


def test_a_server_error_is_failed(client, last):
    """5xx is the server's failure, named by the type of its problem document."""
    assert not client.request("visit", "GET", "/broken").ok
    assert last(client) == (Outcome.FAILED, "status 503 unavailable")


def test_an_unexpected_status_is_wrong(client, last):
    """A 404 for what exists is an answer that does not fit."""
    assert not client.request("visit", "GET", "/missing").ok
    assert last(client) == (Outcome.WRONG, "status 404 not-found")


def test_a_check_that_objects_makes_an_answer_wrong(client, last):
    """What the check says becomes the error."""
    client.request("visit", "GET", "/", check=lambda _: "not what I asked for")
    assert last(client) == (Outcome.WRONG, "not what I asked for")


def test_a_check_that_stumbles_makes_an_answer_wrong(client, last):
    """A missing member is not a reason to lose the request."""
    client.request("visit", "GET", "/", check=lambda answer: answer.json["items"])
    assert last(client) == (Outcome.WRONG, "KeyError: 'items'")


def test_bad_json_is_wrong(client, last):
    """An answer that cannot be read is counted, not swallowed."""
    client.request("visit", "GET", "/bad-json", check=lambda answer: answer.json and None)
    outcome, error = last(client)
    assert (outcome, error[:15]) == (Outcome.WRONG, "JSONDecodeError")


def test_no_answer_in_time_is_failed(client, last):
    """The limit spans the whole exchange."""
    started = perf_counter()
    client.request("visit", "GET", "/hang")
    assert perf_counter() - started == pytest.approx(0.5, abs=0.2)
    assert last(client) == (Outcome.FAILED, "no answer within 0.5 s")


def test_a_request_after_a_timeout_uses_another_connection(client):
    """The late answer of the first can never be taken for that of the second."""
    client.request("visit", "GET", "/hang")
    assert client.request("visit", "GET", "/").ok


def test_a_closed_connection_is_failed_and_sent_once(serve, connect, last):
    """Nothing is repeated behind the user's back: one request arrives, one failure is noted."""
    server = serve()
    client = connect(server.url)
    client.request("visit", "GET", "/close")
    assert last(client) == (Outcome.FAILED, "connection closed without an answer")
    assert len(server.arrivals()) == 1


def test_a_refused_connection_is_failed(free_port, connect, last):
    """Nobody listens."""
    client = connect(f"http://127.0.0.1:{free_port}")
    client.request("visit", "GET", "/")
    assert last(client) == (Outcome.FAILED, "connection refused")


def test_closed_users_pause_after_a_broken_connection(free_port, connect):
    """A dead stack is not asked at 100 % CPU: at most one try in 50 ms."""
    gate = ClosedGate()
    gate.open(0, 10, ())
    client = connect(f"http://127.0.0.1:{free_port}", gate)
    started = perf_counter()
    for _ in range(4):
        client.request("visit", "GET", "/")
    assert perf_counter() - started >= 0.2


def test_a_stream_is_timed_from_token_to_token(client):
    """First token after 50 ms, then pauses of 50 ms; the events come back in order."""
    answer = client.stream("streamMessage", "/stream", json={})
    row = client.journal.samples()[0]
    assert [event.name for event in answer.events] == ["token"] * 5 + ["done"]
    assert (row["first"] - row["sent"], row["tokens"]) == (pytest.approx(0.05, abs=0.03), 5)
    assert np.array(client.journal.gap_seconds) == pytest.approx([0.05] * 4, abs=0.03)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/stream/error", (Outcome.FAILED, "status 200 model-failed")),
        ("/stream/undone", (Outcome.WRONG, "the stream ended without done or error")),
    ],
)
def test_a_stream_that_does_not_end_well_is_not_answered(client, path, expected, last):
    """An `error` event is the server's failure; no end at all breaks the contract."""
    client.stream("streamMessage", path, json={})
    assert last(client) == expected


def test_a_stream_that_is_cut_is_failed(client, last):
    """The connection closes between two chunks."""
    client.stream("streamMessage", "/stream/cut", json={})
    outcome, error = last(client)
    assert (outcome, error[:24]) == (Outcome.FAILED, "not HTTP, or cut short: ")
