"""Users of a cache by its own protocol.

By hand: locust -f scenarios/cache/locustfile.py --host redis://:password@host:6379/0
"""

from __future__ import annotations

from collections.abc import Mapping

from locust import task

from harness.drive.native import NativeUser
from scenarios.cache.answers import Answers
from scenarios.cache.caches import product
from scenarios.cache.scenario import BY_HAND, GET, HIT, MISS, SET
from scenarios.zipf import Zipf

NOTHING = b""


class AnswerUser(NativeUser):
    """Looks answers up, and stores those that are missing; see README.md."""

    def prepare_alone(self) -> Mapping[str, object]:
        """Fill the cache with a tenth of the answers."""
        return BY_HAND.prepare(self.subject, self.at.seed)

    def on_start(self) -> None:
        """Know the answers."""
        super().on_start()
        self.answers = Answers(seed=self.data["seed"], keys=self.data["keys"])
        self.popular = Zipf(items=self.answers.keys)

    def open(self) -> None:
        """Connect."""
        kind = product(self.subject)
        self.faults = kind.faults
        self.cache = kind.at(self.subject)

    def close(self) -> None:
        """Close the connection."""
        self.cache.close()

    @task
    def ask(self) -> None:
        """Look an answer up; where it is missing, have it made (at once) and store it."""
        number = self.popular.draw(self.rng)
        key, value = self.answers.key(number), self.answers.value(number)
        found = self.call(
            GET,
            lambda: self.cache.get(key) or NOTHING,
            check=lambda kept: None if kept in (NOTHING, value) else "not the value that was set",
            size=len,
            rename=lambda kept: HIT if kept else MISS,
        )
        if found.ok and not found.value:
            self.call(SET, lambda: self.cache.set(key, value))
