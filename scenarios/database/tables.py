"""The table of messages in SQL, through SQLAlchemy's expression language, for all SQL databases."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.pool import NullPool

from scenarios.database.messages import Message
from scenarios.database.stores import Store, Table

METADATA = sa.MetaData()
# In SQLite only a column of type INTEGER is the table's own key.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MESSAGES = sa.Table(
    "messages",
    METADATA,
    sa.Column("id", KEY, primary_key=True, autoincrement=False),
    sa.Column("conversation", sa.BigInteger, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)
WANTED = MESSAGES.c.id == sa.bindparam("wanted")
READ = sa.select(MESSAGES).where(WANTED)
UPDATE = sa.update(MESSAGES).where(WANTED).values(body=sa.bindparam("text"))
INSERT = sa.insert(MESSAGES)
COUNT = sa.select(sa.func.count()).select_from(MESSAGES)


def engine(url: str, **connecting: Any) -> sa.Engine:
    """Return an engine whose statements are transactions of their own, and whose connections are
    as many as are asked for.
    """
    return sa.create_engine(
        url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=connecting
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlTable(Table):
    """One connection."""

    link: sa.Connection

    def create(self) -> None:
        """Drop the table and make it."""
        METADATA.drop_all(self.link)
        METADATA.create_all(self.link)

    @abstractmethod
    def load(self, messages: Iterable[Message]) -> None:
        """See Table; each product has a way of its own."""

    def read(self, key: int) -> list[Message]:
        """Select by the primary key."""
        return [Message(*row) for row in self.link.execute(READ, {"wanted": key})]

    def update(self, key: int, body: str) -> bool:
        """Update by the primary key."""
        return self.link.execute(UPDATE, {"wanted": key, "text": body}).rowcount == 1

    def insert(self, message: Message) -> None:
        """Insert one row."""
        self.link.execute(INSERT, message._asdict())

    def count(self) -> int:
        """Let the database count the rows."""
        return int(self.link.execute(COUNT).scalar_one())

    def close(self) -> None:
        """Close the connection as it is, without a word to the server about transactions."""
        if not self.link.closed:
            self.link.invalidate()
            self.link.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlStore(Store):
    """An engine."""

    faults: ClassVar[tuple[type[Exception], ...]] = (
        OperationalError,
        InternalError,
        InterfaceError,
    )
    engine: sa.Engine

    def close(self) -> None:
        """Let go of the engine; its connections are their users'."""
        self.engine.dispose()
