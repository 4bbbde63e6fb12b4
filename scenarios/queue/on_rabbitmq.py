"""RabbitMQ through pika's blocking connection: one for each publisher and receiver."""

from __future__ import annotations

import contextlib
import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pika
from pika.exceptions import AMQPError

from harness.contract import Durability, Subject
from scenarios.queue.broker import BACKLOG, Publisher, Receiver

PERSISTENT, TRANSIENT = 2, 1


def at(subject: Subject) -> OnRabbitMQ:
    """Return the broker at a subject's URL, used as its tier says."""
    return OnRabbitMQ(url=subject.url, durability=subject.durability)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRabbitMQ:
    """Tiers: transient and not confirmed; persistent in a classic queue and confirmed; persistent
    in a quorum queue and confirmed. All queues are durable.
    """

    url: str
    durability: Durability
    faults: tuple[type[Exception], ...] = (AMQPError, OSError)

    def make(self, queues: Iterable[str]) -> None:
        """Declare queues."""
        link = self._connect()
        channel = link.channel()
        for queue in queues:
            self._declare(channel, queue)
        link.close()

    def publisher(self) -> Publisher:
        """Open a connection with a channel, in the mode that confirms where the tier wants it."""
        link = self._connect()
        channel = link.channel()
        mode = TRANSIENT
        if self.durability is not Durability.NONE:
            channel.confirm_delivery()
            mode = PERSISTENT
        return _Publisher(
            link=link, channel=channel, properties=pika.BasicProperties(delivery_mode=mode)
        )

    def receiver(self, queue: str) -> Receiver:
        """Open a connection with a channel that is sent a backlog's messages ahead."""
        link = self._connect()
        channel = link.channel()
        channel.basic_qos(prefetch_count=BACKLOG)
        self._declare(channel, queue)
        return _Receiver(link=link, channel=channel, queue=queue)

    def left(self, queue: str, taken: Counter[str]) -> list[bytes]:
        """Take what is left out of the queue."""
        del taken
        link = self._connect()
        channel = link.channel()
        found = list[bytes]()
        while True:
            method, _, body = channel.basic_get(queue, auto_ack=True)
            if method is None:
                break
            found.append(body)
        link.close()
        return found

    def _declare(self, channel: Any, queue: str) -> None:
        kind = "quorum" if self.durability is Durability.MACHINE else "classic"
        channel.queue_declare(queue, durable=True, arguments={"x-queue-type": kind})

    def _connect(self) -> Any:
        # A broker that is gone is foreseen, and pika would log each attempt with a traceback.
        logging.getLogger("pika").setLevel(logging.CRITICAL)
        parameters = pika.URLParameters(self.url)
        # Users say nothing while others are loaded, and would be taken for dead.
        parameters.heartbeat = 0
        return pika.BlockingConnection(parameters)


def _give_up(link: Any) -> None:
    """Close a connection that may be broken."""
    with contextlib.suppress(AMQPError, OSError):
        link.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Publisher:
    link: Any
    channel: Any
    properties: Any

    def send(self, queue: str, body: bytes) -> None:
        self.channel.basic_publish("", queue, body, self.properties)

    def close(self) -> None:
        _give_up(self.link)


@dataclass(slots=True, kw_only=True)
class _Receiver:
    link: Any
    channel: Any
    queue: str
    consumer: str = ""
    last: int = 0
    came: list[tuple[int, bytes]] = field(default_factory=list)

    def take(self, most: int, wait_s: float) -> list[bytes]:
        if not self.consumer:
            self.consumer = self.channel.basic_consume(self.queue, self._receive)
        if not self.came:
            self.link.process_data_events(time_limit=wait_s)
        taken, self.came = self.came[:most], self.came[most:]
        if taken:
            self.last = taken[-1][0]
        return [body for _, body in taken]

    def settle(self) -> None:
        if self.last:
            self.channel.basic_ack(self.last, multiple=True)
            self.last = 0

    def pause(self) -> None:
        self.channel.basic_cancel(self.consumer)
        self.consumer = ""

    def close(self) -> None:
        _give_up(self.link)

    def _receive(self, channel: Any, method: Any, properties: Any, body: bytes) -> None:
        del channel, properties
        self.came.append((method.delivery_tag, body))
