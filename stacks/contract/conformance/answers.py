"""Answers as the suite holds them: what was sent, what came, and what is asked of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx

from stacks.contract.events import Event

SHOWN = 600


class BreachError(AssertionError):
    """An answer that the contract does not allow. Says what was sent, what came and why not."""


def shorten(text: str) -> str:
    """Return at most SHOWN characters of a text, for a message."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}... ({len(text)} characters)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, together with a description of the request that it answers."""

    sent: str
    status: int
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> Any:
        """Return the body read as JSON."""
        return json.loads(self.text)

    @property
    def replayed(self) -> bool:
        """Tell whether the answer says that it repeats an earlier one."""
        return self.headers.get("idempotency-replayed") == "true"

    def __str__(self) -> str:
        shown = {
            name: value
            for name, value in self.headers.items()
            if name in ("content-type", "allow", "www-authenticate", "idempotency-replayed")
        }
        return f"sent: {self.sent}\ncame: {self.status} {shown} {shorten(self.text)}"

    def breach(self, contract: str) -> BreachError:
        """Return the error that tells how this answer departs from the contract."""
        return BreachError(f"{contract}\n{self}")

    def ok(self, status: int) -> Any:
        """Return the body of an answer that must have this status."""
        if self.status != status:
            raise self.breach(f"the answer is {status}, not {self.status}")
        return self.body

    def problem(self, status: int, kind: str, pointer: str | None = None) -> dict[str, Any]:
        """Return the problem document; with `pointer`, one of its errors must point there."""
        found: dict[str, Any] = self.ok(status)
        if found["type"] != f"urn:bakeoff:problem:{kind}":
            raise self.breach(f"the problem's type is {kind}")
        pointers = [error["pointer"] for error in found.get("errors", [])]
        if pointer is not None and pointer not in pointers:
            raise self.breach(
                f"one of `errors` has the pointer {pointer!r}, but they are {pointers}"
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A stream of events, read to its end."""

    sent: str
    headers: dict[str, str]
    events: tuple[Event, ...]

    @property
    def text(self) -> str:
        """Return the deltas joined."""
        return "".join(event.data["delta"] for event in self.events if event.name == "token")

    @property
    def done(self) -> Any:
        """Return the Exchange of the `done` event, which must be there."""
        last = self.events[-1]
        if last.name != "done":
            message = f"the stream ends with `done`\nsent: {self.sent}\ncame last: {last}"
            raise BreachError(message)
        return last.data


def describe(request: httpx.Request) -> str:
    """Return the request line and the start of the body, for a message."""
    key = request.headers.get("idempotency-key")
    headers = f" Idempotency-Key: {key}" if key else ""
    try:
        body = request.content.decode("utf-8", "backslashreplace")
    except httpx.RequestNotRead:
        body = "(sent in chunks)"
    target = request.url.raw_path.decode("ascii")
    return f"{request.method} {shorten(target)}{headers} {shorten(body)}".rstrip()
