"""What users send requests with: every one passes the gate, is timed, checked and noted."""

from __future__ import annotations

import json as encoder
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from math import nan
from time import perf_counter
from typing import NamedTuple, Protocol

import gevent

from harness.drive.answers import Answer, is_server_fault, status_fault
from harness.drive.gates import Abandoned, Gate, Ticket
from harness.drive.recorder import Ending
from harness.drive.results import Outcome
from harness.drive.wire import Broken, Wire

AFTER_BROKEN_CONNECTION_S = 0.05
OK = 200
TOKEN, DONE, ERROR = "token", "done", "error"
Check = Callable[[Answer], str | None]


class _Asked(NamedTuple):
    endpoint: str
    method: str
    path: str
    stream: bool


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

        def judge(answer: Answer) -> tuple[Outcome, str]:
            return _judged(answer, status, check)

        asked = _Asked(endpoint=endpoint, method=method, path=path, stream=False)
        return self._exchange(asked, json, headers, judge)

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

        def judge(answer: Answer) -> tuple[Outcome, str]:
            if answer.status == OK and (not answer.events or answer.events[-1].name != DONE):
                if answer.events and answer.events[-1].name == ERROR:
                    return Outcome.FAILED, status_fault(OK, answer.events[-1].data)
                return Outcome.WRONG, f"the stream ended without {DONE} or {ERROR}"
            return _judged(answer, OK, check)

        asked = _Asked(endpoint=endpoint, method="POST", path=path, stream=True)
        return self._exchange(asked, json, headers, judge)

    def _exchange(
        self,
        asked: _Asked,
        json: object,
        headers: Mapping[str, str] | None,
        judge: Callable[[Answer], tuple[Outcome, str]],
    ) -> Answer:
        head, body = dict(headers or ()), b""
        if json is not None:
            head["Content-Type"], body = "application/json", encoder.dumps(json).encode()
        rest, self.rest_s = self.rest_s, 0.0
        ticket = self.gate.enter(rest)
        sent = perf_counter()
        row = self.journal.begin(self.stack, self.user, asked.endpoint, ticket, sent)
        self.gate.take_off(ticket)
        try:
            answer = self.wire.exchange(asked.method, asked.path, head, body, stream=asked.stream)
        except Abandoned:
            return Answer(status=0, error="not answered when its slice had drained")
        except Broken as broken:
            answer = Answer(status=0, error=str(broken))
        finally:
            end = perf_counter()
            self.gate.land()
        outcome, error = (Outcome.FAILED, answer.error) if answer.error else judge(answer)
        self._note(row, answer, outcome, error, end)
        if not answer.status and not self.gate.impatient:
            gevent.sleep(AFTER_BROKEN_CONNECTION_S)
        return replace(answer, error=error) if error else answer

    def _note(self, row: int, answer: Answer, outcome: Outcome, error: str, end: float) -> None:
        tokens = [event.at for event in answer.events if event.name == TOKEN]
        first = answer.first
        if answer.events:
            first = tokens[0] if tokens else nan
            gaps = [later - earlier for earlier, later in pairwise(tokens)]
            self.journal.gaps(row, gaps)
        size = len(answer.body) + sum(len(event.data) for event in answer.events)
        self.journal.finish(
            row,
            Ending(
                outcome=outcome,
                status=answer.status,
                first=first,
                end=end,
                size=size,
                tokens=len(tokens),
                error=error,
            ),
        )


def _judged(answer: Answer, status: int, check: Check | None) -> tuple[Outcome, str]:
    if answer.status != status:
        fault = status_fault(answer.status, answer.body)
        return (Outcome.FAILED if is_server_fault(answer.status) else Outcome.WRONG), fault
    try:
        wrong = check(answer) if check else None
    except Exception as error:  # noqa: BLE001 - whatever a check stumbles over is a wrong answer
        wrong = f"{type(error).__name__}: {error}"
    return (Outcome.WRONG, wrong) if wrong else (Outcome.ANSWERED, "")
