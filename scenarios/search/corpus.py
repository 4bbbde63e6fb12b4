"""Documents by number, made-up words in them, and questions whose answers are known.

The first documents are planted: rare words in chosen ones, so that it is known by construction
which of them answer a question. All others are windows of one long random text, in which words are
as unequally frequent as in a language (Zipf's law), and so cheap to make again from their number.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, product
from typing import NamedTuple

VOCABULARY, TOO_COMMON = 5_000, 50
LENGTH = 200_000
SHORTEST, LONGEST = 30, 90
STEP, STRIDE = 2_654_435_761, 40_503
CONSONANTS, VOWELS = "bdfghjklmnprstvw", "aeiou"
EXACT_QUESTIONS, GRADED_QUESTIONS = 20, 20
EXACT_OF_A_KIND, GRADED_OF_A_KIND = 5, 4


class Document(NamedTuple):
    """A document: its number and its words."""

    id: int
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Words to search for and how well documents answer them, by number, 0 for all others.

    With `every` only documents with all the words are wanted, else those with any.
    """

    words: tuple[str, ...]
    every: bool
    grades: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """All documents of a seed, without end, and the questions whose answers were planted."""

    text: tuple[str, ...]
    planted: tuple[Document, ...]
    exact: tuple[Question, ...]
    graded: tuple[Question, ...]

    def document(self, number: int) -> Document:
        """Return the document with a number."""
        if number < len(self.planted):
            return self.planted[number]
        return Document(number, " ".join(self._window(number)))

    def documents(self, first: int, behind: int) -> Iterator[Document]:
        """Return the documents from `first` on that come before `behind`."""
        return map(self.document, range(first, behind))

    def asked(self, rng: random.Random, documents: int) -> tuple[str, ...]:
        """Return one to three words of one of the first documents, none of the most common ones, so
        that at least it has them all.
        """
        number = rng.randrange(len(self.planted), documents)
        rare = [w for w in dict.fromkeys(self._window(number)) if w not in common()]
        return tuple(rng.sample(rare, min(len(rare), rng.randint(1, 3))))

    def _window(self, number: int) -> tuple[str, ...]:
        start = number * STEP % (len(self.text) - LONGEST)
        return self.text[start : start + SHORTEST + number * STRIDE % (LONGEST - SHORTEST)]


@cache
def vocabulary() -> tuple[str, ...]:
    """Return the words, most frequent first: three syllables each, in an order of their own."""
    syllables = [c + v for c, v in product(CONSONANTS, VOWELS)]
    rng = random.Random("vocabulary")
    found = dict[str, None]()
    while len(found) < VOCABULARY:
        found["".join(rng.choices(syllables, k=3))] = None
    return tuple(found)


@cache
def common() -> frozenset[str]:
    """Return the words that nobody would search for: about half of any text."""
    return frozenset(vocabulary()[:TOO_COMMON])


@cache
def corpus(seed: int) -> Corpus:
    """Return the documents of a seed."""
    rng = random.Random(f"corpus/{seed}")
    weights = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
    text = tuple(rng.choices(vocabulary(), cum_weights=weights, k=LENGTH))
    planting = _Planting(rng=rng, text=text, bodies=[])
    exact = tuple(planting.exact(number) for number in range(EXACT_QUESTIONS))
    graded = tuple(planting.graded(number) for number in range(GRADED_QUESTIONS))
    planted = tuple(Document(number, body) for number, body in enumerate(planting.bodies))
    return Corpus(text=text, planted=planted, exact=exact, graded=graded)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planting:
    """Puts rare words, which no other text has, at random places of random texts."""

    rng: random.Random
    text: tuple[str, ...]
    bodies: list[str]

    def exact(self, number: int) -> Question:
        """Plant a pair of words: some documents have both, as many the first, as many the second.
        Both are wanted.
        """
        pair = (f"exact{number}first", f"exact{number}second")
        grades = dict[int, int]()
        for _ in range(EXACT_OF_A_KIND):
            grades[self._plant(pair)] = 1
            self._plant(pair[:1])
            self._plant(pair[1:])
        return Question(words=pair, every=True, grades=grades)

    def graded(self, number: int) -> Question:
        """Plant three words: documents with all of them, with two, and with one that comes often.
        A document is the better the more of the words it has.
        """
        words = tuple(f"graded{number}{name}" for name in ("first", "second", "third"))
        grades = dict[int, int]()
        for turn in range(GRADED_OF_A_KIND):
            grades[self._plant(words * 2)] = 3
            grades[self._plant(tuple(self.rng.sample(words, 2)))] = 2
            grades[self._plant((words[turn % 3],) * 4)] = 1
        return Question(words=words, every=False, grades=grades)

    def _plant(self, words: tuple[str, ...]) -> int:
        """Make the next document; return its number."""
        start = self.rng.randrange(len(self.text) - LONGEST)
        body = list(self.text[start : start + self.rng.randrange(SHORTEST, LONGEST)])
        for word in words:
            body.insert(self.rng.randrange(len(body) + 1), word)
        self.bodies.append(" ".join(body))
        return len(self.bodies) - 1
