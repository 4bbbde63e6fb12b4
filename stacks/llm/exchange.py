"""One request and the means to answer it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .errors import ApiError

if TYPE_CHECKING:
    from .connection import Connection


class Work(Protocol):
    """An answer that takes time. Exactly one of `lost` and the exchange's own end happens."""

    def lost(self) -> None:
        """Stop: the client is gone."""

    def resume(self) -> None:
        """Go on writing: the client has read what was waiting."""


class Exchange:
    """A request as it was read, and its answer as it is written.

    `refused` is set instead of a body when the request broke HTTP or a limit. The answer is one of:
    `reply`; `start_stream`, `write` ... and `end`; or `cut`, which breaks the connection off.
    """

    __slots__ = (
        "_connection",
        "_http_1_0",
        "_keep_alive",
        "body",
        "method",
        "path",
        "refused",
        "work",
    )

    def __init__(
        self,
        connection: Connection,
        *,
        method: bytes = b"",
        path: bytes = b"",
        body: bytes = b"",
        keep_alive: bool = False,
        http_1_0: bool = False,
        refused: ApiError | None = None,
    ) -> None:
        """Take the request's parts; the connection gives the exchange to the application."""
        self._connection = connection
        self._keep_alive = keep_alive
        self._http_1_0 = http_1_0
        self.method = method
        self.path = path
        self.body = body
        self.refused = refused
        self.work: Work | None = None

    @property
    def writable(self) -> bool:
        """Whether the client keeps up with reading; `work.resume` is called when it does again."""
        return self._connection.writable

    def reply(self, status: int, body: bytes, headers: bytes = b"") -> None:
        """Send a whole answer of JSON; `headers` are further complete lines."""
        lines = b"content-type: application/json\r\ncontent-length: %d\r\n%b%b" % (
            len(body),
            headers,
            self._connection_line(),
        )
        head = self._connection.heads.head(status, lines)
        self._connection.send(head if self.method == b"HEAD" else head + body)
        self._finish()

    def reply_error(self, error: ApiError, headers: bytes = b"") -> None:
        """Send an error document."""
        self.reply(error.status, error.body(), headers)

    def start_reply(self, body: bytes, sent: int) -> None:
        """Send the head of a whole answer and the first `sent` bytes of its body only."""
        lines = b"content-type: application/json\r\ncontent-length: %d\r\n" % len(body)
        self._connection.send(self._connection.heads.head(200, lines) + body[:sent])

    def start_stream(self) -> None:
        """Send the head of a stream; HTTP/1.0 has no chunks, so there the end is a close."""
        if self._http_1_0:
            self._keep_alive = False
        framing = b"" if self._http_1_0 else b"transfer-encoding: chunked\r\n"
        lines = (
            b"content-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n"
            b"x-accel-buffering: no\r\n" + framing + self._connection_line()
        )
        self._connection.send(self._connection.heads.head(200, lines))

    def write(self, data: bytes) -> None:
        """Send a piece of a stream, as one chunk; it must not be empty."""
        self._connection.send(data if self._http_1_0 else b"%x\r\n%b\r\n" % (len(data), data))

    def end(self) -> None:
        """End a stream."""
        if not self._http_1_0:
            self._connection.send(b"0\r\n\r\n")
        self._finish()

    def cut(self) -> None:
        """Close the connection in the middle of the answer, once what was written is sent."""
        self._keep_alive = False
        self._finish()

    def _connection_line(self) -> bytes:
        """Say what becomes of the connection, where it is not what the version implies."""
        if self._connection.stopping:
            self._keep_alive = False
        if not self._keep_alive:
            return b"connection: close\r\n"
        return b"connection: keep-alive\r\n" if self._http_1_0 else b""

    def _finish(self) -> None:
        self.work = None
        self._connection.finished(self, keep_alive=self._keep_alive)
