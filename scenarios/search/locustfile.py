"""Users who search, and add to what is searched.

By hand: locust -f scenarios/search/locustfile.py --host postgresql://user:password@127.0.0.1/db
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from gevent.threadpool import ThreadPool
from locust import task

from harness.drive.native import NativeUser
from scenarios import subjects
from scenarios.search.corpus import Document, Question, corpus
from scenarios.search.engine import product
from scenarios.search.relevance import TOP
from scenarios.search.scenario import BULK, SCENARIO, fault

T = TypeVar("T")
EXACT_ONE_IN = 10


class Searcher(NativeUser):
    """Searches more than it adds; the weights are explained in README.md."""

    def prepare_alone(self) -> Mapping[str, object]:
        """Load the first documents."""
        subject = subjects.by_hand(str(self.host))
        return {**SCENARIO.prepare(subject, self.at.seed), "subject": subjects.told(subject)}

    def on_start(self) -> None:
        """Know the documents, connect, and count from what was loaded."""
        self.pool: ThreadPool | None = None
        super().on_start()
        self.corpus = corpus(self.data["seed"])
        shared, loaded = self.at.shared, self.data["loaded"]
        self.numbers = shared.setdefault("numbers", itertools.count(loaded))
        shared.setdefault("documents", loaded)

    def open(self) -> None:
        """Connect, in a thread of its own if the client would hold up other users."""
        used = product(self.subject)
        self.faults = used.faults
        if used.blocks and self.pool is None:
            self.pool = ThreadPool(1)
        self.engine = self.aside(lambda: used.connect(self.data["index"]))

    def close(self) -> None:
        """Give the connection up, after what its thread may still be doing."""
        self.aside(self.engine.close)

    def aside(self, act: Callable[[], T]) -> T:
        """Do something in this user's thread, if it has one."""
        return act() if self.pool is None else self.pool.apply(act)

    @task(16)
    def search(self) -> None:
        """Search for words of a document that was loaded, or for what has an exact answer."""
        loaded = self.data["loaded"]
        if self.rng.randrange(EXACT_ONE_IN):
            words = self.corpus.asked(self.rng, loaded)
            self.find(words, lambda found: wrong(found, words))
        else:
            question: Question = self.rng.choice(self.corpus.exact)
            self.find(question.words, lambda found: fault(question, [one.id for one in found]))

    def find(self, words: Sequence[str], check: Callable[[Sequence[Document]], str | None]) -> None:
        """Search, under the name of the power of two times what was loaded that there is by now."""
        loaded, there = self.data["loaded"], self.at.shared["documents"]
        reached = loaded << (there // loaded).bit_length() - 1
        self.call(
            f"query from {reached}",
            lambda: self.aside(lambda: self.engine.find(words, every=True)),
            check=check,
            size=lambda found: sum(len(one.body) for one in found),
        )

    @task(3)
    def add_one(self) -> None:
        """Add a document."""
        self.add("index", 1)

    @task(1)
    def add_many(self) -> None:
        """Add documents in one request."""
        self.add("index bulk", BULK)

    def add(self, endpoint: str, number: int) -> None:
        """Add that many new documents."""
        new = [self.corpus.document(next(self.numbers)) for _ in range(number)]
        if self.call(endpoint, lambda: self.aside(lambda: self.engine.add(new))).ok:
            self.at.shared["documents"] += number


def wrong(found: Sequence[Document], words: Sequence[str]) -> str | None:
    """Say what is wrong with an answer to words that at least one document has."""
    if not found:
        return "nothing was found of what is there"
    if len(found) > TOP or len({one.id for one in found}) != len(found):
        return "more documents than asked for, or one twice"
    if any(not set(words) <= set(one.body.split()) for one in found):
        return "a document without the words searched for"
    return None
