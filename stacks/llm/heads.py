"""Response heads as bytes."""

import time
from email.utils import formatdate
from http import HTTPStatus

_REASONS = {status.value: status.phrase for status in HTTPStatus}


class Heads:
    """Writes status lines and headers; the date line is made once a second."""

    __slots__ = ("_date", "_lines", "_second")

    def __init__(self) -> None:
        """Start without a date; the first head makes it."""
        self._second = -1
        self._date = b""
        self._lines: dict[int, bytes] = {}

    def head(self, status: int, headers: bytes) -> bytes:
        """Give a head; `headers` are complete lines, each with its CRLF."""
        now = int(time.time())
        if now != self._second:
            self._second = now
            self._date = f"date: {formatdate(now, usegmt=True)}\r\n".encode()
        line = self._lines.get(status)
        if line is None:
            line = f"HTTP/1.1 {status} {_REASONS.get(status, 'Unknown')}\r\n".encode()
            self._lines[status] = line
        return b"%b%b%b\r\n" % (line, self._date, headers)
