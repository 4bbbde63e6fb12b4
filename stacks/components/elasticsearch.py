"""Elasticsearch, https://www.elastic.co/elasticsearch (SSPL-1.0, Elastic License 2.0 or AGPL-3.0):
full-text search.

As a process it is the same engine, run from the jars that Elastic publishes by a launcher of ours
(`jars/elasticsearch`). What is not published as jars is lacking there, and its version says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import httpx

from harness.contract import (
    ContainerSpec,
    Durability,
    Durable,
    Endpoint,
    Jars,
    ProcessSpec,
    Role,
)

PORT = 9200
VERSION = "8.19.21"
TIMEOUT_S = 30.0
WHOLE = "x-pack-core"
SOURCES = (Jars(folder=Path(__file__).parent / "jars/elasticsearch"),)

# The same in the container, where environment variables with these names become settings.
SETTINGS = {
    "cluster.name": "bakeoff",
    "node.name": "bakeoff",
    "discovery.type": "single-node",
    "cluster.routing.allocation.disk.threshold_enabled": "false",
    "node.processors": "{cpus}",
}
BOUND = {
    "network.host": "{host}",
    "http.port": "{port}",
    "transport.port": "{port:transport}",
    "path.data": "{data}/index",
    "path.logs": "{data}/log",
}
IMAGE_ONLY = {
    "xpack.security.enabled": "false",
    "xpack.ml.enabled": "false",
    "ingest.geoip.downloader.enabled": "false",
}
SIZED = "-XX:ActiveProcessorCount={cpus}"
OWN_FLAGS = (SIZED, "-Djava.io.tmpdir={data}/tmp")
LOG = """\
status = error
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %p %c{1.} %m%n
"""
DESCRIPTOR = """\
name={name}
description=loaded by bakeoff
version={version}
elasticsearch.version={version}
java.version=17
classname={main}
"""
MODULES = {
    "transport-netty4": "org.elasticsearch.transport.netty4.Netty4Plugin",
    "analysis-english": "bakeoff.english.EnglishModule",
}

# A module is taken from the *.jar in its folder, and none of it may be on the class path as well.
# A link to a folder of classes does as a jar, since making one takes a JDK.
START = """\
set -eu
modules=home/modules
for part in launcher english; do
    mkdir -p $part/bakeoff
    ln -sfn {root}/classes/bakeoff/$part $part/bakeoff/$part
done
ln -sfn {data}/english $modules/analysis-english/classes.jar
mkdir -p tmp
path={data}/launcher
for jar in {root}/lib/*.jar; do
    case ${jar##*/} in
    netty-* | transport-netty4-*) ln -sf "$jar" $modules/transport-netty4/ ;;
    *) path=$path:$jar ;;
    esac
done
exec {binary} "$@" -cp "$path" bakeoff.launcher.Launcher {data}/home
"""


def index_settings(durability: Durability) -> dict[str, str]:
    """Return the settings that every index of that tier must be made with: by default too the
    log of changes (translog) is synced before the answer, and once in 5 s with `async`.
    """
    kind = "async" if durability is Durability.NONE else "request"
    return {"index.translog.durability": kind}


@dataclass(frozen=True, slots=True, kw_only=True)
class Elasticsearch(Durable):
    """A node without indices and without passwords, with a heap of `heap_mb` MiB."""

    role: ClassVar[Role] = Role.SEARCH
    promises: ClassVar[Mapping[Durability, str]] = {
        Durability.NONE: "translog async: synced every 5 s",
        Durability.PROCESS: "translog request: synced before the answer; the same as machine",
        Durability.MACHINE: "translog request: synced before the answer",
    }
    name: str = "elasticsearch"
    heap_mb: int = 512

    @property
    def flags(self) -> tuple[str, ...]:
        """Return the flags of the JVM that the image sets as well for a heap below 8 GiB."""
        return (
            *(f"-Xms{self.heap_mb}m", f"-Xmx{self.heap_mb}m", "-Xss1m"),
            *("-XX:+UseG1GC", "-XX:G1HeapRegionSize=4m", "-XX:InitiatingHeapOccupancyPercent=30"),
            *("-XX:G1ReservePercent=15", f"-XX:MaxDirectMemorySize={self.heap_mb // 2}m"),
            *("-XX:+AlwaysPreTouch", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true"),
            *("-Dio.netty.noUnsafe=true", "-Dio.netty.noKeySetOptimization=true"),
            *("-Dlog4j2.disable.jmx=true", "-Dlog4j.shutdownHookEnabled=false"),
        )

    def container(self, links: Mapping[str, str]) -> ContainerSpec:
        """Run the official image without its security, whose parts are no published jars."""
        del links
        flags = f"-Xms{self.heap_mb}m -Xmx{self.heap_mb}m {SIZED}"
        return ContainerSpec(
            image=f"elasticsearch:{VERSION}",
            port=PORT,
            env={**SETTINGS, **IMAGE_ONLY, "ES_JAVA_OPTS": flags},
        )

    def process(self, links: Mapping[str, str]) -> ProcessSpec:
        """Run the node in a home made of links, both of its ports on loopback only."""
        del links
        settings = {**SETTINGS, **BOUND}
        descriptors = {
            f"home/modules/{name}/plugin-descriptor.properties": DESCRIPTOR.format(
                name=name, version=VERSION, main=main
            )
            for name, main in MODULES.items()
        }
        return ProcessSpec(
            sources=SOURCES,
            command=("/bin/sh", "{data}/start.sh", *self.flags, *OWN_FLAGS),
            files={
                "start.sh": START,
                "home/config/elasticsearch.yml": _lines(settings),
                "home/config/log4j2.properties": LOG,
                **descriptors,
            },
            ports=("transport",),
            unprivileged=True,
        )

    def url(self, at: Endpoint) -> str:
        """Return http://host:port."""
        return f"http://{at.host}:{at.port}"

    def connect(self, at: Endpoint) -> ElasticsearchClient:
        """Return a client; the connection is made by its first request."""
        return ElasticsearchClient(link=httpx.Client(base_url=self.url(at), timeout=TIMEOUT_S))


@dataclass(frozen=True, slots=True, kw_only=True)
class ElasticsearchClient:
    """A connection over HTTP."""

    counted_as: ClassVar[str] = "searches, reads and writes of documents"
    late_s: ClassVar[float] = 0.0
    link: httpx.Client

    def version(self) -> str:
        """Return the version that the node tells, and whether it has all that the image has; raises
        httpx.HTTPError until the cluster is ready.
        """
        self._asked("GET", "/_cluster/health?wait_for_status=yellow&timeout=1s")
        nodes = self._asked("GET", "/_nodes/_local/plugins")["nodes"]
        node = next(iter(nodes.values()))
        whole = any(module["name"] == WHOLE for module in node["modules"])
        return str(node["version"]) + ("" if whole else ", reduced module set")

    def count(self, statement: str) -> int:
        """Return how many documents the index called `statement` holds; 0 if there is none."""
        options = "ignore_unavailable=true&allow_no_indices=true"
        self._asked("POST", f"/{statement}/_refresh?{options}")
        return int(self._asked("GET", f"/{statement}/_count?{options}")["count"])

    def operations(self) -> int:
        """Return the searches (of each shard), and the documents read, written or deleted."""
        told = self._asked("GET", "/_nodes/_local/stats/indices/search,indexing,get")["nodes"]
        done = next(iter(told.values()))["indices"]
        written = done["indexing"]["index_total"] + done["indexing"]["delete_total"]
        return int(done["search"]["query_total"] + done["get"]["total"] + written)

    def bytes_on_disk(self) -> int:
        """Return the size of all indices and of their logs of changes."""
        total = self._asked("GET", "/_stats/store,translog")["_all"]["total"]
        return sum(
            int(total.get(part, {}).get("size_in_bytes", 0)) for part in ("store", "translog")
        )

    def close(self) -> None:
        """Close the connection."""
        self.link.close()

    def _asked(self, method: str, path: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.link.request(method, path).raise_for_status().json()
        return answer


def _lines(settings: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\n" for name, value in settings.items())
