"""Users of a database by its own protocol, under one of YCSB's core workloads.

By hand: locust -f scenarios/database/locustfile.py --host postgresql://user:password@host/database
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import TypeVar

from locust import task

from harness.drive.native import NativeUser
from scenarios.database.messages import Message, body, fault, message, written
from scenarios.database.ownership import Own
from scenarios.database.scenario import BY_HAND
from scenarios.database.stores import Store, store
from scenarios.database.threads import Lane, pool
from scenarios.database.workloads import INSERT, MODIFY, READ, UPDATE, WORKLOADS
from scenarios.passages import source
from scenarios.zipf import Scrambled, Zipf

T = TypeVar("T")
Found = list[Message]


class MessageUser(NativeUser):
    """Reads messages by their ids, and changes or adds some; see README.md."""

    lane: Lane | None = None

    def prepare_alone(self) -> Mapping[str, object]:
        """Load a tenth of the messages, for workload A."""
        return BY_HAND.prepare(self.subject, self.at.seed)

    def on_start(self) -> None:
        """Know the workload, the rows, and the user's own number as a writer."""
        super().on_start()
        rows, shared = int(self.data["rows"]), self.at.shared
        self.workload = WORKLOADS[self.data["workload"]]
        self.text = source(int(self.data["seed"]))
        self.popular, self.recent = Scrambled(items=rows), Zipf(items=rows)
        self.loaded, self.inserted = rows, shared.setdefault("inserted", list[int]())
        self.ids = shared.setdefault("ids", itertools.count(rows))
        self.own = Own(writer=self.number + 1)

    def open(self) -> None:
        """Connect by the client that all users share."""
        shared = self.at.shared
        client: Store = shared.get("client") or shared.setdefault("client", store(self.subject))
        self.faults = client.faults
        if client.blocks and self.lane is None:
            self.lane = Lane(pool=shared.setdefault("pool", pool()))
        self.table = client.table()

    def close(self) -> None:
        """Close what is the user's own of the connection, after its last call."""
        self.do(self.table.close)

    def do(self, act: Callable[[], T]) -> T:
        """Use the client: here, or in a thread if it would hold up all users."""
        return act() if self.lane is None else self.lane.call(act)

    @task
    def operate(self) -> None:
        """Do what comes next in the workload."""
        if self.rng.random() >= self.workload.share:
            self.read(self.pick())
        elif self.workload.other == UPDATE:
            self.update(self.pick())
        elif self.workload.other == MODIFY:
            self.modify(self.pick())
        else:
            self.insert()

    def pick(self) -> int:
        """Draw the id of a message that is there."""
        if not self.workload.latest:
            return self.popular.draw(self.rng)
        place = len(self.inserted) - 1 - self.recent.draw(self.rng)
        return self.inserted[place] if place >= 0 else self.loaded + place

    def read(self, key: int) -> None:
        """Read one message; every character of it is checked."""
        self.call(
            READ,
            lambda: self.do(lambda: self.table.read(key)),
            check=lambda found: self.wrong(key, found),
            size=_size,
        )

    def update(self, key: int) -> None:
        """Replace a message's body without looking at it."""
        content = body(self.text, key, version := self.own.next(), self.own.writer)
        done = self.call(
            UPDATE,
            lambda: self.do(lambda: self.table.update(key, content)),
            check=lambda there: None if there else "no message with that id",
        )
        self.own.wrote(key, version, sure=done.ok)

    def modify(self, key: int) -> None:
        """Read a message, then replace its body; both are one operation, but not a transaction."""
        content = body(self.text, key, version := self.own.next(), self.own.writer)

        def both() -> Found:
            found = self.table.read(key)
            self.table.update(key, content)
            return found

        done = self.call(
            MODIFY,
            lambda: self.do(both),
            check=lambda found: self.wrong(key, found),
            size=_size,
        )
        self.own.wrote(key, version, sure=done.ok)

    def insert(self) -> None:
        """Add a message; only what was acknowledged will be read."""
        added = message(self.text, next(self.ids))
        if self.call(INSERT, lambda: self.do(lambda: self.table.insert(added))).ok:
            self.inserted.append(added.id)

    def wrong(self, key: int, found: Found) -> str | None:
        """Object to a message that was never written so, or that lost what this user wrote."""
        return fault(self.text, key, found) or self.own.lost(key, *written(found[0].body))


def _size(found: Found) -> int:
    return sum(len(one.body) for one in found)
