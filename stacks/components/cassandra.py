"""Apache Cassandra, https://cassandra.apache.org/ (Apache-2.0): the wide-column database.

One node that anybody who reaches its port may use. Syncing the commit log now and then loses
acknowledged writes when only the process is killed, so the tiers above "none" are one setting.
Indexes of kind SASI, which search text, are allowed; Cassandra itself calls them experimental.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any, ClassVar

from harness.contract import (
    ContainerSpec,
    Durability,
    Durable,
    Endpoint,
    Jars,
    ProcessSpec,
    Role,
)

PORT = 9042
SOURCES = (Jars(folder=Path(__file__).parent / "jars/cassandra"),)
ETC = "/etc/bakeoff"
CONNECT_S, COUNT_S = 5.0, 120.0
EVERY_TEN_SECONDS = "periodic\ncommitlog_sync_period: 10000ms"

# Collector and assertions are those of Cassandra's own start script; it does not start without the
# three that open Java's modules.
JVM = (
    *("-ea", "-da:net.openhft...", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=300"),
    "-XX:ActiveProcessorCount={cpus}",
    *("-XX:+AlwaysPreTouch", "-XX:+ExitOnOutOfMemoryError", "-XX:+PerfDisableSharedMem"),
    "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    *("-Djava.net.preferIPv4Stack=true", "-Djava.io.tmpdir={data}"),
    *("-Dcassandra.storagedir={data}", "-Dcassandra-foreground=yes"),
    "-Dcassandra.shutdown_announce_in_ms=0",
)
MAIN = "org.apache.cassandra.service.CassandraDaemon"
LOGBACK = """\
<configuration>
  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d %level %logger{20} %msg%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="out"/></root>
</configuration>
"""
YAML = Template("""\
cluster_name: bakeoff
num_tokens: 1
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
endpoint_snitch: SimpleSnitch
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters:
      - seeds: "127.0.0.1:$storage"
listen_address: 127.0.0.1
storage_port: $storage
native_transport_port: {port}
rpc_address: {host}
commitlog_sync: $sync
storage_compatibility_mode: NONE
memtable:
  configurations:
    default:
      class_name: TrieMemtable
memtable_allocation_type: offheap_objects
sstable:
  selected_format: bti
column_index_size: 4KiB
uuid_sstable_identifiers_enabled: true
default_compaction:
  class_name: UnifiedCompactionStrategy
  parameters:
    scaling_parameters: T4
    target_sstable_size: 1GiB
range_request_timeout: 60s
sasi_indexes_enabled: true
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cassandra(Durable):
    """A server without keyspaces, with a heap of `heap_mb` MiB."""

    role: ClassVar[Role] = Role.DATABASE
    promises: ClassVar[Mapping[Durability, str]] = {
        Durability.NONE: "commitlog_sync=periodic: the commit log is synced every 10 s",
        Durability.PROCESS: "commitlog_sync=batch: synced before the answer, as for machine",
        Durability.MACHINE: "commitlog_sync=batch: synced before the answer",
    }
    name: str = "cassandra"
    heap_mb: int = 1024

    def container(self, links: Mapping[str, str]) -> ContainerSpec:
        """Run the official image's jars as the process is run, as the image's own user."""
        del links
        return ContainerSpec(
            image="cassandra:5.0.9",
            port=PORT,
            data="/var/lib/cassandra",
            files={
                f"{ETC}/cassandra.yaml": self._yaml("7000")
                + f"broadcast_rpc_address: {self.name}\n",
                f"{ETC}/logback.xml": LOGBACK,
            },
            command=("gosu", "cassandra", *self._command("java", "/opt/cassandra/lib", ETC)),
        )

    def process(self, links: Mapping[str, str]) -> ProcessSpec:
        """Run the server; it listens to clients and to other nodes, both on loopback only."""
        del links
        return ProcessSpec(
            sources=SOURCES,
            command=self._command("{binary}", "{root}/lib", "{data}"),
            files={"cassandra.yaml": self._yaml("{port:storage}"), "logback.xml": LOGBACK},
            ports=("storage",),
            unprivileged=True,
        )

    def url(self, at: Endpoint) -> str:
        """Return cassandra://host:port."""
        return f"cassandra://{at.host}:{at.port}"

    def connect(self, at: Endpoint) -> CassandraClient:
        """Open a session; raises OSError or an error of the driver until the server takes it."""
        # The driver chooses how it waits when it is imported: by gevent where gevent patched first.
        from cassandra.cluster import (  # noqa: PLC0415 - see above
            EXEC_PROFILE_DEFAULT,
            Cluster,
            ExecutionProfile,
        )
        from cassandra.policies import (  # noqa: PLC0415 - see above
            ConstantReconnectionPolicy,
            RoundRobinPolicy,
        )

        # It is tried until it succeeds, and the driver would log each attempt.
        logging.getLogger("cassandra").setLevel(logging.CRITICAL)
        socket.create_connection((at.host, at.port), CONNECT_S).close()
        profile = ExecutionProfile(
            load_balancing_policy=RoundRobinPolicy(), request_timeout=COUNT_S
        )
        cluster = Cluster(
            [at.host],
            port=at.port,
            protocol_version=5,
            connect_timeout=CONNECT_S,
            control_connection_timeout=CONNECT_S,
            reconnection_policy=ConstantReconnectionPolicy(0.2, max_attempts=None),
            execution_profiles={EXEC_PROFILE_DEFAULT: profile},
            schema_metadata_enabled=False,
            token_metadata_enabled=False,
        )
        try:
            return CassandraClient(cluster=cluster, link=cluster.connect())
        except BaseException:
            cluster.shutdown()
            raise

    def _command(self, java: str, jars: str, etc: str) -> tuple[str, ...]:
        heap = (f"-Xms{self.heap_mb}m", f"-Xmx{self.heap_mb}m")
        config = f"-Dcassandra.config=file://{etc}/cassandra.yaml"
        logs = f"-Dlogback.configurationFile={etc}/logback.xml"
        return (java, *heap, *JVM, config, logs, "-cp", f"{jars}/*", MAIN)

    def _yaml(self, storage: str) -> str:
        sync = EVERY_TEN_SECONDS if self.durability is Durability.NONE else "batch"
        return YAML.substitute(storage=storage, sync=sync)


@dataclass(frozen=True, slots=True, kw_only=True)
class CassandraClient:
    """A session, with the cluster of one node that it is of."""

    counted_as: ClassVar[str] = "reads, writes and scans"
    late_s: ClassVar[float] = 0.0
    cluster: Any
    link: Any

    def version(self) -> str:
        """Return `release_version`, such as 5.0.9."""
        return str(self._single("SELECT release_version FROM system.local"))

    def count(self, statement: str) -> int:
        """Return the number that a CQL statement asks for; it may take two minutes."""
        return int(self._single(statement))

    def operations(self) -> int:
        """Return what was asked of all tables but the system's own; a batch is one write for each
        partition, a conditional write the read that it begins with.
        """
        done = 0
        for kind in ("read", "write", "scan"):
            told = f"system_views.coordinator_{kind}_latency"
            rows = self.link.execute(f"SELECT keyspace_name, count FROM {told}")  # noqa: S608 - ours
            done += sum(row.count for row in rows if not row.keyspace_name.startswith("system"))
        return done

    def bytes_on_disk(self) -> int:
        """Return the size of all tables that were flushed, each rounded up to MiB by the server.

        What is only in the commit log does not count.
        """
        rows = self.link.execute("SELECT mebibytes FROM system_views.disk_usage")
        return sum(int(row.mebibytes) for row in rows) * 2**20

    def close(self) -> None:
        """Close the session and all that the driver holds."""
        self.cluster.shutdown()

    def _single(self, statement: str) -> Any:
        row = self.link.execute(statement).one()
        if row is None:
            raise ValueError(f"no row came back from: {statement}")
        return row[0]
