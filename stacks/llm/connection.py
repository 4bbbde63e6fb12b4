"""HTTP/1.1 on one connection: keep-alive, pipelining, limits, back-pressure.

Requests are parsed as they arrive and answered one after the other. A client that closes its side,
even only for sending, is taken as gone: that is how a stream nobody reads is stopped.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import cast

import httptools

from .errors import ApiError
from .exchange import Exchange
from .heads import Heads

_PIPELINED = 16
_HEAD_LIMIT = 64 * 1024
_LINGER_S = 1.0


class Connection(asyncio.Protocol):
    """Reads requests, hands each to `handle` in turn, and writes what the exchanges send."""

    def __init__(
        self,
        *,
        handle: Callable[[Exchange], None],
        max_body_bytes: int,
        heads: Heads,
        connections: "set[Connection]",
    ) -> None:
        """Take what all connections of a server share; `connections` holds the open ones."""
        self.heads = heads
        self.writable = True
        self.stopping = False
        self._handle = handle
        self._max_body_bytes = max_body_bytes
        self._connections = connections
        self._queue: deque[Exchange] = deque()
        self._current: Exchange | None = None
        self._advancing = False
        self._deaf = False
        self._reading = True
        self._owes_continue = False
        self._head_bytes = 0
        self._parser = httptools.HttpRequestParser(self)
        self.on_message_begin()

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport and join the open connections."""
        self._transport = cast("asyncio.Transport", transport)
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the answer under way that its client is gone."""
        del exc
        self._connections.discard(self)
        self._queue.clear()
        self._deaf = True
        if self._current is not None and self._current.work is not None:
            self._current.work.lost()
        self._current = None

    def data_received(self, data: bytes) -> None:
        """Parse what came."""
        if self._deaf:
            return
        self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            # The parser takes a body that follows for another protocol: read on without the offer.
            plain = b"%b %b HTTP/1.1\r\n%b\r\n" % (
                self._parser.get_method(),
                self._url,
                self._framing,
            )
            self._parser = httptools.HttpRequestParser(self)
            self.data_received(plain + data[upgrade.args[0] :])
        except httptools.HttpParserError as error:
            self._refuse(ApiError(400, f"The request is not proper HTTP: {error}"))
        if self._in_head and self._head_bytes > _HEAD_LIMIT:
            self._refuse(ApiError(431, f"The head is larger than {_HEAD_LIMIT} bytes."))

    def pause_writing(self) -> None:
        """Stop answering: the client does not read."""
        self.writable = False

    def resume_writing(self) -> None:
        """Go on where the slow client stopped us."""
        self.writable = True
        if self._current is not None and self._current.work is not None:
            self._current.work.resume()
        self._advance()

    # the parser's side

    def on_message_begin(self) -> None:
        """Forget the previous request."""
        self._url = b""
        self._body: list[bytes] = []
        self._body_bytes = 0
        self._expect = b""
        self._framing = b""
        self._in_head = True

    def on_url(self, url: bytes) -> None:
        """Collect the target; it may come in pieces."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep the headers that matter here; the parser itself heeds the framing."""
        name = name.lower()
        if name == b"content-length":
            self._body_bytes = int(value)
        elif name == b"expect":
            self._expect = value.lower()
        elif name != b"transfer-encoding":
            return
        self._framing += b"%b: %b\r\n" % (name, value)

    def on_headers_complete(self) -> None:
        """Refuse what is too large before it is sent; ask for a body that waits to be asked for."""
        self._in_head = False
        if self._parser.should_upgrade():
            if self._parser.get_method() == b"CONNECT":
                self._refuse(ApiError(400, "This server is no proxy: CONNECT is not understood."))
            return
        if self._deaf:
            return
        if self._body_bytes > self._max_body_bytes:
            self._refuse_size()
        elif self._expect == b"100-continue":
            if self._parser.get_http_version() != "1.0":
                self._owes_continue = True
                self._advance()
        elif self._expect:
            self._refuse(ApiError(417, "Only 'Expect: 100-continue' is understood."))
        self._body_bytes = 0

    def on_body(self, body: bytes) -> None:
        """Collect the body up to the limit."""
        if self._deaf:
            return
        self._body.append(body)
        self._body_bytes += len(body)
        if self._body_bytes > self._max_body_bytes:
            self._refuse_size()

    def on_message_complete(self) -> None:
        """Queue the request; after one that closes the connection nothing more is read."""
        self._head_bytes = 0
        self._owes_continue = False
        if self._deaf or self._parser.should_upgrade():
            return
        keep_alive = self._parser.should_keep_alive()
        self._deaf = not keep_alive
        self._take(
            Exchange(
                self,
                method=self._parser.get_method(),
                path=_path(self._url),
                body=self._body[0] if len(self._body) == 1 else b"".join(self._body),
                keep_alive=keep_alive,
                http_1_0=self._parser.get_http_version() == "1.0",
            )
        )

    # the exchanges' side

    def send(self, data: bytes) -> None:
        """Write bytes of the current answer."""
        self._transport.write(data)

    def finished(self, exchange: Exchange, *, keep_alive: bool) -> None:
        """Go on to the next request, or close."""
        self._current = None
        if keep_alive and not self.stopping:
            self._advance()
        elif exchange.refused is not None:
            # Closing while the client still sends would reset the connection and lose the answer.
            self._transport.write_eof()
            asyncio.get_running_loop().call_later(_LINGER_S, self._transport.close)
        else:
            self._close()

    def stop(self) -> None:
        """Close when the answer under way is finished; at once if there is none."""
        self.stopping = True
        if self._current is None:
            self._close()

    def abort(self) -> None:
        """Close now, whatever is under way."""
        self._transport.abort()

    def _close(self) -> None:
        self._deaf = True
        self._queue.clear()
        self._transport.close()

    def _refuse_size(self) -> None:
        limit = f"The body is larger than {self._max_body_bytes} bytes."
        self._refuse(ApiError(413, limit))

    def _refuse(self, error: ApiError) -> None:
        """Queue an error answer behind what came before, and read no further."""
        if not self._deaf:
            self._deaf = True
            self._take(Exchange(self, refused=error))

    def _take(self, exchange: Exchange) -> None:
        self._queue.append(exchange)
        self._advance()
        if self._reading and len(self._queue) >= _PIPELINED:
            self._reading = False
            self._transport.pause_reading()

    def _advance(self) -> None:
        """Answer queued requests until one takes time or the client stops reading."""
        if self._advancing:
            return
        self._advancing = True
        while self._queue and self._current is None and self.writable:
            self._current = self._queue.popleft()
            self._handle(self._current)
        self._advancing = False
        if not self._reading and len(self._queue) < _PIPELINED:
            self._reading = True
            self._transport.resume_reading()
        if self._owes_continue and self._current is None and not self._queue:
            self._owes_continue = False
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def _path(url: bytes) -> bytes:
    """Give the path of a target without its query; a proxy may send the whole URL."""
    if not url.startswith(b"/") and b"://" in url:
        url = b"/" + url.split(b"://", 1)[1].partition(b"/")[2]
    return url.partition(b"?")[0]
