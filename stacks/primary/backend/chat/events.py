"""Usage events on their way to the worker, through a durable queue of RabbitMQ."""

import json
import logging
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import aio_pika
from aio_pika.abc import AbstractRobustChannel, AbstractRobustConnection, AbstractRobustQueue
from aio_pika.exceptions import AMQPError, ChannelInvalidStateError

logger = logging.getLogger(__name__)

QUEUE = "usage"
CONFIRM_TIMEOUT = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What is counted of one answered message; `id` is the id of the answer."""

    id: UUID
    user_id: UUID
    conversation_id: UUID
    prompt_tokens: int
    completion_tokens: int
    cached: bool
    created_at: datetime

    def columns(self) -> dict[str, Any]:
        """Return the event as a row of its table."""
        return {name: getattr(self, name) for name in FIELDS}

    def encode(self) -> bytes:
        """Return the body of the event's message."""
        return json.dumps(self.columns(), default=str).encode()

    @classmethod
    def decode(cls, body: bytes) -> "Usage":
        """Read the body of a message; raise ValueError, KeyError or TypeError if it is no event."""
        event = json.loads(body)
        return cls(
            id=UUID(event["id"]),
            user_id=UUID(event["user_id"]),
            conversation_id=UUID(event["conversation_id"]),
            prompt_tokens=int(event["prompt_tokens"]),
            completion_tokens=int(event["completion_tokens"]),
            cached=bool(event["cached"]),
            created_at=datetime.fromisoformat(event["created_at"]),
        )


FIELDS = tuple(field.name for field in fields(Usage))


async def declare_queue(channel: AbstractRobustChannel, durability: str) -> AbstractRobustQueue:
    """Declare the queue as the app and the worker both need it: a quorum queue syncs its log."""
    kind = "quorum" if durability == "machine" else "classic"
    return await channel.declare_queue(QUEUE, durable=True, arguments={"x-queue-type": kind})


class Publisher:
    """Publishes events; unless nothing is promised, waits until the broker confirms each."""

    def __init__(
        self, connection: AbstractRobustConnection, channel: AbstractRobustChannel, durability: str
    ) -> None:
        self._connection = connection
        self._channel = channel
        keep = durability != "none"
        modes = aio_pika.DeliveryMode
        self._mode = modes.PERSISTENT if keep else modes.NOT_PERSISTENT

    @classmethod
    async def connect(cls, url: str, durability: str) -> "Publisher":
        """Connect and declare the queue."""
        confirms = durability != "none"
        connection = await aio_pika.connect_robust(url, timeout=10, reconnect_interval=1)
        channel = await connection.channel(publisher_confirms=confirms, on_return_raises=confirms)
        await declare_queue(channel, durability)
        return cls(connection, channel, durability)

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()

    async def publish(self, event: Usage) -> None:
        """Publish an event. If that fails it is logged, and the worker finds it in the outbox."""
        message = aio_pika.Message(
            event.encode(),
            message_id=str(event.id),
            content_type="application/json",
            delivery_mode=self._mode,
        )
        try:
            await self._channel.default_exchange.publish(message, QUEUE, timeout=CONFIRM_TIMEOUT)
        except (AMQPError, ChannelInvalidStateError, OSError, TimeoutError) as error:
            logger.warning("event %s is left in the outbox: %r", event.id, error)

    async def version(self) -> str:
        """Return what the broker calls itself; makes a round trip; raises if that fails."""
        async with self._connection.channel():
            transport = self._connection.transport
            properties = transport.connection.server_properties
        return f"{properties['product']} {properties['version']}"
