"""A search engine alone: indexing, queries over data that grows, and how good the answers are."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any, ClassVar

from harness.contract import Acknowledged, ComponentScenario, Effects, Subject
from harness.errors import ContractBroken
from scenarios.audit import contradictions
from scenarios.search.corpus import Question, corpus
from scenarios.search.engine import PRODUCTS, Engine, product
from scenarios.search.relevance import ndcg

LOADED = 4_000
BULK = 50
IN_A_REQUEST = 500


class Search(ComponentScenario):
    """Users search, and add documents one by one and in bulk."""

    name: ClassVar[str] = "search"
    title: ClassVar[str] = "Full-text search"
    components: ClassVar[frozenset[str]] = PRODUCTS
    crashable: ClassVar[bool] = True
    effects: ClassVar[Sequence[Effects]] = (
        Effects(endpoint="index", stores={"documents": 1}),
        Effects(endpoint="index bulk", stores={"documents": BULK}),
    )
    locustfile: ClassVar[Path] = Path(__file__).with_name("locustfile.py")

    def prepare(self, subject: Subject, seed: int) -> Mapping[str, object]:
        """Make a new index and load the first documents of the seed."""
        index = f"documents_{secrets.token_hex(4)}"
        texts = corpus(seed)
        with closing(product(subject).connect(index)) as engine:
            engine.create()
            for first in range(0, LOADED, IN_A_REQUEST):
                engine.add(tuple(texts.documents(first, first + IN_A_REQUEST)))
            engine.refresh()
        return {"index": index, "seed": seed, "loaded": LOADED}

    def verify(self, subject: Subject, data: Mapping[str, Any]) -> None:
        """Ask what has exact answers: all of them and nothing else must be found."""
        with closing(product(subject).connect(data["index"])) as engine:
            if (there := engine.count()) != data["loaded"]:
                raise ContractBroken(f"{data['loaded']} documents were loaded, {there} are there")
            for question in corpus(data["seed"]).exact:
                if wrong := fault(question, _found(engine, question)):
                    raise ContractBroken(f"searching for {' '.join(question.words)}: {wrong}")

    def count(self, subject: Subject, data: Mapping[str, Any]) -> Mapping[str, int]:
        """Count documents, after a refresh; `ndcg_milli` is how good the ranking of graded answers
        is at that size, 1000 at best, and does not add up.
        """
        with closing(product(subject).connect(data["index"])) as engine:
            engine.refresh()
            ranked = [ndcg(_found(engine, q), q.grades) for q in corpus(data["seed"]).graded]
            return {"documents": engine.count(), "ndcg_milli": round(1_000 * fmean(ranked))}

    def audit(self, acknowledged: Acknowledged) -> tuple[str, ...]:
        """Compare the growth of the index with what was acknowledged."""
        only = {
            when: {"documents": getattr(acknowledged, when)["documents"]}
            for when in ("before", "after")
        }
        return contradictions(self.effects, replace(acknowledged, **only))


def fault(question: Question, found: Sequence[int]) -> str | None:
    """Say what is wrong with an answer that should be exact, None when it is right."""
    wanted, there = set(question.grades), set(found)
    if missing := wanted - there:
        return f"{len(missing)} of {len(wanted)} documents were not found"
    if strange := there - wanted:
        return f"{len(strange)} documents were found that do not have the words"
    return None


def _found(engine: Engine, question: Question) -> list[int]:
    return [one.id for one in engine.find(question.words, every=question.every)]


SCENARIO = Search()
