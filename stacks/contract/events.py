"""Server-sent events, read as the standard says: bytes in, named events out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of a stream: its name and its data, read as JSON."""

    name: str
    data: Any


def read_events(chunks: Iterable[bytes]) -> Iterator[Event]:
    """Yield each event as soon as its blank line has arrived.

    Raises ValueError where the contract's framing (a name, one line of JSON as data, UTF-8) is
    not kept, or where the stream ends inside an event.
    """
    fields: dict[str, str] = {}
    for line in _lines(chunks):
        if not line:
            if fields:
                yield _event(fields)
            fields = {}
            continue
        name, _, value = line.partition(":")
        if name in ("event", "data"):
            if name in fields:
                message = f"an event has one {name!r} line, but here is a second: {line[:80]!r}"
                raise ValueError(message)
            fields[name] = value.removeprefix(" ")
    if fields:
        message = f"the stream ended inside an event: {fields}"
        raise ValueError(message)


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    pending = b""
    for chunk in chunks:
        *whole, pending = (pending + chunk).split(b"\n")
        for line in whole:
            yield line.removesuffix(b"\r").decode("utf-8")
    if pending:
        message = f"the stream ended inside a line: {pending[:80]!r}"
        raise ValueError(message)


def _event(fields: dict[str, str]) -> Event:
    missing = {"event", "data"} - set(fields)
    if missing:
        message = f"an event has a name and data; {', '.join(sorted(missing))} is missing: {fields}"
        raise ValueError(message)
    try:
        data = json.loads(fields["data"])
    except ValueError as error:
        message = f"data of an event is JSON, but {fields['data'][:80]!r} is not: {error}"
        raise ValueError(message) from error
    return Event(name=fields["event"], data=data)
