"""What is particular to Cassandra."""

from __future__ import annotations

import time
from contextlib import closing

import pytest
from cassandra.cluster import NoHostAvailable

from harness.contract import Counts, DiskUse, Durability, Operations
from harness.launch import Budget, launched
from stacks.components.cassandra import Cassandra

KEYSPACE = (
    "CREATE KEYSPACE IF NOT EXISTS {} WITH replication = "
    "{{'class': 'SimpleStrategy', 'replication_factor': 1}}"
)
TABLE = "CREATE TABLE IF NOT EXISTS {}.t (id int PRIMARY KEY, body text)"
INSERT = "INSERT INTO {}.t (id, body) VALUES (?, ?)"
INDEX = (
    "CREATE CUSTOM INDEX ON {}.t (body) USING 'org.apache.cassandra.index.sasi.SASIIndex' WITH "
    "OPTIONS = {{'mode': 'CONTAINS', 'analyzed': 'true', 'tokenization_enable_stemming': 'true', "
    "'analyzer_class': 'org.apache.cassandra.index.sasi.analyzer.StandardAnalyzer', "
    "'tokenization_normalize_lowercase': 'true', 'tokenization_locale': 'en'}}"
)


def filled(client, keyspace, *indexes, number=50):
    """Make a table with its indexes and write so many rows, each acknowledged."""
    for statement in (KEYSPACE, TABLE, *indexes):
        client.link.execute(statement.format(keyspace))
    insert = client.link.prepare(INSERT.format(keyspace))
    for n in range(number):
        client.link.execute(insert, (n, f"Quick Foxes, {n}"))


def counted(client, statement):
    """Count, once the driver has found the server again."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return client.count(statement)
        except NoHostAvailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def test_it_counts_and_weighs(up):
    """By CQL, and by what the server says of its tables."""
    with closing(up("cassandra").components["cassandra"].connect()) as client:
        assert isinstance(client, Counts)
        assert isinstance(client, DiskUse)
        filled(client, "counted")
        assert client.count("SELECT count(*) FROM counted.t") == 50
        assert client.bytes_on_disk() >= 2**20


def test_text_can_be_searched_by_stem(up):
    """SASI is allowed; whether that is good enough is its users' to say."""
    with closing(up("cassandra").components["cassandra"].connect()) as client:
        filled(client, "searched", INDEX, number=3)
        found = client.link.execute("SELECT id FROM searched.t WHERE body LIKE '%fox%'")
        assert sorted(row.id for row in found) == [0, 1, 2]


def test_what_it_acknowledged_survives_that_it_is_killed(launcher, stack_for):
    """On the same data and ports; a client that was there before finds it again."""
    with launched(stack_for("cassandra"), launcher, Budget()) as stack:
        placed = stack.components["cassandra"]
        with closing(placed.connect()) as client:
            filled(client, "kept")
            placed.crash()
            assert counted(client, "SELECT count(*) FROM kept.t") == 50


def test_it_has_the_settings_that_were_declared(up):
    """As the server itself lists them."""
    asked = "SELECT name, value FROM system_views.settings"
    with closing(up("cassandra").components["cassandra"].connect()) as client:
        said = {row.name: row.value for row in client.link.execute(asked)}
    assert said["commitlog_sync"] == "batch"
    assert said["storage_compatibility_mode"] == "NONE"
    assert said["sasi_indexes_enabled"] == "true"


def test_it_counts_what_was_asked_of_tables(up):
    """Not what it asks of its own, nor what the driver asks when it connects."""
    with closing(up("cassandra").components["cassandra"].connect()) as client:
        assert isinstance(client, Operations)
        client.link.execute(KEYSPACE.format("done"))
        client.link.execute(TABLE.format("done"))
        before = client.operations()
        client.link.execute("INSERT INTO done.t (id) VALUES (1)")
        client.link.execute("SELECT id FROM done.t WHERE id = 1")
        client.link.execute("SELECT id FROM done.t")
        assert client.operations() - before == 3


@pytest.mark.parametrize(
    ("tier", "sync"),
    [
        (Durability.NONE, "periodic"),
        (Durability.PROCESS, "batch"),
        (Durability.MACHINE, "batch"),
    ],
)
def test_the_commit_log_is_synced_as_promised(tier, sync):
    """By both launchers."""
    server = Cassandra(durability=tier)
    texts = (
        server.process({}).files["cassandra.yaml"],
        server.container({}).files["/etc/bakeoff/cassandra.yaml"],
    )
    assert all(f"\ncommitlog_sync: {sync}\n" in text for text in texts)
