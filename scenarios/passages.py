"""Passages of a long text made from a seed: as long and as compressible as a model's answers, and
cheap enough to be cut again whenever a value is to be checked.
"""

from __future__ import annotations

import random
from functools import cache
from typing import AnyStr

from scenarios import words

LENGTH = 2**20
STEP = 2_654_435_761


@cache
def source(seed: int) -> str:
    """Return a text of a MiB, words in random order."""
    rng = random.Random(f"passages/{seed}")
    longest = max(map(len, words.WORDS)) + 1
    shortest = min(map(len, words.WORDS)) + 1
    text = " ".join(rng.choices(words.WORDS, k=LENGTH // shortest + longest))
    return text[:LENGTH]


def passage(text: AnyStr, number: int, size: int) -> AnyStr:
    """Cut the passage with a number, `size` characters or bytes long, from such a text."""
    start = number * STEP % (len(text) - size)
    return text[start : start + size]
