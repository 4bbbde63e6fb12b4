"""What is particular to Kafka."""

from __future__ import annotations

from contextlib import closing

import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import ConfigResource

from harness.contract import Counts, DiskUse, Durability
from harness.launch import Budget, launched
from stacks.components.kafka import Kafka


def servers(placed):
    """Return where a client of the product itself is to begin."""
    return placed.url.removeprefix("kafka://")


def filled(placed, topic, number=50):
    """Make a topic and send so many records, each acknowledged."""
    with closing(placed.connect()) as client:
        client.link.create_topics([topic])
    with closing(KafkaProducer(bootstrap_servers=servers(placed), acks="all")) as producer:
        for sent in [producer.send(topic, b"%d" % n) for n in range(number)]:
            sent.get(timeout=30)


def test_it_counts_and_weighs(up):
    """By offsets, over all three partitions."""
    placed = up("kafka").components["kafka"]
    filled(placed, "counted")
    with closing(placed.connect()) as client:
        assert isinstance(client, Counts)
        assert isinstance(client, DiskUse)
        assert len(client.link.describe_topics(["counted"])[0]["partitions"]) == 3
        assert client.count("counted") == 50
        assert client.bytes_on_disk() > 500


def test_a_group_reads_what_was_sent(up):
    """From the address that the broker itself told."""
    placed = up("kafka").components["kafka"]
    filled(placed, "read")
    consumer = KafkaConsumer(
        "read",
        bootstrap_servers=servers(placed),
        group_id="readers",
        auto_offset_reset="earliest",
        consumer_timeout_ms=20_000,
    )
    with closing(consumer):
        got = sorted(int(next(consumer).value) for _ in range(50))
    assert got == list(range(50))


def test_a_topic_is_not_made_by_naming_it(up):
    """A mistyped name is an error, not an empty topic."""
    with (
        closing(up("kafka").components["kafka"].connect()) as client,
        pytest.raises(LookupError, match="no topic cats"),
    ):
        client.count("cats")


def test_what_it_acknowledged_survives_that_it_is_killed(launcher, stack_for):
    """On the same data and ports, without being formatted again."""
    with launched(stack_for("kafka"), launcher, Budget()) as stack:
        placed = stack.components["kafka"]
        filled(placed, "kept")
        placed.crash()
        with closing(placed.connect()) as client:
            assert client.count("kept") == 50


def test_it_has_the_settings_that_were_declared(up):
    """One of them is enough to see that the file is read."""
    with closing(up("kafka").components["kafka"].connect()) as client:
        asked = [ConfigResource("BROKER", "1")]
        said = client.link.describe_configs(asked, config_filter="all")["broker"]["1"]
    assert said["broker.session.timeout.ms"]["value"] == "2000"
    assert said["auto.create.topics.enable"]["value"] == "false"


@pytest.mark.parametrize(
    ("tier", "synced"), [(tier, tier is Durability.MACHINE) for tier in Durability]
)
def test_each_record_is_synced_for_the_machine_only(tier, synced):
    """By both launchers; the other two tiers are the clients' to choose."""
    broker = Kafka(durability=tier)
    texts = (
        broker.process({}).files["server.properties"],
        broker.container({}).files["/etc/bakeoff/server.properties"],
    )
    assert [synced, synced] == ["log.flush.interval.messages=1\n" in text for text in texts]
