"""One kept-alive HTTP connection, by geventhttpclient as in Locust's FastHttpUser.

The only module that knows which HTTP library is below. Nothing is repeated behind the caller's
back, and one time limit spans connecting, sending and reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from time import perf_counter

import gevent
from geventhttpclient import HTTPClient
from geventhttpclient.response import (
    HTTPConnectionClosed,
    HTTPParseError,
    HTTPSocketPoolResponse,
)
from geventhttpclient.url import URL

from harness.drive.answers import Answer, Event

EVENT_STREAM = "text/event-stream"


class Broken(Exception):
    """The connection could not be made, broke, or took too long; the text is short and stable."""


@dataclass(slots=True, kw_only=True)
class Wire:
    """A connection to `url`, opened when needed; `timeout_s` is the limit for one exchange."""

    url: str
    timeout_s: float
    _client: HTTPClient | None = None
    _prefix: str = field(init=False)

    def __post_init__(self) -> None:
        """Split the path that all others are appended to from where to connect."""
        self._prefix = URL(self.url).path.rstrip("/")

    def exchange(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, *, stream: bool
    ) -> Answer:
        """Send a request and read its answer, as events when `stream` and the answer is one.

        Raises Broken. After any exception the next exchange opens another connection.
        """
        limit = gevent.Timeout.start_new(self.timeout_s)
        try:
            response = self._connected().request(method, self._prefix + path, body, headers)
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
        if self._client is not None:
            self._client.close()
            self._client = None

    def _connected(self) -> HTTPClient:
        if self._client is None:
            self._client = HTTPClient.from_url(
                self.url, concurrency=1, connection_timeout=None, network_timeout=None
            )
            # Its number of repetitions after a lost connection is the pool's size plus one.
            self._client._connection_pool.size = -1  # noqa: SLF001 - there is no public setting
        return self._client


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
