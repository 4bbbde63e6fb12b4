"""Producers of messages, and the consumers of their site.

By hand: locust -f scenarios/queue/locustfile.py --host amqp://user:password@127.0.0.1:5672/
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path

import gevent
from locust import task

from harness.drive.native import NativeUser
from scenarios import subjects
from scenarios.queue.books import ACKNOWLEDGED, UNSURE, Books
from scenarios.queue.broker import broker, message
from scenarios.queue.inbox import CLOSE_S, Inbox
from scenarios.queue.scenario import SCENARIO


class Producer(NativeUser):
    """Publishes for a consumer that waits, and for one that comes later; README.md says why."""

    def prepare_alone(self) -> Mapping[str, object]:
        """Make queues."""
        subject = subjects.by_hand(str(self.host))
        return {**SCENARIO.prepare(subject, self.at.seed), "subject": subjects.told(subject)}

    def on_start(self) -> None:
        """Connect; the first of a site brings up its consumer."""
        self.sequence = itertools.count()
        super().on_start()

    def open(self) -> None:
        """Connect a publisher, and what the site has in common if nobody has yet."""
        shared = self.at.shared
        if "inbox" not in shared:
            now, later = self.data["now_queue"], self.data["later_queue"]
            shared["broker"] = broker(self.subject)
            shared["books"] = Books(Path(self.data["books"]))
            shared["inbox"] = Inbox(shared["broker"], shared["books"], now=now, later=later)
            shared["inbox"].open()
        self.inbox: Inbox = shared["inbox"]
        self.books: Books = shared["books"]
        self.faults = shared["broker"].faults
        self.publisher = shared["broker"].publisher()

    def close(self) -> None:
        """Give up the connection of the publisher."""
        with gevent.Timeout(CLOSE_S, exception=False):
            self.publisher.close()

    @task
    def publish(self) -> None:
        """Publish a message that nobody waits for; drain the backlog when it is long enough."""
        queue = self.data["later_queue"]
        if self.call("publish", lambda: self.send(queue, self.next_id())).ok:
            self.inbox.waiting += 1
        else:
            self.inbox.waiting = 0
        with self.inbox.backlog() as mine:
            if mine and not self.call("drain", self.inbox.drain).ok:
                self.inbox.forget_backlog()

    @task
    def deliver(self) -> None:
        """Publish a message and wait until it was acknowledged and received."""
        queue = self.data["now_queue"]

        def act() -> None:
            one = self.next_id()
            with self.inbox.expecting(one) as received:
                self.send(queue, one)
                received.wait()

        self.call("deliver", act)

    def send(self, queue: str, one: str) -> None:
        """Send a message and note what its producer was told."""
        try:
            self.publisher.send(queue, message(one, self.data["filler"]))
        except BaseException:
            self.books.note(UNSURE, [one])
            raise
        self.books.note(ACKNOWLEDGED, [one])

    def next_id(self) -> str:
        """Return an id that no other message of the site has."""
        return f"{self.number}.{next(self.sequence)}"
