"""A connection that one user at a time sends and reads on, with nothing in between.

The event loop watches it from its begin to its end: a user that waits is woken when something
comes, and what comes when nobody waits, the server's farewell above all, marks it as stale. So
watching costs no system call for a request, and a connection that the server had closed between
two requests is not used for the second.
"""

from __future__ import annotations

import ssl
from math import inf
from typing import Any

import gevent
from gevent import getcurrent, socket
from gevent.monkey import get_original

from harness.drive.deadlines import DEADLINES
from harness.drive.responses import Reader

BLOCK = 65_536
READABLE, WRITABLE = 1, 2
# A socket that gevent did not replace: this module does its own waiting.
Socket: Any = get_original("socket", "socket")


class Connection:
    """A connected socket, which must not block.

    `deadline` is when a wait is given up, by Late. `stale` says that it is of no more use.
    `used` says that it had a request before.
    """

    __slots__ = ("_io", "_sock", "_yield", "deadline", "reader", "stale", "used", "waiting")

    def __init__(self, sock: Any) -> None:
        hub = gevent.get_hub()
        self.reader = Reader()
        self.waiting: Any = None
        self.deadline = inf
        self.stale = self.used = False
        self._sock = sock
        self._yield = hub.switch
        self._io = hub.loop.io(sock.fileno(), READABLE)
        self._io.start(self._ready)
        DEADLINES.add(self)

    def send(self, data: bytes) -> None:
        """Send all of it. Raises OSError when not even a part could be sent.

        When the server no longer takes the rest, its answer may be there already, so that is left
        to `receive`.
        """
        try:
            done = self._sock.send(data)
        except BlockingIOError:
            done = 0
        if done < len(data):
            self._send_rest(memoryview(data)[done:])

    def receive(self) -> bytes:
        """Wait for something to come and return it, b"" at the end; raises OSError and Late."""
        while True:
            self.waiting = getcurrent()
            self._yield()
            try:
                return self._sock.recv(BLOCK)  # type: ignore[no-any-return]
            except BlockingIOError:
                continue

    def close(self) -> None:
        """Give the connection up."""
        self.stale, self.waiting, self.deadline = True, None, inf
        DEADLINES.discard(self)
        self._io.close()
        self._sock.close()

    def _ready(self) -> None:
        """Wake who waits; called by the event loop."""
        waiting = self.waiting
        if waiting is None:
            self._stir()
        else:
            self.waiting = None
            waiting.switch()

    def _stir(self) -> None:
        """Take note of what came unasked: nothing that comes now can be an answer."""
        self.stale = True
        self._io.stop()

    def _send_rest(self, rest: memoryview) -> None:
        hub = gevent.get_hub()
        self._io.stop()
        room = hub.loop.io(self._sock.fileno(), WRITABLE)
        try:
            while rest:
                self.waiting = getcurrent()
                hub.wait(room)
                try:
                    rest = rest[self._sock.send(rest) :]
                except BlockingIOError:
                    continue
                except ConnectionError:
                    self.stale = True
                    break
        finally:
            room.close()
        self.waiting = None
        self._io.start(self._ready)


class SecureConnection(Connection):
    """The same under TLS. Raises ssl.SSLError, which is an OSError, too."""

    __slots__ = ("_in", "_out", "_tls")

    def __init__(self, sock: Any, host: str, context: ssl.SSLContext) -> None:
        super().__init__(sock)
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_hostname=host)

    def greet(self) -> None:
        """Do the handshake."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush()
                self._take(super().receive())
            else:
                return self._flush()

    def send(self, data: bytes) -> None:
        """Send all of it."""
        self._tls.write(data)
        self._flush()

    def receive(self) -> bytes:
        """Wait for something to come and return it, b"" at the end."""
        while True:
            try:
                return self._tls.read(BLOCK)
            except ssl.SSLWantReadError:
                self._flush()
                self._take(super().receive())
            except ssl.SSLZeroReturnError:
                return b""

    def _stir(self) -> None:
        """Take the tickets for another session that servers send when they like."""
        try:
            self._take(self._sock.recv(BLOCK))
            self._tls.read(BLOCK)
        except (ssl.SSLWantReadError, BlockingIOError):
            return
        except OSError:
            pass
        super()._stir()

    def _take(self, data: bytes) -> None:
        if data:
            self._in.write(data)
        else:
            self._in.write_eof()

    def _flush(self) -> None:
        if self._out.pending:
            super().send(self._out.read())


def addresses(host: str, port: int) -> list[Any]:
    """Look a host up; raises OSError."""
    found: list[Any] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return found


def connected(places: list[Any]) -> Any:
    """Return a socket that is connected to the first of the places that takes it.

    Raises what the last one said, an OSError.
    """
    fault: OSError = OSError("no address")
    for family, kind, protocol, _, at in places:
        sock = Socket(family, kind, protocol)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _connect(sock, at)
        except OSError as error:
            sock.close()
            fault = error
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise fault


def _connect(sock: Any, at: Any) -> None:
    try:
        sock.connect(at)
    except BlockingIOError:
        hub = gevent.get_hub()
        room = hub.loop.io(sock.fileno(), WRITABLE)
        try:
            hub.wait(room)
        finally:
            room.close()
        if number := sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(number, "") from None
