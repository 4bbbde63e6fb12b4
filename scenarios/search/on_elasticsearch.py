"""Elasticsearch through its own client, which speaks HTTP: ranked by BM25 as it comes.

What was added is found once the index was refreshed, once a second. That interval is the default,
and is set so that it is kept while nobody searches.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError

from harness.contract import Durability, Subject
from scenarios.search.corpus import Document
from scenarios.search.engine import PATIENCE_S, Engine, Refused
from scenarios.search.relevance import TOP

TRANSLOG: Mapping[Durability, str] = {
    Durability.NONE: "async",
    Durability.PROCESS: "request",
    Durability.MACHINE: "request",
}


def at(subject: Subject) -> OnElasticsearch:
    """Return the engine at a subject's URL, used as its tier says."""
    return OnElasticsearch(url=subject.url, durability=subject.durability)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnElasticsearch:
    """Tiers by the index's `translog.durability`: synced every 5 s, or before each answer."""

    url: str
    durability: Durability
    faults: tuple[type[Exception], ...] = (ApiError, TransportError, Refused, OSError)
    blocks: bool = False

    def connect(self, index: str) -> Engine:
        """Make a client; it connects with its first request."""
        # It logs every request, and warns of each attempt at a node that is away.
        for logger in ("elastic_transport", "elasticsearch"):
            logging.getLogger(logger).setLevel(logging.CRITICAL)
        link = Elasticsearch(
            self.url, request_timeout=PATIENCE_S, max_retries=0, retry_on_timeout=False
        )
        return _Engine(link=link, index=index, translog=TRANSLOG[self.durability])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Engine:
    link: Any
    index: str
    translog: str

    def create(self) -> None:
        self.link.indices.create(
            index=self.index,
            settings={
                "number_of_shards": 1,
                "number_of_replicas": 0,
                "refresh_interval": "1s",
                "translog.durability": self.translog,
            },
            mappings={"dynamic": "strict", "properties": {"body": {"type": "text"}}},
        )

    def add(self, documents: Sequence[Document]) -> None:
        operations = list[dict[str, Any]]()
        for one in documents:
            operations += ({"create": {"_id": str(one.id)}}, {"body": one.body})
        answer = self.link.bulk(index=self.index, operations=operations)
        if answer["errors"]:
            raise Refused(str(answer["items"][0])[:160])

    def find(self, words: Sequence[str], *, every: bool) -> list[Document]:
        match = {"query": " ".join(words), "operator": "and" if every else "or"}
        answer = self.link.search(index=self.index, query={"match": {"body": match}}, size=TOP)
        return [Document(int(h["_id"]), h["_source"]["body"]) for h in answer["hits"]["hits"]]

    def refresh(self) -> None:
        self.link.indices.refresh(index=self.index)

    def count(self) -> int:
        return int(self.link.count(index=self.index)["count"])

    def close(self) -> None:
        self.link.close()
