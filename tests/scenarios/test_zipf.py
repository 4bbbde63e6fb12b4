"""Zipf's law, drawn as YCSB does."""

import random
from collections import Counter

import pytest

from scenarios.zipf import SCRAMBLED, Scrambled, Zipf, fnv, zeta


def test_the_sum_of_weights_is_exact():
    """A sum that would take a minute is that of YCSB's sources; a short one is added up."""
    assert zeta(SCRAMBLED) == pytest.approx(26.46902820178302, rel=1e-9)
    assert zeta(20_000) == pytest.approx(sum(n**-0.99 for n in range(1, 20_001)), rel=1e-12)


def test_ranks_are_drawn_by_the_law():
    """Of 1,000 items the first is drawn as often as its share; the tenth a tenth as often."""
    rng, items = random.Random(1), Zipf(items=1_000)
    drawn = Counter(items.draw(rng) for _ in range(100_000))
    assert drawn[0] / 100_000 == pytest.approx(1 / zeta(1_000), rel=0.05)
    assert drawn[0] / drawn[1] == pytest.approx(2**0.99, rel=0.05)
    assert sum(drawn[n] for n in range(100)) / 100_000 == pytest.approx(
        zeta(100) / zeta(1_000), rel=0.02
    )
    assert (min(drawn), max(drawn)) == (0, 999)


def test_popular_items_lie_anywhere():
    """The most popular of 1,000 is where the hash of rank 0 puts it, and has its share."""
    rng, items = random.Random(1), Scrambled(items=1_000)
    drawn = Counter(items.draw(rng) for _ in range(50_000))
    assert drawn.most_common(1)[0][0] == fnv(0) % 1_000
    assert drawn[fnv(0) % 1_000] / 50_000 == pytest.approx(1 / zeta(SCRAMBLED), rel=0.1)
    assert set(drawn) <= set(range(1_000))


def test_the_hash_is_that_of_its_authors():
    """FNV-1a over eight zero bytes, as a signed number's magnitude."""
    assert fnv(0) == 2**64 - 0xA8C7F832281A39C5


def test_the_same_seed_draws_the_same():
    """So all databases are asked for the same."""
    draws = [[Scrambled(items=99).draw(random.Random(n)) for n in range(9)] for _ in range(2)]
    assert draws[0] == draws[1]
