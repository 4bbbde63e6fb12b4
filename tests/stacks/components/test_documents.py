"""The components that hold documents: what they promise, count and find."""

from __future__ import annotations

from contextlib import closing

import httpx
import pymongo
import pytest

from harness.contract import Counts, DiskUse, Durability, Operations
from stacks.components.elasticsearch import index_settings


def test_elasticsearch_counts_documents_and_searches(up):
    """Not what the cluster does by itself."""
    with closing(up("elasticsearch").components["elasticsearch"].connect()) as client:
        before = client.operations()
        for number in range(3):
            client.link.put(f"/done/_doc/{number}", json={"text": "a"}).raise_for_status()
            client.link.get(f"/done/_doc/{number}").raise_for_status()
        client.link.get("/done/_search").raise_for_status()
        assert isinstance(client, Operations)
        assert client.operations() - before == 7


def test_mongodb_counts_commands_on_data_and_its_stand_in_does_not(up):
    """Which of them it is, its version tells."""
    placed = up("mongodb").components["mongodb"]
    with closing(placed.connect()) as client:
        assert isinstance(client, Operations)
        if placed.stand_in:
            assert client.operations() is None
        else:
            before = client.operations()
            client.link.chat.done.insert_one({"a": 1})
            client.link.chat.done.find_one()
            assert client.operations() - before == 2


def test_elasticsearch_finds_other_forms_of_an_english_word(up):
    """By the analyzer of that name, as in the image."""
    with closing(httpx.Client(base_url=up("elasticsearch").url, timeout=30)) as client:
        text = {"type": "text", "analyzer": "english"}
        client.put("/notes", json={"mappings": {"properties": {"text": text}}}).raise_for_status()
        client.put("/notes/_doc/1?refresh=true", json={"text": "The foxes were jumping"})
        found = client.get("/notes/_search", params={"q": "text:fox"}).json()
    assert [hit["_id"] for hit in found["hits"]["hits"]] == ["1"]


def test_elasticsearch_counts_and_weighs(up):
    """What was written a moment ago counts as well, and an index that is not there is empty."""
    placed = up("elasticsearch").components["elasticsearch"]
    with closing(placed.connect()) as client:
        client.link.put("/counted/_doc/1", json={"text": "hello"}).raise_for_status()
        assert (client.count("counted"), client.count("nothing")) == (1, 0)
        assert client.bytes_on_disk() > 1_000
        assert client.version().startswith("8.19.")


@pytest.mark.parametrize(("tier", "translog"), [("none", "async"), ("process", "request")])
def test_elasticsearch_syncs_before_it_answers_unless_nothing_is_promised(up, tier, translog):
    """The tier is a setting of each index, which its client makes."""
    with closing(httpx.Client(base_url=up("elasticsearch").url, timeout=30)) as client:
        settings = {"settings": index_settings(Durability(tier))}
        client.put(f"/tier-{tier}", json=settings).raise_for_status()
        said = client.get(f"/tier-{tier}/_settings").json()[f"tier-{tier}"]["settings"]["index"]
    assert said["translog"]["durability"] == translog


@pytest.mark.parametrize("password", ["", "chat:wrong@"])
def test_mongodb_asks_for_the_password(up, password):
    """Nobody reads without it, or with another."""
    at = up("mongodb").components["mongodb"].at
    url = f"mongodb://{password}{at.host}:{at.port}/?authSource=admin"
    with closing(pymongo.MongoClient(url)) as link, pytest.raises(pymongo.errors.OperationFailure):
        link.chat.notes.find_one()


def test_mongodb_counts_and_weighs(up):
    """Documents of a collection, and what an aggregation comes to; what is not there is none."""
    placed = up("mongodb").components["mongodb"]
    total = '{"aggregate": "counted", "pipeline": [{"$group": {"_id": null, "n": {"$sum": "$n"}}}]}'
    with closing(placed.connect()) as client:
        assert isinstance(client, Counts)
        assert isinstance(client, DiskUse)
        assert (client.count("counted"), client.count(total)) == (0, 0)
        client.link.get_default_database().counted.insert_many([{"n": 3}, {"n": 4}])
        assert (client.count("counted"), client.count(total)) == (2, 7)
        assert client.bytes_on_disk() > 0


def test_mongodb_refuses_to_count_by_more_than_one_number(up):
    """The ledger asks for one."""
    asked = '{"aggregate": "rows", "pipeline": [{"$project": {"n": 1}}]}'
    with closing(up("mongodb").components["mongodb"].connect()) as client:
        client.link.get_default_database().rows.insert_many([{"n": 3}, {"n": 4}])
        with pytest.raises(ValueError, match="a single number was expected"):
            client.count(asked)
