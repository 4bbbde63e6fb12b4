"""MongoDB: the collections, their indexes, and what a write waits for."""

from datetime import timedelta

from flask import Flask
from pymongo import ASCENDING, DESCENDING, MongoClient, WriteConcern

SESSION_LIFETIME = timedelta(days=30)
SELECTION_MS = 5_000
SOCKET_MS = 20_000


class Database:
    """The collections.

    users          name, password (hash)
    sessions       _id: SHA-256 of the token; user. MongoDB removes them after 30 days
    conversations  user, title, message_count; with an Idempotency-Key: key, digest
    exchanges      conversation, user, n (1, 2, ... in each conversation), messages (the question
                   and the answer), usage; with a key: key, digest; while it is not yet counted and
                   searchable: pending
    claims         _id: conversation and key; claim, digest. Keys of messages that are under way
    answers        _id: SHA-256 of a prompt; the answer, until it expires

    Writes that a client is told of wait for the journal, unless nothing is promised. Those that
    can be done again do not.
    """

    def init_app(self, app: Flask) -> None:
        """Makes the client, which connects when it is first used."""
        self.client = MongoClient(
            app.config["MONGO_URI"],
            appname=app.config["STACK"],
            connect=False,
            serverSelectionTimeoutMS=SELECTION_MS,
            connectTimeoutMS=SELECTION_MS,
            socketTimeoutMS=SOCKET_MS,
        )
        journaled = WriteConcern(w=1, j=app.config["DURABILITY"] != "none")
        kept = self.client.get_default_database("chat", write_concern=journaled)
        passing = kept.with_options(write_concern=WriteConcern(w=1, j=False))
        self.users = kept["users"]
        self.sessions = kept["sessions"]
        self.conversations = kept["conversations"]
        self.exchanges = kept["exchanges"]
        self.conversation_counts = passing["conversations"]
        self.exchange_marks = passing["exchanges"]
        self.claims = passing["claims"]
        self.answers = passing["answers"]

    def prepare(self) -> None:
        """Makes the indexes."""
        keyed = {"partialFilterExpression": {"key": {"$exists": True}}, "unique": True}
        self.users.create_index("name", unique=True)
        self.sessions.create_index(
            "created_at", expireAfterSeconds=int(SESSION_LIFETIME.total_seconds())
        )
        self.conversations.create_index([("user", ASCENDING), ("_id", DESCENDING)])
        self.conversations.create_index([("user", ASCENDING), ("key", ASCENDING)], **keyed)
        self.exchanges.create_index([("conversation", ASCENDING), ("n", DESCENDING)], unique=True)
        self.exchanges.create_index([("conversation", ASCENDING), ("key", ASCENDING)], **keyed)
        self.exchanges.create_index("pending", sparse=True)
        # Holds all that the totals of a user are made of, so that no document is read for them.
        self.exchanges.create_index(
            [
                ("user", ASCENDING),
                ("usage.cached", ASCENDING),
                ("usage.prompt_tokens", ASCENDING),
                ("usage.completion_tokens", ASCENDING),
            ]
        )
        for collection in (self.claims, self.answers):
            collection.create_index("expires_at", expireAfterSeconds=0)

    def version(self) -> str:
        """The server's version; the name as well, of one that only speaks like MongoDB."""
        said = self.client.admin.command("buildInfo")
        own = said.get("secantusVersion")
        return f"SecantusDB {own}" if own else said["version"]

    def ping(self) -> None:
        """Asks the server; raises PyMongoError."""
        self.client.admin.command("ping")
