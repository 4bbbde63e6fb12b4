"""Locust's own HTTP users, HttpUser and FastHttpUser, driven as ours are, from any locustfile.

Every request by `self.client` passes the gate of its stack and is noted under its name; what
Locust takes for a failure (an exception, `catch_response`) is one. What `wait_time` asks for is
waited in the time of the stack's own slices. With `constant_pacing` and `constant_throughput` each
task is due when its user's pacing says so, however long the ones before took: who is behind does
not wait, and its responses run from when they were due. So what a stalled server kept back is in
the percentiles, which is what HdrHistogram's correction for coordinated omission estimates.

Left as Locust does it: the `wait_time` of a TaskSet, requests that other clients send, and what a
user costs, which is five to twenty times as much as one of ours.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from math import nan
from time import perf_counter
from typing import Any, ClassVar

import gevent
from locust import FastHttpUser, HttpUser, User, constant_pacing
from locust.exception import CatchResponseError, RescheduleTask

from harness.drive.answers import is_server_fault
from harness.drive.gates import Abandoned
from harness.drive.recorder import Ending
from harness.drive.results import Outcome
from harness.drive.users import Site

KINDS = (HttpUser, FastHttpUser)
KEY = "bakeoff request"
AFTER_FAULT_S = 0.05


class Guest(User):
    """What a class of Locust's own users gets to be driven: mixed in before it, with a `site`.

    `pace_s` is how far apart its tasks are due, None where its waits begin after its tasks.
    """

    abstract = True
    site: ClassVar[Site]
    pace_s: ClassVar[float | None] = None
    client: Any

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self.number = next(self.site.numbers)
        self._asked = False
        # Users of one pacing begin spread over it, as they would when they came one by one.
        share = self.number % max(1, self.fixed_count) / max(1, self.fixed_count)
        self._due = self._rest_s = (self.pace_s or 0.0) * share
        self._send: Callable[..., Any] = self.client.request
        self.client.request = self._request
        self.client.request_event = _Tap(site=self.site, fire_locust=self.client.request_event.fire)

    def wait_time(self) -> float:
        """Leave waiting to the gate, unless the last task sent nothing."""
        if self.pace_s is None:
            self._rest_s += float(super().wait_time())
        else:
            self._due += self.pace_s
            self._rest_s = self._due - self.site.gate.own_time(perf_counter())
        asked, self._asked = self._asked, False
        return 0.0 if asked else max(0.0, self._rest_s)

    def _request(
        self, method: str, url: str, *more: Any, context: dict[str, Any] | None = None, **named: Any
    ) -> Any:
        """Send a request when the gate lets it through; what is given up ends the task."""
        if isinstance(self, HttpUser):
            named.setdefault("timeout", self.site.timeout_s)
        self._asked = True
        rest, self._rest_s = self._rest_s, 0.0
        ticket = self.site.gate.enter(rest)
        sent = perf_counter()
        name = str(named.get("name") or url)
        row = self.site.journal.begin(self.site.stack, self.number, name, ticket, sent)
        flight = _Flight(row=row, sent=sent)
        self.site.gate.take_off(ticket)
        try:
            response = self._send(
                method, url, *more, context={**(context or {}), KEY: flight}, **named
            )
        except Abandoned:
            raise RescheduleTask from None
        finally:
            end = perf_counter()
            self.site.gate.land(end)
        if not flight.noted:
            # Its user judges it by `catch_response`, and may forget to.
            status = int(response.status_code or 0)
            outcome = Outcome.ANSWERED if status else Outcome.FAILED
            ending = Ending(endpoint=name, outcome=outcome, status=status, first=nan, end=end)
            self.site.journal.finish(row, ending)
        return response


@dataclass(slots=True, kw_only=True)
class _Flight:
    """A request on its way: its row in the journal, when it was sent, whether its end is noted."""

    row: int
    sent: float
    noted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tap:
    """Stands where a client has Locust's request event: notes the end of a request, then fires."""

    site: Site
    fire_locust: Callable[..., None]

    def fire(self, *, context: dict[str, Any], **meta: Any) -> None:
        """Take what Locust's clients tell of a request that ended."""
        flight: _Flight | None = context.pop(KEY, None)
        if flight is not None:
            flight.noted = True
            ending = _ending(flight, **meta)
            self.site.journal.finish(flight.row, ending)
        self.fire_locust(context=context, **meta)
        if flight is not None and not ending.status and not self.site.gate.impatient:
            gevent.sleep(AFTER_FAULT_S)


def _ending(
    flight: _Flight,
    *,
    name: str,
    response: Any,
    response_time: float,
    response_length: int,
    exception: Exception | None,
    **other: Any,
) -> Ending:
    """Return how a request ended; `response_time` is in milliseconds, as Locust has it."""
    del other
    status = int(getattr(response, "status_code", 0) or 0)
    outcome, error = Outcome.ANSWERED, ""
    if exception is not None:
        outcome = Outcome.FAILED if not status or is_server_fault(status) else Outcome.WRONG
        error = f"status {status}" if status else f"{type(exception).__name__}: {exception}"
        if isinstance(exception, CatchResponseError):
            error = str(exception)
    return Ending(
        endpoint=name,
        outcome=outcome,
        status=status,
        first=nan,
        end=flight.sent + response_time / 1e3,
        size=response_length,
        error=error,
    )


def guest(kind: type[User], name: str, members: dict[str, Any]) -> type[User]:
    """Return a class of a locustfile's users, HttpUser or FastHttpUser, that can be driven."""
    patience = members["site"].timeout_s
    limits = {"network_timeout": patience, "connection_timeout": patience}
    return type(name, (Guest, kind), {**members, **limits, "pace_s": pace(kind)})


def pace(kind: type[User]) -> float | None:
    """Return the seconds of a class's `constant_pacing` or `constant_throughput`, None without."""
    waits: Any = kind.wait_time
    if getattr(waits, "__code__", None) is not constant_pacing(1.0).__code__:
        return None
    (seconds,) = inspect.getclosurevars(waits).nonlocals.values()
    return float(seconds)
