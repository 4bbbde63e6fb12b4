"""Which item is asked for next, by Zipf's law: the n-th is asked for n ** -0.99 times as often as
the first.

Drawn as YCSB does (`ZipfianGenerator`, `ScrambledZipfianGenerator`, https://github.com/brianfrankcooper/YCSB),
by the approximation of J. Gray et al., Quickly Generating Billion-Record Synthetic Databases,
SIGMOD 1994, section 3.2.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cached_property

THETA = 0.99
EXACT = 1_000
SCRAMBLED = 10**10
FNV_BASIS, FNV_PRIME, WORD = 0xCBF29CE484222325, 0x100000001B3, 2**64


def zeta(items: int, theta: float = THETA) -> float:
    """Return the sum of n ** -theta for n from 1 to `items`.

    The first thousand terms are added up, the others follow by the Euler-Maclaurin formula,
    https://dlmf.nist.gov/2.10#E1, to ten digits.
    """
    head = min(items, EXACT)
    total: float = sum(n**-theta for n in map(float, range(1, head + 1)))
    if items > head:
        first, last = float(head), float(items)
        total += (last ** (1 - theta) - first ** (1 - theta)) / (1 - theta)
        total += (last**-theta - first**-theta) / 2
        total -= theta * (last ** (-theta - 1) - first ** (-theta - 1)) / 12
    return total


@dataclass(frozen=True, kw_only=True)
class Zipf:
    """Draws ranks from 0, the most popular, to `items` - 1."""

    items: int

    @cached_property
    def _sums(self) -> tuple[float, float]:
        """The sum of all weights, and Gray's eta."""
        whole = zeta(self.items)
        eta = (1 - (2 / self.items) ** (1 - THETA)) / (1 - zeta(2) / whole)
        return whole, eta

    def draw(self, rng: random.Random) -> int:
        """Return the next rank."""
        whole, eta = self._sums
        chance = rng.random()
        weight = chance * whole
        if weight < 1.0:
            return 0
        if weight < 1.0 + 0.5**THETA:
            return 1
        return int(self.items * (eta * chance - eta + 1) ** (1 / (1 - THETA)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrambled:
    """Draws numbers from 0 to `items` - 1, the popular ones scattered among the others.

    As in YCSB, ranks are drawn from ten thousand million and hashed to `items`.
    """

    items: int
    ranks: Zipf = Zipf(items=SCRAMBLED)

    def draw(self, rng: random.Random) -> int:
        """Return the next number."""
        return fnv(self.ranks.draw(rng)) % self.items


def fnv(number: int) -> int:
    """Return the magnitude of the 64-bit FNV-1a hash of a number's eight bytes, lowest first.

    http://www.isthe.com/chongo/tech/comp/fnv/
    """
    found = FNV_BASIS
    for byte in number.to_bytes(8, "little"):
        found = (found ^ byte) * FNV_PRIME % WORD
    return min(found, WORD - found)
