"""Answers looked up in a cache, and put there when they are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from harness.contract import Acknowledged, ComponentScenario, Effects, Subject
from harness.errors import ContractBroken
from scenarios.audit import contradictions
from scenarios.cache.answers import Answers
from scenarios.cache.caches import DROPPED, HITS, KEYS, MISSES, PRODUCTS, SETS, opened

ANSWERS = 100_000
READ_BACK = 200
GET, HIT, MISS, SET = "get", "getHit", "getMiss", "set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache(ComponentScenario):
    """Users ask for `keys` answers by Zipf's law; more than the cache has room for."""

    name: ClassVar[str] = "cache"
    title: ClassVar[str] = "Cache: look up answers, store the missing ones"
    components: ClassVar[frozenset[str]] = PRODUCTS
    effects: ClassVar[Sequence[Effects]] = (
        Effects(endpoint=HIT, stores={HITS: 1}),
        Effects(endpoint=MISS, stores={MISSES: 1}),
        # A lookup that got no answer may have been either.
        Effects(endpoint=GET, stores={HITS: 1, MISSES: 1}),
        Effects(endpoint=SET, stores={SETS: 1}),
    )
    locustfile: ClassVar[Path] = Path(__file__).with_name("locustfile.py")
    keys: int = ANSWERS

    def prepare(self, subject: Subject, seed: int) -> Mapping[str, object]:
        """Fill the cache, the most popular answers last, so that it holds those from the start;
        return {"keys", "seed"}.
        """
        answers = Answers(seed=seed, keys=self.keys)
        with opened(subject, "loading") as cache:
            cache.clear()
            cache.load((answers.key(n), answers.value(n)) for n in reversed(range(self.keys)))
        return {"keys": self.keys, "seed": seed}

    def verify(self, subject: Subject, data: Mapping[str, Any]) -> None:
        """Read back what was stored last: what is there must be right, and half must be there."""
        answers = Answers(seed=data["seed"], keys=data["keys"])
        with opened(subject, "verifying") as cache:
            found = {n: cache.get(answers.key(n)) for n in range(min(READ_BACK, answers.keys))}
        held = {number: value for number, value in found.items() if value is not None}
        for number, value in held.items():
            if value != answers.value(number):
                raise ContractBroken(
                    f"{subject.name}: {answers.key(number)} was stored as "
                    f"{answers.value(number)[:40]!r}..., but read as {value[:40]!r}..."
                )
        if len(held) < len(found) / 2:
            raise ContractBroken(
                f"{subject.name} holds {len(held)} of the {len(found)} values stored last"
            )

    def count(self, subject: Subject, data: Mapping[str, object]) -> Mapping[str, int]:
        """Read the server's counters."""
        del data
        with opened(subject, "counting") as cache:
            return cache.counters()

    def audit(self, acknowledged: Acknowledged) -> tuple[str, ...]:
        """Compare lookups that found something, those that did not, and sets, one by one; keys may
        only come by sets and only go when the server dropped them.
        """
        before, after = acknowledged.before, acknowledged.after
        exact = {kind: number for kind, number in before.items() if kind in (HITS, MISSES, SETS)}
        found = [*contradictions(self.effects, replace(acknowledged, before=exact))]
        grown = after[KEYS] - before[KEYS]
        dropped = after[DROPPED] - before[DROPPED]
        most = acknowledged.answered.get(SET, 0) + acknowledged.unsure.get(SET, 0)
        if grown + dropped > most:
            found.append(f"{grown + dropped} keys came, but clients were told of {most} sets.")
        if grown + dropped < 0:
            found.append(f"{-grown} keys are gone, but the server dropped only {dropped}.")
        return tuple(found)


SCENARIO = Cache()
BY_HAND = Cache(keys=ANSWERS // 10)
