"""One kept-alive HTTP/1.1 connection to a server, and one exchange after the other on it.

A request is sent once: nothing is repeated behind the user's back, but on a connection that the
server had closed before any of the request was sent. Redirects are answers like others. One time
limit spans connecting, sending and reading; it is kept to within 0.05 s.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import inf
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import gevent

from harness.drive.answers import Answer, Event
from harness.drive.connection import Connection, SecureConnection, addresses, connected
from harness.drive.deadlines import Late
from harness.drive.heads import content_type
from harness.drive.responses import Malformed, Unanswered
from harness.drive.sse import EVENT_STREAM, EventReader
from harness.errors import UsageError

PORTS = {"http": 80, "https": 443}


class Broken(Exception):
    """The connection could not be made, broke, or took too long; the text is short and stable."""


@dataclass(slots=True, kw_only=True)
class Wire:
    """A connection to `url`, opened when needed; `timeout_s` is the limit for one exchange.

    Raises UsageError for a URL that is not of HTTP.
    """

    url: str
    timeout_s: float
    _link: Connection | None = None
    _host: str = field(init=False)
    _port: int = field(init=False)
    _prefix: str = field(init=False)
    _constant: str = field(init=False)
    _secure: bool = field(init=False)
    _places: list[Any] = field(default_factory=list)
    _headers: Mapping[str, str] = field(default_factory=dict)
    _lines: str = ""

    def __post_init__(self) -> None:
        """Split the path that all others are appended to from where to connect."""
        url = urlsplit(self.url)
        if url.scheme not in PORTS or not url.hostname:
            raise UsageError(f"{self.url!r} is no address of a server: it is http://HOST:PORT")
        self._host, self._port = url.hostname, url.port or PORTS[url.scheme]
        self._prefix = url.path.rstrip("/")
        self._constant = f" HTTP/1.1\r\nHost: {url.netloc.rpartition('@')[2]}\r\n"
        self._secure = url.scheme == "https"

    def __del__(self) -> None:
        """Let go of the connection, which the event loop holds."""
        self.close()

    def written(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
        """Return the bytes of a request."""
        if headers != self._headers:
            self._headers = dict(headers)
            self._lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        head = f"{method} {self._prefix}{path}{self._constant}{self._lines}"
        if body or method != "GET":
            return f"{head}Content-Length: {len(body)}\r\n\r\n".encode("latin-1") + body
        return f"{head}\r\n".encode("latin-1")

    def exchange(self, method: str, written: bytes, sent: float, *, stream: bool = False) -> Answer:
        """Send what was written, at the moment `sent`, and read the answer.

        With `stream`, an answer that is an event stream is read as events. Raises Broken. After
        any exception the next exchange opens another connection.
        """
        try:
            link = self._sent(method, written, sent)
            data = link.receive()
            first = end = perf_counter()
            reader = link.reader
            events: tuple[Event, ...] = ()
            if stream:
                events, end = _events(link, data, first)
            else:
                while not reader.take(data):
                    data = link.receive()
                    end = perf_counter()
        except BaseException as error:
            unanswered = self._link is None or not self._link.reader.raw
            self.close()
            if isinstance(error, Late):
                raise Broken(f"no answer within {self.timeout_s:g} s") from error
            if isinstance(error, OSError | Malformed):
                raise Broken(_fault(error, unanswered=unanswered)) from error
            raise
        link.deadline = inf
        if not reader.keep or link.stale:
            self.close()
        return Answer(
            status=reader.status,
            body=reader.taken(),
            head=reader.raw,
            events=events,
            first=first,
            end=end,
        )

    def close(self) -> None:
        """Give the connection up."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def _sent(self, method: str, written: bytes, sent: float) -> Connection:
        """Send on the open connection, or on a new one."""
        link = self._link
        if link is not None and not link.stale:
            link.reader.begin(method)
            link.deadline = sent + self.timeout_s
            try:
                link.send(written)
            except ConnectionError:
                pass  # it was closed, and nothing of the request is on its way
            else:
                return link
        self.close()
        limit = max(0.0, sent + self.timeout_s - perf_counter())
        with gevent.Timeout(limit, Late):
            self._link = link = self._opened()
        link.reader.begin(method)
        link.deadline = sent + self.timeout_s
        link.send(written)
        return link

    def _opened(self) -> Connection:
        try:
            self._places = self._places or addresses(self._host, self._port)
            sock = connected(self._places)
        except OSError:
            self._places = []
            raise
        if not self._secure:
            return Connection(sock)
        link = SecureConnection(sock, self._host, trust())
        try:
            link.greet()
        except BaseException:
            link.close()
            raise
        return link


def _events(link: Connection, data: bytes, first: float) -> tuple[tuple[Event, ...], float]:
    """Read an answer to its end; return its events, none if it is no event stream, and its end."""
    reader, events, streamed, end = link.reader, EventReader(), False, first
    while True:
        complete = reader.take(data)
        streamed = streamed or content_type(reader.raw).startswith(EVENT_STREAM)
        if streamed:
            events.feed(reader.taken(), end)
        if complete:
            return tuple(events.events), end
        data = link.receive()
        end = perf_counter()


@cache
def trust() -> ssl.SSLContext:
    """Return whom to trust: the system's authorities, or those in the file SSL_CERT_FILE."""
    return ssl.create_default_context()


def _fault(error: OSError | Malformed, *, unanswered: bool) -> str:
    if isinstance(error, Unanswered) or (unanswered and isinstance(error, ConnectionResetError)):
        return "connection closed without an answer"
    if isinstance(error, Malformed):
        return f"not HTTP, or cut short: {error}"
    if isinstance(error, ConnectionError):
        return {
            ConnectionRefusedError: "connection refused",
            ConnectionResetError: "connection reset",
            BrokenPipeError: "connection closed while sending",
        }.get(type(error), "connection aborted")
    return f"{type(error).__name__}: {error}"
