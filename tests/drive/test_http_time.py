"""Exchanges that take too long, break off, or are answered before they were sent."""

import socket
import struct
from time import perf_counter

import pytest

from harness.drive.results import Outcome

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
GET = ("visit", "GET", "/")
LATE = (Outcome.FAILED, "no answer within 0.5 s")
LARGE = {"content": "x" * 8_000_000}


@pytest.fixture
def full():
    """Return the URL of a server that has no room for another connection."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        waiting = [socket.socket() for _ in range(8)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        for one in waiting:
            one.close()


def _took(client, *request, **more):
    started = perf_counter()
    client.request(*(request or GET), **more)
    return perf_counter() - started


def test_the_limit_spans_connecting(full, connect, last):
    """A server that does not take the connection."""
    client = connect(full)
    assert _took(client) == pytest.approx(0.5, abs=0.2)
    assert last(client) == LATE


def test_the_limit_spans_sending(peer, connect, last):
    """A server that does not read what it is sent."""
    client = connect(peer([2.0]).url)
    assert _took(client, "visit", "POST", "/", json=LARGE) == pytest.approx(0.5, abs=0.25)
    assert last(client) == LATE


def test_the_limit_spans_all_of_the_reading(peer, connect, last):
    """A server that always sends a little more, never long after the last."""
    trickle = [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", *[0.1, b"x"] * 10]
    client = connect(peer([None, *trickle]).url)
    assert _took(client) == pytest.approx(0.5, abs=0.2)
    assert last(client) == LATE


def test_the_limit_is_for_each_exchange(peer, connect):
    """Four answers after 0.3 s each, over one connection, are all in time."""
    client = connect(peer([None, 0.3, OK] * 4).url)
    assert all(client.request(*GET).ok for _ in range(4))


def test_what_is_too_large_for_one_packet_is_sent_whole(peer, connect):
    """A server that takes its time to read gets all of it."""
    there = peer([0.1, None, OK])
    client = connect(there.url, timeout_s=10)
    assert client.request("visit", "POST", "/", json=LARGE).ok
    assert len(there.requests[0]) > 8_000_000


def test_an_answer_before_the_request_was_sent_is_read(peer, connect):
    """A server that has seen enough answers and closes; what it said counts, not that it closed."""
    refusal = b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    client = connect(peer([0.05, refusal, 0.2], [None, OK]).url, timeout_s=5)
    answer = client.request("visit", "POST", "/", json=LARGE)
    assert (answer.status, answer.error) == (413, "status 413")
    assert client.request(*GET).ok


@pytest.mark.parametrize(
    ("said", "error"),
    [(b"", "connection closed without an answer"), (OK[:-1], "connection reset")],
)
def test_a_reset_is_a_failure(peer, connect, last, said, error):
    """The peer's system throws the connection away, before or after the first byte."""
    there = peer([None, said, 0.05])
    # Closing with this option resets the connection; accepted sockets inherit it.
    there.listener.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client = connect(there.url)
    client.request(*GET)
    assert last(client) == (Outcome.FAILED, error)


def test_a_name_that_nobody_has_is_a_failure(connect, last):
    """The text is that of the system's resolver."""
    client = connect("http://nobody.invalid", timeout_s=10)
    client.request(*GET)
    outcome, error = last(client)
    assert (outcome, error.partition(":")[0]) == (Outcome.FAILED, "gaierror")


def test_a_name_is_looked_up(peer, connect):
    """And each of its addresses is tried: the name may be that of an IPv6 address first."""
    there = peer([None, OK])
    assert connect(there.url.replace("127.0.0.1", "localhost")).request(*GET).ok
