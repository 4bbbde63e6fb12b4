"""Search: an Elasticsearch index with one document for each message.

The words of a message are taken out of it here, because none of Elasticsearch's analyzers that
every distribution carries knows the contract's idea of a word, and stored as keywords. A query is
a filter of exact terms, in which no syntax can hide. What is found is answered from the index.
"""

from elasticsearch import ApiError, Elasticsearch, TransportError
from flask import Flask

from . import documents, ids, text_rules

ERRORS = (ApiError, TransportError)
INDEX = "messages"
REQUEST_SECONDS = 5.0
MAPPINGS = {
    "dynamic": "strict",
    "properties": {
        "user": {"type": "keyword", "doc_values": False},
        "words": {"type": "keyword", "doc_values": False},
        "order": {"type": "long"},
        "message": {"type": "object", "enabled": False},
    },
}


class SearchIndex:
    """The index of all users' messages."""

    def init_app(self, app: Flask) -> None:
        """Makes the client, which connects when it is first used."""
        self.client = Elasticsearch(
            app.config["ELASTICSEARCH_URL"],
            request_timeout=REQUEST_SECONDS,
            max_retries=0,
            connections_per_node=app.config["THREADS"] + 1,
        )
        lasting = app.config["DURABILITY"] != "none"
        self._settings = {
            "number_of_shards": 1,
            "number_of_replicas": 0,
            "refresh_interval": "-1",
            "translog.durability": "request" if lasting else "async",
        }

    def prepare(self) -> None:
        """Makes the index if it is missing, and waits until it can be used."""
        patient = self.client.options(request_timeout=60)
        if not patient.indices.exists(index=INDEX):
            patient.indices.create(index=INDEX, settings=self._settings, mappings=MAPPINGS)

    def add(self, exchanges: list[dict]) -> None:
        """Stores the messages of exchanges, again if they are there; raises one of ERRORS.

        They are found by the first search after it.
        """
        operations = []
        for exchange in exchanges:
            for number, message in zip(
                documents.message_numbers(exchange), documents.messages(exchange), strict=True
            ):
                operations.append({"index": {"_id": message["id"]}})
                operations.append(
                    {
                        "user": ids.text(exchange["user"]),
                        "words": text_rules.words(message["content"]),
                        "order": number,
                        "message": message,
                    }
                )
        answer = self.client.bulk(
            index=INDEX, operations=operations, filter_path="errors,items.*.error"
        )
        if answer["errors"]:
            raise TransportError(f"messages were refused: {str(answer)[:500]}")

    def find(
        self, user: int, words: list[str], before: int | None, limit: int
    ) -> list[tuple[int, dict]]:
        """The newest messages with all words, each with its place in the order; raises ERRORS."""
        # Nothing else makes new messages visible: the search pays for it, not each message.
        self.client.indices.refresh(index=INDEX)
        terms = [{"term": {"user": ids.text(user)}}, *({"term": {"words": w}} for w in words)]
        found = self.client.search(
            index=INDEX,
            query={"bool": {"filter": terms}},
            sort=[{"order": "desc"}],
            size=limit,
            search_after=None if before is None else [before],
            source=["message"],
            track_total_hits=False,
            filter_path="hits.hits.sort,hits.hits._source",
        )
        hits = found.get("hits", {}).get("hits", [])
        return [(hit["sort"][0], hit["_source"]["message"]) for hit in hits]

    def ping(self) -> None:
        """Asks whether the index can be used; raises one of ERRORS."""
        health = self.client.cluster.health(index=INDEX, timeout="1s")
        if health["status"] == "red":
            raise TransportError("the index cannot be used")

    def version(self) -> str:
        """The version that the node tells; raises one of ERRORS."""
        said = self.client.nodes.info(node_id="_local", filter_path="nodes.*.version")
        return next(iter(said["nodes"].values()))["version"]
