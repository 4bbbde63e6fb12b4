"""Apache Kafka, https://kafka.apache.org/ (Apache-2.0): the log that messages are queued in.

One node in KRaft mode, broker and controller in one process. Topics are made by those who use
them. No message of its protocol tells the server's version: what it tells is the newest format of
metadata that it can write, which names a release, such as 4.4-IV2. The whole number is in where
the server came from.
"""

from __future__ import annotations

import logging
import shlex
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any, ClassVar

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec

from harness.contract import (
    ContainerSpec,
    Durability,
    Durable,
    Endpoint,
    Jars,
    ProcessSpec,
    Role,
)

# In a container others in the network use the first, and those outside, for whom the server must
# have an address of its own to tell, the second.
PORT, OUTSIDE_PORT, CONTROLLER_PORT = 9092, 9094, 9093
CLUSTER = "YmFrZW9mZi1vbmUtbm9kZQ"
SOURCES = (Jars(folder=Path(__file__).parent / "jars/kafka"),)
ETC = "/etc/bakeoff"
MESSAGES_MS = 5_000

# By Kafka's org.apache.kafka.server.common.MetadataVersion.
RELEASES = dict(
    enumerate(
        (
            *("3.9-IV0", "4.0-IV0", "4.0-IV1", "4.0-IV2", "4.0-IV3", "4.1-IV0", "4.1-IV1"),
            *("4.2-IV0", "4.2-IV1", "4.3-IV0", "4.4-IV0", "4.4-IV1", "4.4-IV2"),
        ),
        start=21,
    )
)

# The collector and its settings are those of Kafka's own start script.
JVM = (
    *("-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", "-XX:InitiatingHeapOccupancyPercent=35"),
    *("-XX:+ExplicitGCInvokesConcurrent", "-XX:+ExitOnOutOfMemoryError"),
    *("-XX:+PerfDisableSharedMem", "-Djava.awt.headless=true", "-Djava.io.tmpdir={data}"),
    *("-Djava.net.preferIPv4Stack=true", "-XX:ActiveProcessorCount={cpus}"),
    "-Dlog4j.shutdownHookEnabled=false",
)
LOGGING = """\
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d %p %c{1} %m%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
"""
PROPERTIES = Template("""\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
controller.listener.names=CONTROLLER
inter.broker.listener.name=INSIDE
listener.security.protocol.map=INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT
listeners=$listeners,CONTROLLER://127.0.0.1:$controller
advertised.listeners=$advertised
log.dirs={data}/logs
num.partitions=$partitions
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
log.cleaner.dedupe.buffer.size=8388608
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kafka(Durable):
    """One broker with a heap of `heap_mb` MiB; topics have `partitions` unless they say else."""

    role: ClassVar[Role] = Role.QUEUE
    promises: ClassVar[Mapping[Durability, str]] = {
        Durability.NONE: "acks=0",
        Durability.PROCESS: "acks=all, in the operating system's page cache",
        Durability.MACHINE: "acks=all and log.flush.interval.messages=1: on the disk",
    }
    name: str = "kafka"
    heap_mb: int = 512
    partitions: int = 3

    def container(self, links: Mapping[str, str]) -> ContainerSpec:
        """Run the official image's jars as the process is run, formatting its folder once."""
        del links
        server = ("java", *self._jvm(ETC), "-cp", "/opt/kafka/libs/*")
        first, run = shlex.join(_format(server, ETC)), shlex.join(_run(server, ETC))
        properties = self._properties(
            listeners=f"INSIDE://:{PORT},OUTSIDE://:{OUTSIDE_PORT}",
            advertised=f"INSIDE://{self.name}:{PORT},OUTSIDE://127.0.0.1:{{published}}",
            controller=str(CONTROLLER_PORT),
        )
        return ContainerSpec(
            image="apache/kafka:4.4.0",
            port=PORT,
            outside_port=OUTSIDE_PORT,
            data="/var/lib/kafka/data",
            files={f"{ETC}/server.properties": properties, f"{ETC}/log4j2.properties": LOGGING},
            command=(
                *("/bin/sh", "-c"),
                f"test -f {{data}}/logs/meta.properties || {first} && exec {run}",
            ),
        )

    def process(self, links: Mapping[str, str]) -> ProcessSpec:
        """Format its folder, then run the server, broker and controller both on loopback."""
        del links
        server = ("{binary}", *self._jvm("{data}"), "-cp", "{root}/lib/*")
        listener = "INSIDE://{host}:{port}"
        return ProcessSpec(
            sources=SOURCES,
            prepare=(_format(server, "{data}"),),
            command=_run(server, "{data}"),
            files={
                "server.properties": self._properties(listener, listener, "{port:controller}"),
                "log4j2.properties": LOGGING,
            },
            ports=("controller",),
            unprivileged=True,
        )

    def url(self, at: Endpoint) -> str:
        """Return kafka://host:port."""
        return f"kafka://{at.host}:{at.port}"

    def connect(self, at: Endpoint) -> KafkaClient:
        """Return a client; raises OSError or a Kafka error until the broker takes it."""
        # It is tried until it succeeds, and the client would log each attempt.
        logging.getLogger("kafka").setLevel(logging.CRITICAL)
        socket.create_connection((at.host, at.port), 5).close()
        link = KafkaAdminClient(
            bootstrap_servers=f"{at.host}:{at.port}",
            request_timeout_ms=MESSAGES_MS,
            bootstrap_timeout_ms=MESSAGES_MS,
        )
        return KafkaClient(link=link)

    def _jvm(self, folder: str) -> tuple[str, ...]:
        heap = (f"-Xms{self.heap_mb}m", f"-Xmx{self.heap_mb}m")
        return (*heap, *JVM, f"-Dlog4j2.configurationFile={folder}/log4j2.properties")

    def _properties(self, listeners: str, advertised: str, controller: str) -> str:
        text = PROPERTIES.substitute(
            listeners=listeners,
            advertised=advertised,
            controller=controller,
            partitions=self.partitions,
        )
        synced = self.durability is Durability.MACHINE
        return text + ("log.flush.interval.messages=1\n" if synced else "")


def _format(server: tuple[str, ...], folder: str) -> tuple[str, ...]:
    tool = ("kafka.tools.StorageTool", "format", f"--cluster-id={CLUSTER}")
    return (*server, *tool, "-c", f"{folder}/server.properties")


def _run(server: tuple[str, ...], folder: str) -> tuple[str, ...]:
    return (*server, "kafka.Kafka", f"{folder}/server.properties")


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaClient:
    """A connection of an administrator."""

    link: Any

    def version(self) -> str:
        """Return the newest format of metadata that the broker can write, with its number.

        Raises ConnectionError while the broker may not be given topics yet.
        """
        level = self.link.describe_features()["metadata.version"]["supported"][1]
        if all(broker["is_fenced"] for broker in self.link.describe_cluster()["brokers"]):
            raise ConnectionError("the broker has not joined its own cluster yet")
        return f"{RELEASES.get(level, 'unknown')} (metadata.version {level})"

    def count(self, statement: str) -> int:
        """Return how many records the topic called `statement` holds, from its offsets.

        Raises LookupError when there is no such topic.
        """
        topic = self.link.describe_topics([statement])[0]
        if topic["error_code"] or not topic["partitions"]:
            raise LookupError(f"no topic {statement} (error code {topic['error_code']})")
        parts = [TopicPartition(statement, p["partition_index"]) for p in topic["partitions"]]
        first, end = (
            self.link.list_partition_offsets(dict.fromkeys(parts, spec))
            for spec in (OffsetSpec.EARLIEST, OffsetSpec.LATEST)
        )
        return sum(end[part].offset - first[part].offset for part in parts)

    def bytes_on_disk(self) -> int:
        """Return the size of the records of all topics, as the broker reports it."""
        return sum(
            part["partition_size"]
            for broker in self.link.describe_log_dirs()
            for folder in broker["log_dirs"]
            for topic in folder["topics"]
            for part in topic["partitions"]
        )

    def close(self) -> None:
        """Close the connection."""
        self.link.close()
