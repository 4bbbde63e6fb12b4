"""The base class of users: ordinary Locust users that can be driven in slices.

Under bakeoff's worker each user belongs to a stack (its `site`). Under the plain command,
`locust -f scenarios/chat/locustfile.py --host URL`, it prepares data for itself, sends whenever it
likes, and its requests go to Locust's statistics.
"""

from __future__ import annotations

import itertools
import logging
import random
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import gevent
from locust import TaskSet, User
from locust.user.task import LOCUST_STATE_RUNNING, LOCUST_STATE_WAITING

from harness.drive.client import Client, Journal
from harness.drive.gates import FreeGate, Gate, Ticket
from harness.drive.recorder import Ending
from harness.drive.results import Outcome
from harness.drive.wire import Wire
from harness.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the users of one stack share: its data, its gate, and where requests are noted.

    `stack` is the stack's number; `shared` is room for what users tell each other.
    """

    stack: int
    name: str
    data: Mapping[str, Any]
    seed: int
    gate: Gate
    journal: Journal
    timeout_s: float
    think_s: float
    numbers: Iterator[int] = field(default_factory=itertools.count)
    shared: dict[str, Any] = field(default_factory=dict)


class SiteUser(User):
    """A user of whatever is under load, stack or component.

    `data` is what the scenario prepared, `number` counts the site's users from 0, `rng` is seeded
    by the job's seed and the number alone, so that users of all sites do the same. `run_id` is
    different in every process, for what must not repeat.
    """

    abstract = True
    site: ClassVar[Site | None] = None
    own_think_s: ClassVar[float] = 1.0
    own_timeout_s: ClassVar[float] = 60.0
    run_id: ClassVar[str] = secrets.token_hex(4)

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        at = type(self).site or _alone(self)
        self.at = at
        self.data: Mapping[str, Any] = at.data
        self.number = next(at.numbers)
        self.rng = random.Random(f"{at.seed}/{self.number}")
        if type(self).tasks:
            # Locust's own loop stays around ours, for errors and for what ends users.
            self.tasks = [SiteUser._work]

    def prepare_alone(self) -> Mapping[str, Any]:
        """Load data for one user that runs by hand, as the scenario's `prepare` would.

        Raises UsageError in a locustfile that does not say how.
        """
        raise UsageError(
            f"{type(self).__name__} does not override prepare_alone, so it cannot run by hand"
        )

    def on_start(self) -> None:
        """Prepare data when nobody did. Subclasses that override it call it first."""
        if not self.data:
            self.data = self.prepare_alone()

    def _work(self) -> None:
        """Do one task after the other, as Locust's own loop does, which this one is inside of.

        That one draws tasks from the process's generator and goes through the event loop after
        each, which takes as long as a request.
        """
        tasks: list[Any] = type(self).tasks
        draw, many, loop = self.rng.random, len(tasks), gevent.get_hub().loop
        while self._state == LOCUST_STATE_RUNNING:
            before, task = loop.now(), tasks[int(draw() * many)]
            if isinstance(task, type) and issubclass(task, TaskSet):
                task(self).run()  # type: ignore[no-untyped-call]
            else:
                task(self)
            if (seconds := self.wait_time()) > 0:
                if self._state != LOCUST_STATE_RUNNING:
                    return
                self._state = LOCUST_STATE_WAITING
                gevent.sleep(seconds)
                self._state = LOCUST_STATE_RUNNING
            elif loop.now() == before:
                # A task that waits for nothing would let nobody else run.
                gevent.sleep(0)


class StackUser(SiteUser):
    """A user of a stack. Subclasses have Locust tasks that send by `self.http`."""

    abstract = True

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self.http = Client(
            wire=Wire(url=str(self.host), timeout_s=self.at.timeout_s),
            gate=self.at.gate,
            journal=self.at.journal,
            stack=self.at.stack,
            user=self.number,
        )

    def wait_time(self) -> float:
        """Think before the next task, in the time of the stack's own slices."""
        self.http.rest_s += self.at.think_s
        return 0.0


@dataclass(slots=True, kw_only=True)
class _LocustStatistics:
    """Notes requests in Locust's own statistics, by its request event."""

    fire: Callable[..., None]
    numbers: Iterator[int] = field(default_factory=itertools.count)
    flying: dict[int, float] = field(default_factory=dict)

    def begin(self, stack: int, user: int, endpoint: str, ticket: Ticket, sent: float) -> int:
        """Remember when it was sent; the rest has no place in Locust, or comes with the end."""
        del stack, user, endpoint, ticket
        row = next(self.numbers)
        self.flying[row] = sent
        return row

    def finish(self, row: int, ending: Ending) -> None:
        """Fire the request event, with an exception for everything but an answer."""
        sent = self.flying.pop(row)
        failed = ending.outcome is not Outcome.ANSWERED
        self.fire(
            request_type=ending.outcome.name if failed else "",
            name=ending.endpoint,
            response_time=(ending.end - sent) * 1e3,
            response_length=ending.size,
            exception=RuntimeError(ending.error) if failed else None,
            context={},
            response=None,
            start_time=time.time() - (ending.end - sent),
            url=ending.endpoint,
        )

    def gaps(self, row: int, seconds: list[float]) -> None:
        """Locust has no place for pauses between tokens."""


def _alone(user: SiteUser) -> Site:
    """Return the site of a user that runs under the plain Locust command."""
    # Locust logs at INFO, and preparing would fill the terminal.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    return Site(
        stack=0,
        name=str(user.host),
        data={},
        seed=random.randrange(2**31),
        gate=FreeGate(),
        journal=_LocustStatistics(fire=user.environment.events.request.fire),
        timeout_s=user.own_timeout_s,
        think_s=user.own_think_s,
    )
