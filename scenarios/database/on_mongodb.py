"""MongoDB through pymongo: one client for all users, which waits by gevent where gevent patched
first.

Whether the journal is synced before a write is acknowledged is what its client asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar, Self

from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.errors import PyMongoError
from pymongo.write_concern import WriteConcern

from harness.contract import Durability, Subject
from scenarios.database.messages import Message
from scenarios.database.stores import CONNECT_S, Store, Table

Document = dict[str, Any]
AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MongoDBTable(Table):
    """The collection of messages."""

    rows: Collection[Document]
    link: MongoClient[Document]

    def create(self) -> None:
        """Drop the collection and make it."""
        self.rows.drop()
        self.rows.database.create_collection(self.rows.name)

    def load(self, messages: Iterable[Message]) -> None:
        """Insert a thousand at once, in no order; then ask for a checkpoint."""
        quick = self.rows.with_options(write_concern=WriteConcern(w=1, j=False))
        left = iter(messages)
        while some := [_document(message) for message in islice(left, AT_ONCE)]:
            quick.insert_many(some, ordered=False)
        self.link.admin.command("fsync")

    def read(self, key: int) -> list[Message]:
        """Find by the key `_id`."""
        return [_message(found) for found in self.rows.find({"_id": key})]

    def update(self, key: int, body: str) -> bool:
        """Set the body."""
        done = self.rows.update_one({"_id": key}, {"$set": {"body": body}})
        return done.matched_count == 1

    def insert(self, message: Message) -> None:
        """Insert one."""
        self.rows.insert_one(_document(message))

    def count(self) -> int:
        """Count by walking through the collection, not by its statistics."""
        return self.rows.count_documents({})

    def close(self) -> None:
        """Do nothing: the client has closed what broke, and is the other users' too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MongoDB(Store):
    """A client with as many connections as calls are under way.

    It does not repeat what failed, so that a failure is seen as one.
    """

    faults: ClassVar[tuple[type[Exception], ...]] = (PyMongoError,)
    link: MongoClient[Document]
    concern: WriteConcern

    @classmethod
    def at(cls, subject: Subject) -> Self:
        """See Store."""
        synced = subject.durability is not Durability.NONE
        link = MongoClient[Document](
            subject.url,
            directConnection=True,
            maxPoolSize=None,
            retryReads=False,
            retryWrites=False,
            connectTimeoutMS=1e3 * CONNECT_S,
            serverSelectionTimeoutMS=1e3 * CONNECT_S,
        )
        return cls(link=link, concern=WriteConcern(w=1, j=synced))

    def table(self) -> MongoDBTable:
        """Ask whether the server is there; the client connects by itself."""
        self.link.admin.command("ping")
        database = self.link.get_default_database()
        rows = database.get_collection("messages", write_concern=self.concern)
        return MongoDBTable(rows=rows, link=self.link)

    def close(self) -> None:
        """Close all connections."""
        self.link.close()


def _document(message: Message) -> Document:
    return {
        "_id": message.id,
        "conversation": message.conversation,
        "author": message.author,
        "body": message.body,
    }


def _message(found: Mapping[str, Any]) -> Message:
    return Message(found["_id"], found["conversation"], found["author"], found["body"])


STORE = MongoDB
