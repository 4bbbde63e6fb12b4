"""Cassandra through its driver: one session for all users. The driver chooses when it is imported
how it waits: by gevent where gevent patched first.

What a write waits for is set at the server.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, pairwise
from threading import Lock
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from cassandra import ConsistencyLevel, DriverException
from cassandra.cluster import (
    EXEC_PROFILE_DEFAULT,
    Cluster,
    ExecutionProfile,
    NoHostAvailable,
)
from cassandra.connection import ConnectionException
from cassandra.policies import ConstantReconnectionPolicy, FallthroughRetryPolicy, RoundRobinPolicy
from cassandra.query import BatchStatement, BatchType, tuple_factory

from harness.contract import Subject
from scenarios.database.messages import Message
from scenarios.database.stores import CONNECT_S, LOAD_S, Store, Table

PORT = 9042
AT_ONCE, IN_A_BATCH = 16, 40
RECONNECT_S = 0.2
CREATE_KEYSPACE = """\
CREATE KEYSPACE IF NOT EXISTS bakeoff
WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}
"""
CREATE_TABLE = """\
CREATE TABLE IF NOT EXISTS bakeoff.messages
(id bigint PRIMARY KEY, conversation bigint, author text, body text)
"""
READ = "SELECT id, conversation, author, body FROM bakeoff.messages WHERE id = ?"
UPDATE = "UPDATE bakeoff.messages SET body = ? WHERE id = ?"
INSERT = "INSERT INTO bakeoff.messages (id, conversation, author, body) VALUES (?, ?, ?, ?)"
EMPTY = "TRUNCATE bakeoff.messages"
COUNT = "SELECT count(*) FROM bakeoff.messages WHERE token(id) > %s AND token(id) <= %s"
FIRST_TOKEN, LAST_TOKEN = -(2**63), 2**63 - 1
PARTS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class CassandraTable(Table):
    """The table, each message a partition of its own, and its statements, prepared."""

    cluster: Any
    link: Any
    reading: Any
    updating: Any
    inserting: Any

    def create(self) -> None:
        """Empty the table, which is there since the session began."""
        self.link.execute(EMPTY, timeout=LOAD_S)

    def load(self, messages: Iterable[Message]) -> None:
        """Insert in batches of fifty, some at once; the server flushes by itself."""
        left = iter(messages)
        while some := [batch for batch in (self._batch(left) for _ in range(AT_ONCE)) if batch]:
            for answer in [self.link.execute_async(batch, timeout=LOAD_S) for batch in some]:
                answer.result()

    def read(self, key: int) -> list[Message]:
        """SELECT by the partition's key."""
        return [Message(*row) for row in self.link.execute(self.reading, (key,))]

    def update(self, key: int, body: str) -> bool:
        """UPDATE by the partition's key; the server does not look whether there is such a row."""
        self.link.execute(self.updating, (body, key))
        return True

    def insert(self, message: Message) -> None:
        """INSERT, which would replace a message of the same id."""
        self.link.execute(self.inserting, message)

    def count(self) -> int:
        """Add up the counts of some ranges of tokens; the server reads everything for it."""
        step = (LAST_TOKEN - FIRST_TOKEN) // PARTS
        bounds = [*range(FIRST_TOKEN, LAST_TOKEN - step, step), LAST_TOKEN]
        parts = [self.link.execute(COUNT, pair, timeout=LOAD_S) for pair in pairwise(bounds)]
        return sum(int(part.one()[0]) for part in parts)

    def close(self) -> None:
        """Do nothing: the session mends its connections, and is the other users' too."""

    def _batch(self, messages: Iterable[Message]) -> BatchStatement | None:
        batch = BatchStatement(BatchType.UNLOGGED)
        for message in islice(messages, IN_A_BATCH):
            batch.add(self.inserting, message)
        return batch if len(batch) else None


@dataclass(frozen=True, kw_only=True)
class Cassandra(Store):
    """A session, begun when it is first asked for; it does not repeat what failed."""

    faults: ClassVar[tuple[type[Exception], ...]] = (
        DriverException,
        NoHostAvailable,
        ConnectionException,
        OSError,
    )
    host: str
    port: int
    beginning: Lock = field(default_factory=Lock, compare=False)

    @classmethod
    def at(cls, subject: Subject) -> Self:
        """See Store."""
        url = urlsplit(subject.url)
        # The driver would log each attempt to connect.
        logging.getLogger("cassandra").setLevel(logging.CRITICAL)
        return cls(host=str(url.hostname), port=url.port or PORT)

    def table(self) -> CassandraTable:
        """Ask whether the server is there; the session connects by itself."""
        with self.beginning:
            begun = self._begun
        begun.link.execute("SELECT key FROM system.local")
        return begun

    def close(self) -> None:
        """Close the session, if it was begun."""
        if "_begun" in self.__dict__:
            self._begun.cluster.shutdown()

    @cached_property
    def _begun(self) -> CassandraTable:
        """Make what is missing of keyspace and table, and prepare the statements."""
        profile = ExecutionProfile(
            load_balancing_policy=RoundRobinPolicy(),
            retry_policy=FallthroughRetryPolicy(),
            row_factory=tuple_factory,
            consistency_level=ConsistencyLevel.ONE,
        )
        cluster = Cluster(
            [self.host],
            port=self.port,
            protocol_version=5,
            connect_timeout=CONNECT_S,
            reconnection_policy=ConstantReconnectionPolicy(RECONNECT_S, max_attempts=None),
            execution_profiles={EXEC_PROFILE_DEFAULT: profile},
            schema_metadata_enabled=False,
            token_metadata_enabled=False,
        )
        try:
            link = cluster.connect()
            for statement in (CREATE_KEYSPACE, CREATE_TABLE):
                link.execute(statement, timeout=LOAD_S)
            reading, updating, inserting = (link.prepare(s) for s in (READ, UPDATE, INSERT))
        except BaseException:
            cluster.shutdown()
            raise
        return CassandraTable(
            cluster=cluster, link=link, reading=reading, updating=updating, inserting=inserting
        )


STORE = Cassandra
