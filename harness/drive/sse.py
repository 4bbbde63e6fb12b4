"""Server-sent events from bytes, by the HTML standard's rules for `text/event-stream`."""

from __future__ import annotations

from harness.drive.answers import Event

EVENT_STREAM = b"text/event-stream"
MARK = b"\xef\xbb\xbf"


class EventReader:
    """Reads one stream, however it is cut. `events` are those that their blank line has ended.

    Comments and unknown fields are left out, an event without data too, and so is one that the
    end of the stream cuts off.
    """

    __slots__ = ("_data", "_name", "_rest", "_returned", "_started", "events")

    def __init__(self) -> None:
        self.events = list[Event]()
        self._data = list[bytes]()
        self._name = self._rest = b""
        self._returned = self._started = False

    def feed(self, data: bytes, at: float) -> None:
        """Take what came `at` a moment, which is when its events were read."""
        if self._returned and data[:1] == b"\n":
            data = data[1:]
        self._returned = data[-1:] == b"\r" if data else self._returned
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        data = self._rest + data
        if not self._started:
            if len(data) < len(MARK) and MARK.startswith(data):
                self._rest = data
                return
            data, self._started = data.removeprefix(MARK), True
        *lines, self._rest = data.split(b"\n")
        for line in lines:
            self._take(line, at)

    def _take(self, line: bytes, at: float) -> None:
        if not line:
            if self._data:
                name = self._name.decode("utf-8", "replace") or "message"
                self.events.append(Event(name, b"\n".join(self._data), at))
                self._data = []
            self._name = b""
            return
        field, _, value = line.partition(b":")
        if field == b"data":
            self._data.append(value.removeprefix(b" "))
        elif field == b"event":
            self._name = value.removeprefix(b" ")
