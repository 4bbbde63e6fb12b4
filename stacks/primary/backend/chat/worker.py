"""The worker: `python -m chat.worker` takes usage events off the queue and counts them."""

import asyncio
import logging
import signal

import aio_pika
import uvloop
from aio_pika.abc import AbstractIncomingMessage
from aio_pika.exceptions import AMQPError, ChannelInvalidStateError
from sqlalchemy.exc import SQLAlchemyError

from chat.database import Database
from chat.events import Usage, declare_queue
from chat.settings import WorkerSettings
from chat.usage import count, left_behind

logger = logging.getLogger(__name__)

# How many events may be on their way to the worker, and so the most of one transaction.
PREFETCH = 200
# Totals may lag by seconds, and one transaction for many events costs little more than for one.
GATHERING = 0.1
# The queue brings an event within milliseconds; what is older than this was not published.
OUTBOX_AGE = 5.0
PAUSE = 2.0

Inbox = asyncio.Queue[AbstractIncomingMessage]


async def consume(inbox: Inbox, database: Database) -> None:
    """Count what has come, all of it in one transaction, and acknowledge it after the commit."""
    while True:
        messages = [await inbox.get()]
        await asyncio.sleep(GATHERING)
        while len(messages) < PREFETCH and not inbox.empty():
            messages.append(inbox.get_nowait())
        try:
            await handle(messages, database)
        except (SQLAlchemyError, OSError) as error:
            logger.warning("%d events go back to the queue: %r", len(messages), error)
            await settle(messages[-1].nack(multiple=True, requeue=True))
            await asyncio.sleep(PAUSE)


async def handle(messages: list[AbstractIncomingMessage], database: Database) -> None:
    """Count the events of some messages, and acknowledge them."""
    events = []
    for message in messages:
        try:
            events.append(Usage.decode(message.body))
        except (ValueError, LookupError, TypeError) as error:
            logger.error("dropped a message that is no event: %r %r", message.body[:200], error)
    if events:
        await count(database, events)
    await settle(messages[-1].ack(multiple=True))


async def settle(answer: asyncio.Future) -> None:
    """Send an acknowledgement; if the connection is gone, the broker delivers again by itself."""
    try:
        await answer
    except (AMQPError, ChannelInvalidStateError, OSError) as error:
        logger.warning("an acknowledgement was lost, events will come again: %r", error)


async def sweep(database: Database) -> None:
    """Count what was stored with its message but never came through the queue."""
    while True:
        await asyncio.sleep(PAUSE)
        try:
            events = await left_behind(database, OUTBOX_AGE, PREFETCH)
            if events:
                logger.warning("%d events were left in the outbox", len(events))
                await count(database, events)
        except (SQLAlchemyError, OSError) as error:
            logger.warning("the outbox cannot be read: %s", error)


async def run(settings: WorkerSettings) -> None:
    """Work until cancelled."""
    database = Database(settings.sqlalchemy_url, pool_size=2)
    inbox: Inbox = asyncio.Queue()
    try:
        connection = await aio_pika.connect_robust(
            settings.broker_url, timeout=10, reconnect_interval=1
        )
        async with connection, asyncio.TaskGroup() as tasks:
            channel = await connection.channel()
            await channel.set_qos(prefetch_count=PREFETCH)
            queue = await declare_queue(channel, settings.durability)
            await queue.consume(inbox.put)
            tasks.create_task(consume(inbox, database))
            tasks.create_task(sweep(database))
    finally:
        await database.close()


async def main() -> None:
    """Work until SIGTERM or SIGINT."""
    working = asyncio.ensure_future(run(WorkerSettings()))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, working.cancel)
    await asyncio.wait([working])
    if not working.cancelled():
        working.result()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    uvloop.run(main())
