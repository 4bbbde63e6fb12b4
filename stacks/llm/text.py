"""A long table of sentences made once, from which every answer is sliced."""

import random
from collections.abc import Sequence
from typing import TypeVar

from .vocabulary import ENDINGS, PUNCTUATION, SHAPES, WORDS

SENTENCES = 8192
SHORTEST = 20
LONGEST = 120
_Choice = TypeVar("_Choice")


class SentenceTable:
    """Tokens of 8,192 sentences; a token is a word with the space before it, or a punctuation mark.

    Only `random.Random.random` is used, the one generator whose sequence Python promises to keep
    for a seed, so the table is the same with every version of Python.
    """

    def __init__(self, seed: int) -> None:
        """Build the table for a seed; takes about a tenth of a second."""
        draw = random.Random(seed).random
        words = {key: [f" {word}".encode() for word in line.split()] for key, line in WORDS.items()}
        shapes = [shape.split() for shape in SHAPES]
        endings = [ending.encode() for ending in ENDINGS]

        def pick(choices: Sequence[_Choice]) -> _Choice:
            return choices[int(draw() * len(choices))]

        tokens: list[bytes] = []
        self._starts: list[int] = []
        for _ in range(SENTENCES):
            self._starts.append(len(tokens))
            sentence = [pick(words[k]) if k in words else k.encode() for k in pick(shapes)]
            sentence[0] = b" " + sentence[0][1:].capitalize()
            tokens += [*sentence, pick(endings)]
        self._starts.append(len(tokens))
        self._tokens = tokens + tokens[:LONGEST]

    def tokens(self, opening: int, body: int, count: int) -> list[bytes]:
        """Give an answer of `count` tokens, or one fewer if the cut fell behind a punctuation mark.

        `opening` and `body` choose the first sentence and the place to read on from; any whole
        number will do. The answer begins with a capital and ends with a full stop.
        """
        first = opening % SENTENCES
        chosen = self._tokens[self._starts[first] : self._starts[first + 1]]
        chosen[0] = chosen[0][1:]
        start = self._starts[body % SENTENCES]
        chosen += self._tokens[start : start + count - len(chosen) - 1]
        if chosen[-1][0] in PUNCTUATION:
            chosen.pop()
        chosen.append(b".")
        return chosen
