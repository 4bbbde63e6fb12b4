"""Users that speak a component's own protocol through its usual client library, without HTTP.

Every call passes the gate, is timed from the moment it was due, checked and noted, as requests
over HTTP are. Client libraries must be fit for gevent, or do their work in a thread pool of it.
"""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import nan
from time import perf_counter
from typing import Any, Generic, TypeVar

import gevent
from gevent.lock import BoundedSemaphore

from harness.component import Durability
from harness.drive.gates import Abandoned, Ticket
from harness.drive.recorder import Ending
from harness.drive.results import Outcome
from harness.drive.users import SiteUser
from harness.scenario import Subject

T = TypeVar("T")
AFTER_FAULT_S = 0.05


class Overdue(BaseException):
    """A call took longer than the load allows; no `except Exception` of a library stops it."""


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

    `faults` are the errors by which the client library says that the server failed, on the class
    or set by `open`; anything else that a call raises is a fault of the locustfile and fails the
    trial. `self.at.shared` is room for a client that all users of a component share.
    """

    abstract = True
    faults: tuple[type[Exception], ...] = (OSError,)
    rest_s: float = 0.0

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        # By hand all users share one data set, which one of them prepares.
        type(self).site = self.at

    @abstractmethod
    def open(self) -> None:
        """Connect."""

    @abstractmethod
    def close(self) -> None:
        """Give the connection up; it may be broken."""

    def on_start(self) -> None:
        """Prepare data when nobody did, and connect."""
        self.data = self.data or self._prepared_once()
        super().on_start()
        self.open()

    @property
    def subject(self) -> Subject:
        """The component under load, as the harness told it along with the data.

        By hand it has the name of its URL's scheme and the environment's DURABILITY.
        """
        tier = os.environ.get("DURABILITY", Durability.PROCESS.value)
        alone = {"name": str(self.host).partition(":")[0], "durability": tier}
        told = self.data.get("subject", alone)
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
        rename: Callable[[T], str] | None = None,
    ) -> Called[T]:
        """Do `act` when the gate lets it through, and return what came of it.

        A value of None is not looked at further. Of others `check` returns a short text for what is
        wrong, None when it is right (whatever it raises counts as wrong too); `size` the bytes;
        `rename` another endpoint's name, for what is known only afterwards. After a fault the
        connection is made anew, outside any measured time.
        """
        rest, self.rest_s = self.rest_s, 0.0
        ticket = self.at.gate.enter(rest)
        sent = perf_counter()
        row = self.at.journal.begin(self.at.stack, self.number, endpoint, ticket, sent)
        value, outcome, error, end = self._sent(ticket, act)
        if value is not None and check is not None and (wrong := _stumbling(check, value)):
            error, outcome = wrong, Outcome.WRONG
        if outcome is not Outcome.OPEN:
            renamed = rename(value) if rename and value is not None else ""
            self.at.journal.finish(
                row,
                Ending(
                    endpoint=renamed or endpoint,
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

    def _sent(self, ticket: Ticket, act: Callable[[], T]) -> tuple[T | None, Outcome, str, float]:
        """Do `act` and return its value, how it ended, what was wrong, and when that was."""
        gate, patience_s = self.at.gate, self.at.timeout_s
        foreseen: tuple[type[BaseException], ...] = (Overdue, *self.faults)
        value: T | None = None
        outcome, error = Outcome.ANSWERED, ""
        gate.take_off(ticket)
        try:
            with gevent.Timeout(patience_s, Overdue(f"over {patience_s:g} s")):
                value = act()
        except Abandoned:
            outcome, error = Outcome.OPEN, "not answered when its slice had drained"
        except foreseen as fault:
            outcome, error = Outcome.FAILED, f"{type(fault).__name__}: {fault}"
        finally:
            end = perf_counter()
            gate.land(end)
        return value, outcome, error, end

    def _reopen(self) -> None:
        """Connect anew, as often as it takes; the drive's end is the end of it."""
        patience_s = self.at.timeout_s
        foreseen: tuple[type[BaseException], ...] = (Overdue, *self.faults)
        while True:
            try:
                with gevent.Timeout(patience_s, Overdue(f"over {patience_s:g} s")):
                    self.close()
                    self.open()
            except foreseen:
                gevent.sleep(AFTER_FAULT_S)
            else:
                return

    def _prepared_once(self) -> Mapping[str, Any]:
        shared = self.at.shared
        with shared.setdefault("preparing", BoundedSemaphore()):
            if "data" not in shared:
                shared["data"] = self.prepare_alone()
        return dict(shared["data"])


def _stumbling(check: Callable[[T], str | None], value: T) -> str | None:
    """Return what a check objects to, or what it stumbled over."""
    try:
        return check(value)
    except Exception as error:  # noqa: BLE001 - whatever a check stumbles over is a wrong answer
        return f"{type(error).__name__}: {error}"
