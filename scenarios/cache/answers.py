"""What is kept in the cache: answers of a model, as long as such answers are."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from math import log

from scenarios.passages import passage, source

MEDIAN, SIGMA = 1_000, 0.6
SHORTEST, LONGEST = 200, 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Answers by number, from 0, the most popular. A value depends on seed and number alone, so
    that whatever a cache returns can be compared in full.
    """

    seed: int
    keys: int

    def key(self, number: int) -> str:
        """Return the key under which an answer is kept."""
        return f"answer:{self.seed}:{number}"

    def value(self, number: int) -> bytes:
        """Return an answer, which begins with its number."""
        head = b"%d " % number
        size = _sizes(self.seed, self.keys)[number] - len(head)
        return head + passage(_bytes(self.seed), number, size)


@cache
def _bytes(seed: int) -> bytes:
    return source(seed).encode("ascii")


@cache
def _sizes(seed: int, keys: int) -> tuple[int, ...]:
    """Return the length of each answer: lognormal, cut at both ends."""
    rng = random.Random(f"sizes/{seed}")
    drawn = (round(rng.lognormvariate(log(MEDIAN), SIGMA)) for _ in range(keys))
    return tuple(min(max(size, SHORTEST), LONGEST) for size in drawn)
