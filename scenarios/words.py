"""Texts from a seed: titles, questions, words to search for. The same seed gives the same text."""

from __future__ import annotations

import random
from itertools import accumulate

_TEXT = """
amber anchor apple arrow autumn basket beacon bicycle blanket bottle bridge bronze button cabin
camera candle canyon carpet castle cedar chapel cherry circle clover cobalt comet copper coral
cotton cradle crystal desert diamond dolphin dragon eagle ember engine falcon feather fiddle
forest fossil fountain garden ginger glacier granite hammer harbor hazel helmet honey horizon
island ivory jacket jasmine jungle kettle ladder lantern lavender lemon library lilac magnet
maple marble meadow mirror mountain needle nickel nutmeg oasis ocean olive orchard orchid paddle
palace parcel pebble pepper pillow planet pocket prairie quarry quartz rabbit raven ribbon river
rocket saddle saffron sapphire shadow silver spiral summit temple thunder timber tulip tunnel
valley velvet violet walnut willow window winter
"""
WORDS = tuple(_TEXT.split())
OPENINGS = (
    "Please explain",
    "What should I know about",
    "Can you compare",
    "Tell me a story about",
    "Write a short note on",
    "How would you describe",
)
COMMON = 100
ZIPF_EXPONENT = 1.1
ZIPF = tuple(accumulate(1 / rank**ZIPF_EXPONENT for rank in range(1, COMMON + 1)))


def title(rng: random.Random) -> str:
    """Return a conversation's title of three words."""
    return " ".join(rng.sample(WORDS, 3)).capitalize()


def question(rng: random.Random) -> str:
    """Return a question of some ten to thirty words."""
    subjects = ", ".join(rng.sample(WORDS, rng.randint(6, 24)))
    return f"{rng.choice(OPENINGS)} {subjects}?"


def common_questions(seed: int) -> tuple[str, ...]:
    """Return the questions that many users ask, the most frequent first."""
    rng = random.Random(f"common/{seed}")
    return tuple(f"{question(rng)} ({number})" for number in range(COMMON))


def common_question(rng: random.Random, questions: tuple[str, ...]) -> str:
    """Draw one by Zipf's law: the n-th is asked n ** -1.1 times as often as the first."""
    return rng.choices(questions, cum_weights=ZIPF)[0]
