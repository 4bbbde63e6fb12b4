"""SQLite through SQLAlchemy and the library of Python itself, in the process of whoever calls it.

It is in WAL mode, as the app has it; each connection sets what a commit waits for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import sqlalchemy as sa

from harness.contract import Durability, Subject
from scenarios.database.messages import Message
from scenarios.database.stores import CONNECT_S
from scenarios.database.tables import SqlStore, SqlTable, engine

SYNCHRONOUS = {Durability.NONE: "OFF", Durability.PROCESS: "NORMAL", Durability.MACHINE: "FULL"}
INSERT = "INSERT INTO messages (id, conversation, author, body) VALUES (?, ?, ?, ?)"


@dataclass(frozen=True, slots=True, kw_only=True)
class SQLiteTable(SqlTable):
    """One connection to the file."""

    def load(self, messages: Iterable[Message]) -> None:
        """Insert in one transaction, then bring the log's changes into the file."""
        link: Any = self.link.connection.driver_connection
        link.execute("BEGIN IMMEDIATE")
        link.executemany(INSERT, messages)
        link.execute("COMMIT")
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SQLite(SqlStore):
    """An engine over the library, which holds up its thread while it reads, writes or waits for
    the one lock.
    """

    blocks: ClassVar[bool] = True

    @classmethod
    def at(cls, subject: Subject) -> Self:
        """See Store."""
        made = engine(subject.url, timeout=CONNECT_S, check_same_thread=False)
        level = SYNCHRONOUS[subject.durability]

        def prepare(link: sqlite3.Connection, _: object) -> None:
            link.execute("PRAGMA journal_mode = WAL")
            link.execute(f"PRAGMA synchronous = {level}")

        sa.event.listen(made, "connect", prepare)
        return cls(engine=made)

    def table(self) -> SQLiteTable:
        """Open the file."""
        return SQLiteTable(link=self.engine.connect())


STORE = SQLite
