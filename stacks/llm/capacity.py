"""Measures how much the server can do, so that no stack is judged by the model behind it.

The client is one thread of plain Python that keeps one call open on each connection. It is itself a
bound: the rates are "at least". `server_busy` tells what gave out: near 1 the server's core was
full; well below, the client or neighbours on the machine were, and 1 / `whole_cpu_s` is then the
better estimate of what one core of the server can do. Only the standard library is needed.
"""

import argparse
import itertools
import json
import math
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from . import NAME

_PATIENCE_S = 5.0
_PROMPTS = 64
_READ = 256 * 1024
_LAST_EVENT = b"data: [DONE]\n\n\r\n0\r\n\r\n"
_WORDS = "which of our stored messages should the next page show when two readers ask at once"


class CapacityError(Exception):
    """The server's headroom could not be measured; the message says what was met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What the server managed without its model of time.

    Rates are whole answers, streamed answers and streamed tokens per second; a stream's tokens were
    written one by one. `whole_cpu_s` and `stream_cpu_s` are CPU seconds of the server per call;
    `server_busy` is its CPU seconds per second, the lower of the two phases.
    """

    whole_per_s: float
    streams_per_s: float
    whole_cpu_s: float
    stream_cpu_s: float
    server_busy: float
    seconds: float
    connections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Phase:
    """One kind of call for half of the time."""

    calls: int
    wall_s: float
    cpu_s: float


def measure_capacity(url: str, seconds: float = 1.0, connections: int = 8) -> Capacity:
    """Load the server at `url` (with or without `/v1`) for `seconds`, half whole, half streamed.

    Calls go to the probe model, which answers without delay and is counted apart from real calls.
    Takes at most about half a second longer than `seconds`. Raises CapacityError when there is no
    such server, and when it answers anything but 200.
    """
    if not math.isfinite(seconds) or seconds <= 0 or connections < 1:
        raise ValueError("seconds must be above 0 and connections at least 1")
    base = url.rstrip("/").removesuffix("/v1")
    if _get(base, "/version").get("name") != NAME:
        raise CapacityError(f"{base} is not {NAME}; only that server may be loaded for a measure")
    whole = _phase(base, seconds / 2, connections, stream=False)
    streams = _phase(base, seconds / 2, connections, stream=True)
    return Capacity(
        whole_per_s=whole.calls / whole.wall_s,
        streams_per_s=streams.calls / streams.wall_s,
        whole_cpu_s=whole.cpu_s / whole.calls,
        stream_cpu_s=streams.cpu_s / streams.calls,
        server_busy=min(whole.cpu_s / whole.wall_s, streams.cpu_s / streams.wall_s),
        seconds=seconds,
        connections=connections,
    )


def _phase(base: str, seconds: float, connections: int, *, stream: bool) -> _Phase:
    """Keep every connection busy for `seconds`, then wait for what is still open."""
    host, port = urlsplit(base).hostname or "127.0.0.1", urlsplit(base).port or 80
    requests = itertools.cycle([_request(host, i, stream=stream) for i in range(_PROMPTS)])
    used_before = float(_get(base, "/stats")["cpu_s"])
    try:
        with ExitStack() as opened:
            selector = opened.enter_context(selectors.DefaultSelector())
            begin = time.monotonic()
            for _ in range(connections):
                connected = socket.create_connection((host, port), _PATIENCE_S)
                opened.enter_context(connected)
                selector.register(connected, selectors.EVENT_READ, _Lane(connected, stream=stream))
                connected.sendall(next(requests))
            calls = _drive(selector, requests, begin + seconds)
            wall = time.monotonic() - begin
    except OSError as error:
        raise CapacityError(f"{base} broke a connection off: {error}") from error
    used = float(_get(base, "/stats")["cpu_s"]) - used_before
    return _Phase(calls=calls, wall_s=wall, cpu_s=used)


class _Lane:
    """A connection with one call open on it."""

    __slots__ = ("_stream", "_tail", "socket")

    def __init__(self, connected: socket.socket, *, stream: bool) -> None:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = connected
        self._stream = stream
        self._tail = b""

    def answered(self) -> bool:
        """Read what is there; tells whether the answer is complete."""
        data = self.socket.recv(_READ)
        if not data:
            raise CapacityError("the server closed a connection in the middle of an answer")
        if not self._tail and not data.startswith(b"HTTP/1.1 200 "):
            raise CapacityError(f"the server answered {data[:200]!r} instead of 200")
        data = self._tail + data
        complete = data.endswith(_LAST_EVENT) if self._stream else _is_whole(data)
        self._tail = b"" if complete else data[-len(_LAST_EVENT) :] if self._stream else data
        return complete


def _is_whole(data: bytes) -> bool:
    """Tell whether an answer with a length has arrived in full."""
    head, end, body = data.partition(b"\r\n\r\n")
    length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
    return bool(end) and len(body) >= int(length)


def _drive(selector: selectors.BaseSelector, requests: Iterator[bytes], deadline: float) -> int:
    """Send the next request on each connection whose answer came, until the deadline."""
    calls = 0
    while selector.get_map():
        ready = selector.select(_PATIENCE_S)
        if not ready:
            raise CapacityError(f"the server was silent for {_PATIENCE_S:g} s")
        over = time.monotonic() >= deadline
        for key, _ in ready:
            if not key.data.answered():
                continue
            calls += 1
            if over:
                selector.unregister(key.fileobj)
            else:
                key.data.socket.sendall(next(requests))
    return calls


def _request(host: str, number: int, *, stream: bool) -> bytes:
    """Give a call's bytes: a conversation of a few messages, as the apps send them."""
    messages = [{"role": "system", "content": "You are a helpful assistant."}]
    for turn in range(4):
        messages.append({"role": "user", "content": f"{_WORDS} {turn}"})
        messages.append({"role": "assistant", "content": _WORDS})
    messages.append({"role": "user", "content": f"{_WORDS} {number}"})
    call: dict[str, object] = {"model": "bakeoff-probe", "messages": messages, "stream": stream}
    if stream:
        call["stream_options"] = {"include_usage": True}
    body = json.dumps(call).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: {host}\r\naccept: */*\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _get(base: str, path: str) -> dict[str, Any]:
    """Read one of the server's documents, through no proxy."""
    at = urlsplit(base)
    connection = HTTPConnection(at.hostname or "127.0.0.1", at.port or 80, timeout=_PATIENCE_S)
    try:
        connection.request("GET", path)
        document = json.load(connection.getresponse())
    except (HTTPException, OSError, ValueError) as error:
        raise CapacityError(f"{base}{path} could not be read: {error}") from error
    finally:
        connection.close()
    if not isinstance(document, dict):
        raise CapacityError(f"{base}{path} gave no JSON object")
    return document


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a measurement as JSON: `python -m stacks.llm.capacity http://127.0.0.1:9000`."""
    parser = argparse.ArgumentParser(description="Measures the headroom of the model server.")
    parser.add_argument("url")
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--connections", type=int, default=8)
    given = parser.parse_args(arguments)
    try:
        capacity = measure_capacity(given.url, given.seconds, given.connections)
    except (CapacityError, ValueError) as error:
        raise SystemExit(f"capacity: {error}") from error
    print(json.dumps(asdict(capacity)))  # noqa: T201 - its output is the point


if __name__ == "__main__":
    main()
