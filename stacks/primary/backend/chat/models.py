"""The tables. Keys are time-ordered, so the order of a primary key is the order of creation."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Computed, DateTime, ForeignKey, Index, MetaData, String, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """The base of all tables, with names for constraints that migrations can refer to."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: DateTime(timezone=True), str: Text}


class User(Base):
    """Somebody who can sign in."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str]
    created_at: Mapped[datetime]


class Conversation(Base):
    """A conversation of one user; `message_count` is kept in the transaction of each exchange."""

    __tablename__ = "conversations"
    __table_args__ = (Index(None, "user_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    message_count: Mapped[int] = mapped_column(default=0)


class Message(Base):
    """A question or an answer. `user_id` repeats the conversation's, for search."""

    __tablename__ = "messages"
    __table_args__ = (
        Index(None, "conversation_id", "id"),
        Index(None, "user_id", "id"),
        Index(None, "words", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    user_id: Mapped[UUID]
    role: Mapped[str] = mapped_column(String(9))
    content: Mapped[str]
    created_at: Mapped[datetime]
    cached: Mapped[bool]
    tokens: Mapped[int]
    words: Mapped[str] = mapped_column(
        TSVECTOR, Computed("message_words(content)", persisted=True), deferred=True
    )


class IdempotencyKey(Base):
    """The first answer to a write that carried a key; stored in the transaction of that write."""

    __tablename__ = "idempotency_keys"

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[bytes]
    status: Mapped[int]
    body: Mapped[str]
    created_at: Mapped[datetime]


class UsageColumns:
    """What is counted of one answered message; `id` is the id of the answer."""

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    conversation_id: Mapped[UUID]
    prompt_tokens: Mapped[int]
    completion_tokens: Mapped[int]
    cached: Mapped[bool]
    created_at: Mapped[datetime]


class OutboxEvent(UsageColumns, Base):
    """An event that was stored with its message and is not counted yet."""

    __tablename__ = "usage_outbox"


class UsageEvent(UsageColumns, Base):
    """An event that has been counted."""

    __tablename__ = "usage_events"


class UsageTotals(Base):
    """The sums over a user's events."""

    __tablename__ = "usage_totals"

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    messages: Mapped[int] = mapped_column(BigInteger)
    prompt_tokens: Mapped[int] = mapped_column(BigInteger)
    completion_tokens: Mapped[int] = mapped_column(BigInteger)
    cached: Mapped[int] = mapped_column(BigInteger)
