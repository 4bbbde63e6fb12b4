"""Kafka through kafka-python: one producer for all users of a site, as threads of an app share it,
and a consumer for each receiver, which keeps its place itself. A queue is a topic of one partition.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.errors import KafkaError

from harness.contract import Durability, Subject
from scenarios.queue.broker import Publisher, Receiver, id_of

SEND_S = 60.0
ACKNOWLEDGEMENT: Mapping[Durability, Mapping[str, object]] = {
    Durability.NONE: {"acks": 0, "enable_idempotence": False},
    Durability.PROCESS: {"acks": "all", "enable_idempotence": True},
    Durability.MACHINE: {"acks": "all", "enable_idempotence": True},
}


def at(subject: Subject) -> OnKafka:
    """Return the broker at a subject's URL, used as its tier says."""
    return OnKafka(url=subject.url, durability=subject.durability)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnKafka:
    """Tiers: acks=0; acks=all and idempotent; the same, and a broker that syncs each message.

    `places` are the offsets up to which this process's receivers have settled, by topic.
    """

    url: str
    durability: Durability
    faults: tuple[type[Exception], ...] = (KafkaError, OSError)
    places: dict[str, int] = field(default_factory=dict)
    shared: list[Any] = field(default_factory=list)

    def make(self, queues: Iterable[str]) -> None:
        """Make topics of one partition, and wait until they can be used.

        A topic has a leader a moment after it was made; what is sent before with acks=0 is lost.
        """
        names = list(queues)
        admin = KafkaAdminClient(bootstrap_servers=self._server)
        admin.create_topics(
            [NewTopic(name=name, num_partitions=1, replication_factor=1) for name in names]
        )
        admin.close()
        for name in names:
            consumer, part = self._consumer(name)
            consumer.end_offsets([part])
            consumer.close()

    def publisher(self) -> Publisher:
        """Return a user of the one producer."""
        if not self.shared:
            how = ACKNOWLEDGEMENT[self.durability]
            self.shared.append(KafkaProducer(bootstrap_servers=self._server, linger_ms=0, **how))
        return _Publisher(producer=self.shared[0])

    def receiver(self, queue: str) -> Receiver:
        """Connect a consumer that goes on where this process's last one for the topic settled."""
        consumer, part = self._consumer(queue)
        consumer.seek(part, self.places.get(queue, 0))
        return _Receiver(consumer=consumer, part=part, places=self.places)

    def left(self, queue: str, taken: Counter[str]) -> list[bytes]:
        """Read the whole topic and return what was not received as often as it is there."""
        consumer, part = self._consumer(queue)
        consumer.seek(part, 0)
        end = consumer.end_offsets([part])[part]
        unseen, found = Counter(taken), list[bytes]()
        while consumer.position(part) < end:
            for record in _records(consumer, 1.0, 10_000):
                one = id_of(record.value)
                if unseen[one]:
                    unseen[one] -= 1
                else:
                    found.append(record.value)
        consumer.close()
        return found

    def _consumer(self, queue: str) -> tuple[Any, Any]:
        part = TopicPartition(queue, 0)
        consumer = KafkaConsumer(
            bootstrap_servers=self._server, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        consumer.assign([part])
        return consumer, part

    @property
    def _server(self) -> str:
        # A broker that is gone is foreseen, and the client would log each attempt.
        logging.getLogger("kafka").setLevel(logging.CRITICAL)
        return urlsplit(self.url).netloc


def _records(consumer: Any, wait_s: float, most: int) -> list[Any]:
    by_part = consumer.poll(timeout_ms=int(wait_s * 1_000), max_records=most)
    return [record for records in by_part.values() for record in records]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Publisher:
    producer: Any

    def send(self, queue: str, body: bytes) -> None:
        self.producer.send(queue, body).get(timeout=SEND_S)

    def close(self) -> None:
        """Leave the producer to the others; it connects anew by itself."""


@dataclass(slots=True, kw_only=True)
class _Receiver:
    consumer: Any
    part: Any
    places: dict[str, int]
    place: int = 0
    paused: bool = False

    def take(self, most: int, wait_s: float) -> list[bytes]:
        if self.paused:
            self.consumer.resume(self.part)
            self.paused = False
        records = _records(self.consumer, wait_s, most)
        if records:
            self.place = records[-1].offset + 1
        return [record.value for record in records]

    def settle(self) -> None:
        self.places[self.part.topic] = max(self.place, self.places.get(self.part.topic, 0))

    def pause(self) -> None:
        self.consumer.pause(self.part)
        self.paused = True

    def close(self) -> None:
        self.consumer.close(autocommit=False)
