"""Texts from a seed."""

import random
from collections import Counter

from scenarios import words


def test_the_same_seed_gives_the_same_questions():
    """All stacks are asked the same."""
    assert words.common_questions(3) == words.common_questions(3)
    assert words.question(random.Random(1)) == words.question(random.Random(1))


def test_another_seed_gives_other_questions():
    """A later round does not find its answers in the caches of an earlier one."""
    assert not set(words.common_questions(3)) & set(words.common_questions(4))


def test_common_questions_follow_zipfs_law():
    """The first is drawn about 2 ** 1.1 times as often as the second."""
    rng, questions = random.Random(1), words.common_questions(1)
    drawn = Counter(words.common_question(rng, questions) for _ in range(20_000))
    ratio = drawn[questions[0]] / drawn[questions[1]]
    assert 1.9 < ratio < 2.4
