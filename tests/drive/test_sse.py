"""Server-sent events as the standard has them, however they are cut."""

import pytest

from harness.drive.results import Outcome
from harness.drive.sse import EventReader

STREAMS = {
    "plain": (b"event: token\ndata: a\n\ndata: b\n\n", [("token", b"a"), ("message", b"b")]),
    "carriage returns and newlines": (b"event: x\r\ndata: a\r\n\r\n", [("x", b"a")]),
    "carriage returns alone": (b"event: x\rdata: a\r\r", [("x", b"a")]),
    "all kinds of ends": (b"data: a\r\ndata: b\ndata: c\r\n\r", [("message", b"a\nb\nc")]),
    "several lines": (b"data: a\ndata:\ndata:  b\n\n", [("message", b"a\n\n b")]),
    "comments": (b": hello\n\n:\ndata: a\n: more\n\n", [("message", b"a")]),
    "a mark at the begin": (b"\xef\xbb\xbfdata: a\n\n", [("message", b"a")]),
    "a mark elsewhere": (b"data: a\n\n\xef\xbb\xbfdata: b\n\n", [("message", b"a")]),
    "other fields": (b"id: 1\nretry: 5\nevent: x\nnonsense\ndata: a\n\n", [("x", b"a")]),
    "a field without a colon": (b"event: x\ndata\n\n", [("x", b"")]),
    "no data": (b"event: x\n\ndata: a\n\n", [("message", b"a")]),
    "empty data": (b"data:\n\n", [("message", b"")]),
    "no end": (b"data: a\n\ndata: b\n", [("message", b"a")]),
    "colons in the data": (b'data: {"a": "b:c"}\n\n', [("message", b'{"a": "b:c"}')]),
    "the last name counts": (b"event: x\nevent: y\ndata: a\n\n", [("y", b"a")]),
    "nothing": (b"", []),
}


def _read(*pieces):
    reader = EventReader()
    for number, piece in enumerate(pieces):
        reader.feed(piece, float(number))
    return [(event.name, event.data) for event in reader.events]


@pytest.mark.parametrize(("stream", "events"), STREAMS.values(), ids=STREAMS)
def test_events_are_read_by_the_standard(stream, events):
    """Whole, byte by byte, and cut in two at any byte."""
    assert _read(stream) == events
    assert _read(*(stream[n : n + 1] for n in range(len(stream)))) == events
    for cut in range(len(stream)):
        assert _read(stream[:cut], stream[cut:]) == events


def test_an_event_has_the_moment_of_its_last_byte():
    """Not that of its first."""
    reader = EventReader()
    for at, piece in enumerate((b"data: a", b"\n", b"\ndata: b\n\ndata: c", b"\n\n")):
        reader.feed(piece, float(at))
    assert [event.at for event in reader.events] == [2.0, 2.0, 3.0]


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_events_cross_the_borders_of_chunks(peer, connect, ends):
    """Chunks of one byte, and packets of three chunks."""
    stream = b"event: token||data: 1||||event: done||data: {}||||".replace(b"||", ends)
    chunks = [b"1\r\n%c\r\n" % byte for byte in stream]
    packets = [b"".join(chunks[n : n + 3]) for n in range(0, len(chunks), 3)]
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
    steps = [step for packet in packets for step in (packet, 0.001)]
    head += b"Transfer-Encoding: chunked\r\n\r\n"
    client = connect(peer([None, head, 0.01, *steps, b"0\r\n\r\n"]).url, timeout_s=5)
    answer = client.stream("streamMessage", "/", json={})
    assert [(event.name, event.data) for event in answer.events] == [
        ("token", b"1"), ("done", b"{}"),
    ]  # fmt: skip
    assert answer.ok


def test_a_stream_may_end_with_the_connection(peer, connect, last):
    """As from gunicorn's plain worker to a client of HTTP/1.0."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    client = connect(peer([None, head + b"event: done\ndata: {}\n\n"]).url)
    client.stream("streamMessage", "/", json={})
    assert last(client) == (Outcome.ANSWERED, "")


def test_an_answer_that_is_no_stream_has_a_body(peer, connect, last):
    """A refusal is a problem document, also where events were asked for."""
    head = b"HTTP/1.1 429 Slow Down\r\nContent-Type: application/problem+json\r\n"
    body = b'{"type": "urn:bakeoff:problem:busy"}'
    client = connect(peer([None, head + b"Content-Length: %d\r\n\r\n" % len(body) + body]).url)
    client.stream("streamMessage", "/", json={})
    assert last(client) == (Outcome.FAILED, "status 429 busy")
