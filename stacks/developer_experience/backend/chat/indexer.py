"""Puts stored exchanges into the index for search: one thread in each process, in bulk.

Whoever stored an exchange waits until it can be found. What comes in while one request to
Elasticsearch is under way goes together in the next: alone nothing waits, under load the requests
get larger instead of more.

An exchange is marked `pending` from its insertion until it is counted in its conversation and in
the index. So nothing is forgotten: not when a process is killed in between, nor while
Elasticsearch is away. Every process looks for marks that are a few seconds old and does what is
left to do, which does no harm when it is done twice.
"""

import logging
import queue
import threading
import time
from dataclasses import dataclass, field

from flask import Flask
from pymongo import UpdateOne
from pymongo.errors import PyMongoError

from . import ids
from .database import Database
from .search_index import ERRORS, REQUEST_SECONDS, SearchIndex

MOST = 100
SWEEP_SECONDS = 2.0
OVERDUE_SECONDS = 5.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ticket:
    """An exchange on its way into the index; `settled` when that was tried."""

    exchange: dict
    settled: threading.Event = field(default_factory=threading.Event)

    def wait(self) -> None:
        """Waits until it can be found, or until Elasticsearch has had its time."""
        self.settled.wait(2 * REQUEST_SECONDS)


class Indexer:
    """The thread, which starts with the first exchange if nobody starts it before."""

    def __init__(self, database: Database, search_index: SearchIndex):
        self._database = database
        self._search_index = search_index
        self._tickets = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread = None
        self._away_until = self._swept = 0.0

    def init_app(self, app: Flask) -> None:
        """Tells the app where it is."""
        app.extensions["indexer"] = self

    def start(self) -> None:
        """Starts the thread of this process, once."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="indexer", daemon=True)
                self._thread.start()

    def submit(self, exchange: dict) -> Ticket:
        """Hands over an exchange that is stored and counted."""
        self.start()
        ticket = Ticket(exchange)
        self._tickets.put(ticket)
        return ticket

    def _run(self) -> None:
        while True:
            tickets = self._take()
            try:
                if tickets:
                    self._index([each.exchange for each in tickets], tickets)
                if time.monotonic() > self._swept + SWEEP_SECONDS:
                    self._sweep()
            except PyMongoError as error:
                logger.warning("Exchanges stay pending: %s", error)
            except Exception:
                logger.exception("Exchanges stay pending")
            finally:
                _settle(tickets)

    def _take(self) -> list[Ticket]:
        """The tickets that are there; waits for the first until it is time to sweep."""
        tickets = []
        try:
            tickets.append(self._tickets.get(timeout=SWEEP_SECONDS))
            while len(tickets) < MOST:
                tickets.append(self._tickets.get_nowait())
        except queue.Empty:
            pass
        return tickets

    def _index(self, exchanges: list[dict], tickets: list[Ticket]) -> None:
        if time.monotonic() < self._away_until:
            return
        try:
            self._search_index.add(exchanges)
        except ERRORS as error:
            # Until the next sweep nobody waits for a server that does not answer.
            self._away_until = time.monotonic() + SWEEP_SECONDS
            logger.warning("%d exchanges cannot be found yet: %s", len(exchanges), error)
            return
        _settle(tickets)
        numbers = [each["_id"] for each in exchanges]
        self._database.exchange_marks.update_many(
            {"_id": {"$in": numbers}}, {"$unset": {"pending": ""}}
        )

    def _sweep(self) -> None:
        """Finishes what has been pending for too long, the oldest first."""
        self._swept = time.monotonic()
        before = int((time.time() - OVERDUE_SECONDS) * 1e6) << ids.RANDOM_BITS
        left = list(
            self._database.exchanges.find({"pending": True, "_id": {"$lt": before}}, limit=MOST)
        )
        if left:
            self._database.conversation_counts.bulk_write(
                [
                    UpdateOne(
                        {"_id": each["conversation"]}, {"$max": {"message_count": 2 * each["n"]}}
                    )
                    for each in left
                ],
                ordered=False,
            )
            self._index(left, [])


def _settle(tickets: list[Ticket]) -> None:
    for ticket in tickets:
        ticket.settled.set()
