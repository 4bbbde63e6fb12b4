"""One kept-alive HTTP connection, by the parts of geventhttpclient, as in Locust's FastHttpUser.

The only module that knows which HTTP library is below. Its connections and its parser (llhttp) are
used without the client above them, which repeats GETs when a connection breaks and takes longer
to write a request than to send it. One time limit spans connecting, sending and reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import gevent
from geventhttpclient.connectionpool import ConnectionPool, SSLConnectionPool
from geventhttpclient.response import (
    HTTPConnectionClosed,
    HTTPParseError,
    HTTPSocketPoolResponse,
)
from geventhttpclient.url import URL

from harness.drive.answers import Answer, Event

EVENT_STREAM = "text/event-stream"
BLOCK = 65_536
# gevent.Timeout limits the whole; a limit for each step would only cost a timer for each.
NEVER: Any = None
PORTS = {"http": 80, "https": 443}


class Broken(Exception):
    """The connection could not be made, broke, or took too long; the text is short and stable."""


@dataclass(slots=True, kw_only=True)
class Wire:
    """A connection to `url`, opened when needed; `timeout_s` is the limit for one exchange."""

    url: str
    timeout_s: float
    _pool: ConnectionPool | None = None
    _prefix: str = field(init=False)
    _host: str = field(init=False)

    def __post_init__(self) -> None:
        """Split the path that all others are appended to from where to connect."""
        url = URL(self.url)
        self._prefix = url.path.rstrip("/")
        self._host = url.netloc

    def exchange(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, *, stream: bool
    ) -> Answer:
        """Send a request and read its answer, as events when `stream` and the answer is one.

        Raises Broken. After any exception the next exchange opens another connection.
        """
        limit = gevent.Timeout.start_new(self.timeout_s)
        try:
            response = self._send(method, self._written(method, path, headers, body))
            first = perf_counter()
            content_type = str(response.get("content-type") or "")
            events: tuple[Event, ...] = ()
            if stream and content_type.startswith(EVENT_STREAM):
                events, text = tuple(_events(response)), b""
            else:
                text = response.read()
            return Answer(
                status=response.get_code(),
                content_type=content_type,
                body=text,
                events=events,
                first=first,
            )
        except BaseException as error:
            self.close()
            if error is limit:
                raise Broken(f"no answer within {self.timeout_s:g} s") from error
            if isinstance(error, OSError | HTTPParseError):
                raise Broken(_fault(error)) from error
            raise
        finally:
            limit.close()

    def close(self) -> None:
        """Give the connection up."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    def _written(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
        lines = [f"{method} {self._prefix}{path} HTTP/1.1", f"Host: {self._host}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if body or method != "GET":
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "\r\n"]).encode("latin-1") + body

    def _send(self, method: str, written: bytes) -> HTTPSocketPoolResponse:
        """Send on the open connection, or on a new one, and read the answer's head."""
        if self._pool is None:
            self._pool = _connected(self.url)
        pool = self._pool
        sock = pool.get_socket()
        try:
            sock.sendall(written)
        except BaseException:
            pool.release_socket(sock)
            raise
        return HTTPSocketPoolResponse(sock, pool, block_size=BLOCK, method=method)


def _connected(url: str) -> ConnectionPool:
    """Return a place for one connection, which is made when it is first needed."""
    to = URL(url)
    port = to.port or PORTS[to.scheme]
    kind = SSLConnectionPool if to.scheme == "https" else ConnectionPool
    return kind(
        to.host, port, to.host, port, size=1, connection_timeout=NEVER, network_timeout=NEVER
    )


def _events(response: HTTPSocketPoolResponse) -> Iterator[Event]:
    """Yield events as their blank line comes in; unknown fields and comments are left out."""
    name, data = "", list[bytes]()
    while line := response.readline(b"\n"):
        line = line.rstrip(b"\r\n")
        if not line:
            if name or data:
                yield Event(name=name or "message", data=b"\n".join(data), at=perf_counter())
            name, data = "", []
            continue
        field_, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field_ == b"event":
            name = value.decode("utf-8", "replace")
        elif field_ == b"data":
            data.append(value)


def _fault(error: OSError | HTTPParseError) -> str:
    if isinstance(error, HTTPConnectionClosed):
        return "connection closed without an answer"
    if isinstance(error, HTTPParseError):
        return f"not HTTP, or cut short: {error}"
    if isinstance(error, ConnectionError):
        return {
            ConnectionRefusedError: "connection refused",
            ConnectionResetError: "connection reset",
            BrokenPipeError: "connection closed while sending",
        }.get(type(error), "connection aborted")
    return f"{type(error).__name__}: {error}"
