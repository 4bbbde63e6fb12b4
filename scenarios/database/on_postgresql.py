"""PostgreSQL through SQLAlchemy and psycopg, which waits by gevent where gevent patched first.

What a commit waits for is set at the server.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

import sqlalchemy as sa

from harness.contract import Subject
from scenarios.database.messages import Message
from scenarios.database.stores import CONNECT_S
from scenarios.database.tables import SqlStore, SqlTable, engine

COPY = "COPY messages (id, conversation, author, body) FROM STDIN"
SETTLE = "VACUUM (FREEZE, ANALYZE) messages"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgreSQLTable(SqlTable):
    """One connection of psycopg."""

    def load(self, messages: Iterable[Message]) -> None:
        """COPY, then do what would otherwise begin under load: VACUUM, ANALYZE and a checkpoint."""
        link: Any = self.link.connection.driver_connection
        with link.cursor() as cursor:
            with cursor.copy(COPY) as rows:
                for message in messages:
                    rows.write_row(message)
            cursor.execute(SETTLE)
            cursor.execute("CHECKPOINT")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgreSQL(SqlStore):
    """An engine over psycopg."""

    @classmethod
    def at(cls, subject: Subject) -> Self:
        """See Store."""
        url = subject.url.replace("postgresql://", "postgresql+psycopg://", 1)
        return cls(engine=engine(url, connect_timeout=int(CONNECT_S)))

    def table(self) -> PostgreSQLTable:
        """Connect."""
        link: sa.Connection = self.engine.connect()
        return PostgreSQLTable(link=link)


STORE = PostgreSQL
