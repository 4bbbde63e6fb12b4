"""What users send requests with: every one passes the gate, is timed, checked and noted."""

from __future__ import annotations

import json as encoder
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import nan
from time import perf_counter
from typing import Protocol

import gevent

from harness.drive.answers import Answer, is_server_fault, status_fault
from harness.drive.gates import Abandoned, Gate, Ticket
from harness.drive.recorder import Ending
from harness.drive.results import Outcome
from harness.drive.wire import Broken, Wire

AFTER_BROKEN_CONNECTION_S = 0.05
OK = 200
TOKEN, DONE, ERROR = "token", "done", "error"
NO_HEADERS: Mapping[str, str] = {}
Check = Callable[[Answer], str | None]


class Journal(Protocol):
    """Where requests are noted: the recorder in a drive, Locust's own statistics by hand."""

    def begin(self, stack: int, user: int, endpoint: str, ticket: Ticket, sent: float) -> int:
        """Note that a request is sent now; return a number for `finish`."""

    def finish(self, row: int, ending: Ending) -> None:
        """Note how it ended."""

    def gaps(self, row: int, seconds: list[float]) -> None:
        """Note the pauses between its tokens."""


@dataclass(slots=True, kw_only=True)
class Client:
    """Requests of one user to one stack. Raises nothing for what a server or a check does.

    `rest_s` is how long the user thinks before its next request.
    """

    wire: Wire
    gate: Gate
    journal: Journal
    stack: int
    user: int
    rest_s: float = 0.0

    def request(
        self,
        endpoint: str,
        method: str,
        path: str,
        *,
        json: object = None,
        headers: Mapping[str, str] | None = None,
        status: int = OK,
        check: Check | None = None,
    ) -> Answer:
        """Send a request when the gate lets it through, and return what came of it.

        `endpoint` is the contract's operationId, `path` is relative to the stack's URL. Another
        status than `status` is a failure. `check` returns a short text for what is wrong with an
        answer of that status, None when it is right; whatever it raises counts as wrong too.
        """
        row, answer = self._exchange(endpoint, method, path, json, headers, stream=False)
        if row is not None:
            self._note(row, answer, _ending(endpoint, _judged(answer, status, check), answer))
        return answer

    def stream(
        self,
        endpoint: str,
        path: str,
        *,
        json: object,
        headers: Mapping[str, str] | None = None,
        check: Check | None = None,
    ) -> Answer:
        """POST and read server-sent events to the end; they are in the answer's `events`.

        Noted are the moment of the first `token` event and the pauses between token events. The
        last event must be `done`; `error` is a failure of the server. `check` as in `request`.
        """
        row, answer = self._exchange(endpoint, "POST", path, json, headers, stream=True)
        if row is not None:
            ending = _ending(endpoint, _judged_stream(answer, check), answer)
            if answer.events:
                tokens = [event.at for event in answer.events if event.name == TOKEN]
                self.journal.gaps(row, [later - earlier for earlier, later in pairwise(tokens)])
                ending.first, ending.tokens = tokens[0] if tokens else nan, len(tokens)
                ending.size = sum(len(event.data) for event in answer.events)
            self._note(row, answer, ending)
        return answer

    def _exchange(
        self,
        endpoint: str,
        method: str,
        path: str,
        json: object,
        headers: Mapping[str, str] | None,
        *,
        stream: bool,
    ) -> tuple[int | None, Answer]:
        """Return the journal's row and the answer; no row for a request that was given up."""
        headers, body = headers or NO_HEADERS, b""
        if json is not None:
            headers = {**headers, "Content-Type": "application/json"}
            body = encoder.dumps(json).encode()
        wire, gate = self.wire, self.gate
        written = wire.written(method, path, headers, body)
        rest, self.rest_s = self.rest_s, 0.0
        ticket = gate.enter(rest)
        sent = perf_counter()
        row = self.journal.begin(self.stack, self.user, endpoint, ticket, sent)
        gate.take_off(ticket)
        answer: Answer | None = None
        try:
            answer = wire.exchange(method, written, sent, stream=stream)
        except Abandoned:
            return None, Answer(status=0, error="not answered when its slice had drained")
        except Broken as broken:
            answer = Answer(status=0, end=perf_counter(), error=str(broken))
        finally:
            gate.land(perf_counter() if answer is None else answer.end)
        return row, answer

    def _note(self, row: int, answer: Answer, ending: Ending) -> None:
        self.journal.finish(row, ending)
        if not answer.status and not self.gate.impatient:
            gevent.sleep(AFTER_BROKEN_CONNECTION_S)


def _ending(endpoint: str, outcome: Outcome, answer: Answer) -> Ending:
    return Ending(
        endpoint=endpoint,
        outcome=outcome,
        status=answer.status,
        first=answer.first,
        end=answer.end,
        size=len(answer.body),
        error=answer.error,
    )


def _judged(answer: Answer, status: int, check: Check | None) -> Outcome:
    """Return how a request ended, and say in the answer what is wrong with it."""
    if answer.error:
        return Outcome.FAILED
    if answer.status != status:
        answer.error = status_fault(answer.status, answer.body)
        return Outcome.FAILED if is_server_fault(answer.status) else Outcome.WRONG
    if check is None:
        return Outcome.ANSWERED
    try:
        wrong = check(answer)
    except Exception as error:  # noqa: BLE001 - whatever a check stumbles over is a wrong answer
        wrong = f"{type(error).__name__}: {error}"
    if not wrong:
        return Outcome.ANSWERED
    answer.error = wrong
    return Outcome.WRONG


def _judged_stream(answer: Answer, check: Check | None) -> Outcome:
    last = answer.events[-1] if answer.events else None
    if answer.status != OK or (last and last.name == DONE):
        return _judged(answer, OK, check)
    if last and last.name == ERROR:
        answer.error = status_fault(OK, last.data)
        return Outcome.FAILED
    answer.error = f"the stream ended without {DONE} or {ERROR}"
    return Outcome.WRONG
