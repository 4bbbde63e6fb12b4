"""The receiving end of one site: a consumer that never rests, and one that works off backlogs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import gevent
from gevent.event import Event

from scenarios.queue.books import RECEIVED, Books
from scenarios.queue.broker import BACKLOG, SIZE, Broker, Receiver, id_of

WAIT_S = 1.0
CLOSE_S = 1.0
AFTER_FAULT_S = 0.05


class Inbox:
    """Receives what is sent to `now` at once, and a backlog from `later` when told to.

    `waiting` is how many messages are known to be in `later`.
    """

    def __init__(self, broker: Broker, books: Books, *, now: str, later: str) -> None:
        self.waiting = 0
        self._broker, self._books = broker, books
        self._now, self._later = now, later
        self._expected = dict[str, Event]()
        self._draining = False
        self._drainer: Receiver | None = None
        self._consumer: gevent.Greenlet | None = None

    def open(self) -> None:
        """Connect, and begin to receive; raises what the broker's client does."""
        self._consumer = gevent.spawn(self._consume, self._broker.receiver(self._now))

    @contextlib.contextmanager
    def expecting(self, one: str) -> Iterator[Event]:
        """Give an event that is set when the message with this id was received.

        Raises what ended the consumer, if it has ended.
        """
        if self._consumer is not None and self._consumer.ready():
            self._consumer.get()
        event = self._expected[one] = Event()
        try:
            yield event
        finally:
            del self._expected[one]

    @contextlib.contextmanager
    def backlog(self) -> Iterator[bool]:
        """Tell whether there is a backlog for the caller alone to drain, connected to do so."""
        if self._draining or self.waiting < BACKLOG:
            yield False
            return
        self._draining = True
        try:
            yield self._can_drain()
        finally:
            self._draining = False

    def drain(self) -> int:
        """Receive one backlog's messages from `later`; return how many."""
        receiver, taken = self._drainer, 0
        if receiver is None:
            raise RuntimeError("there is no backlog that was to be drained")
        while taken < BACKLOG:
            taken += self._note(receiver.take(BACKLOG - taken, WAIT_S))
        receiver.pause()
        receiver.settle()
        self.waiting -= taken
        return taken

    def forget_backlog(self) -> None:
        """Give up a backlog that may not be there any more."""
        self.waiting = 0
        if self._drainer is not None:
            _close(self._drainer)
            self._drainer = None

    def _can_drain(self) -> bool:
        """Connect, if need be; a broker that is away is for a later time."""
        if self._drainer is None:
            with contextlib.suppress(*self._broker.faults):
                self._drainer = self._broker.receiver(self._later)
        return self._drainer is not None

    def _consume(self, receiver: Receiver) -> None:
        """Receive for ever, connecting anew as often as it takes."""
        while True:
            try:
                while True:
                    self._note(receiver.take(BACKLOG, WAIT_S))
                    receiver.settle()
            except self._broker.faults:
                _close(receiver)
                receiver = self._connected()

    def _connected(self) -> Receiver:
        while True:
            gevent.sleep(AFTER_FAULT_S)
            with contextlib.suppress(*self._broker.faults):
                return self._broker.receiver(self._now)

    def _note(self, bodies: list[bytes]) -> int:
        """Note messages as received and wake who expects them; a mutilated one has no known id."""
        ids = [id_of(body) if len(body) == SIZE else "mutilated" for body in bodies]
        self._books.note(RECEIVED, ids)
        for one in ids:
            if event := self._expected.get(one):
                event.set()
        return len(ids)


def _close(receiver: Receiver) -> None:
    """Close a connection whose broker may not answer."""
    with gevent.Timeout(CLOSE_S, exception=False):
        receiver.close()
