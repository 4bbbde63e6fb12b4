"""What came back for a request, and short texts for what went wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from math import nan
from typing import Any, NamedTuple

from harness.drive.heads import content_type

BUSY = frozenset({408, 429})
SERVER_FAULT = 500
UNREAD = object()


class Event(NamedTuple):
    """One server-sent event: its name, its data as it came, when it was read (perf_counter)."""

    name: str
    data: bytes
    at: float

    @property
    def json(self) -> Any:
        """The data as JSON; raises ValueError when it is none."""
        return json.loads(self.data)


@dataclass(slots=True, kw_only=True)
class Answer:
    """An answer, or what stood in its place: status 0 and an `error`.

    `error` is empty when the answer was expected and right; `events` holds those of a stream;
    `first` is when its first byte had come and `end` when its last (perf_counter), nan for none.
    """

    status: int
    body: bytes = b""
    head: bytes = b""
    events: tuple[Event, ...] = ()
    first: float = nan
    end: float = nan
    error: str = ""
    _parsed: Any = field(default=UNREAD, repr=False, compare=False)

    @property
    def ok(self) -> bool:
        """Whether the expected answer came and was right."""
        return not self.error

    @property
    def content_type(self) -> str:
        """The header's value, "" without one."""
        return content_type(self.head).decode("latin-1")

    @property
    def text(self) -> str:
        """The body as text; what is not UTF-8 is replaced."""
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """The body as JSON, read once; raises ValueError when it is none."""
        if self._parsed is UNREAD:
            self._parsed = json.loads(self.body)
        return self._parsed


def status_fault(status: int, body: bytes) -> str:
    """Return a short text for an unexpected status, with the type of the problem document."""
    try:
        kind = str(json.loads(body)["type"]).rpartition(":")[2]
    except (ValueError, KeyError, TypeError):
        return f"status {status}"
    return f"status {status} {kind}"[:120]


def is_server_fault(status: int) -> bool:
    """Whether a status says that the server could not, rather than that the request was wrong."""
    return status >= SERVER_FAULT or status in BUSY
