"""Users that speak a component's own protocol through its usual client library, without HTTP.

Every call passes the gate, is timed from the moment it was due, checked and noted, as requests
over HTTP are. Client libraries must be fit for gevent, or do their work in the hub's thread pool.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from math import nan
from time import perf_counter
from typing import ClassVar, Generic, TypeVar

import gevent

from harness.component import Durability
from harness.drive.gates import Abandoned
from harness.drive.recorder import Ending
from harness.drive.results import Outcome
from harness.drive.users import SiteUser
from harness.scenario import Subject

T = TypeVar("T")
AFTER_FAULT_S = 0.05


class Overdue(Exception):
    """A call took longer than the load allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Called(Generic[T]):
    """What a call gave: its value, or None and an `error`."""

    value: T | None
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether the call came back in time and its value was right."""
        return not self.error


class NativeUser(SiteUser):
    """A user of one component. Subclasses have Locust tasks that send by `self.call`.

    `faults` are the errors by which the client library says that the server failed; anything else
    that a call raises is a fault of the locustfile and fails the trial.
    """

    abstract = True
    faults: ClassVar[tuple[type[Exception], ...]] = (OSError,)
    rest_s: float = 0.0

    @abstractmethod
    def open(self) -> None:
        """Connect."""

    @abstractmethod
    def close(self) -> None:
        """Give the connection up; it may be broken."""

    def on_start(self) -> None:
        """Prepare data when nobody did, and connect."""
        super().on_start()
        self.open()

    @property
    def subject(self) -> Subject:
        """The component under load, as the harness told it along with the data."""
        told = self.data["subject"]
        durability = Durability(told["durability"])
        return Subject(name=str(told["name"]), url=str(self.host), durability=durability)

    def wait_time(self) -> float:
        """Think before the next task, in the time of the component's own slices."""
        self.rest_s += self.at.think_s
        return 0.0

    def call(
        self,
        endpoint: str,
        act: Callable[[], T],
        *,
        check: Callable[[T], str | None] | None = None,
        size: Callable[[T], int] | None = None,
    ) -> Called[T]:
        """Do `act` when the gate lets it through, and return what came of it.

        `check` returns a short text for what is wrong with a value, None when it is right; `size`
        its bytes. After a fault the connection is made anew, outside any measured time.
        """
        rest, self.rest_s = self.rest_s, 0.0
        gate, journal = self.at.gate, self.at.journal
        ticket = gate.enter(rest)
        sent = perf_counter()
        row = journal.begin(self.at.stack, self.number, endpoint, ticket, sent)
        gate.take_off(ticket)
        foreseen: tuple[type[BaseException], ...] = (Overdue, *self.faults)
        value: T | None = None
        error, outcome = "", Outcome.ANSWERED
        try:
            with gevent.Timeout(self.at.timeout_s, Overdue(f"over {self.at.timeout_s:g} s")):
                value = act()
        except Abandoned:
            error, outcome = "not answered when its slice had drained", Outcome.OPEN
        except foreseen as fault:
            error, outcome = f"{type(fault).__name__}: {fault}", Outcome.FAILED
        finally:
            end = perf_counter()
            gate.land()
        if value is not None and check is not None and (wrong := check(value)):
            error, outcome = wrong, Outcome.WRONG
        if outcome is not Outcome.OPEN:
            journal.finish(
                row,
                Ending(
                    outcome=outcome,
                    status=0,
                    first=nan,
                    end=end,
                    size=size(value) if size and value is not None else 0,
                    error=error,
                ),
            )
        if outcome in (Outcome.OPEN, Outcome.FAILED):
            self._reopen()
        return Called(value=value, error=error)

    def _reopen(self) -> None:
        """Connect anew, as often as it takes; the drive's end is the end of it."""
        foreseen: tuple[type[BaseException], ...] = self.faults
        while True:
            try:
                self.close()
                self.open()
            except foreseen:
                gevent.sleep(AFTER_FAULT_S)
            else:
                return
