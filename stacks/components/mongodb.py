"""MongoDB, https://www.mongodb.com/ (SSPL-1.0): the document database, one server on its own.

Where no `mongod` is installed, SecantusDB (GPL-2.0-only) stands in as a process of its own, made of
the lock file in `locks` and never imported. It says of itself that it is MongoDB 8.2; the
component tells it apart, and every record names it as the stand-in that it is.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pymongo import MongoClient

from harness.contract import (
    ContainerSpec,
    Durability,
    Durable,
    Endpoint,
    OnPath,
    ProcessSpec,
    Role,
    Virtualenv,
)

PORT = 27017
USER = "chat"
DATABASE = "chat"
TIMEOUT_MS = 5000
ON_DATA = (
    *("aggregate", "count", "delete", "distinct", "find", "findAndModify", "getMore"),
    *("insert", "update"),
)
SOURCES = (
    OnPath(binary="mongod"),
    Virtualenv(
        lock=Path(__file__).parent / "locks/secantusdb.lock",
        stand_in="secantusdb 0.7 for MongoDB",
    ),
)

# Neither server takes its first user from the command line, so one is made while it listens without
# passwords on a port that nobody knows. The stand-in's binary is its Python.
START = """\
set -eu
step=$1
mkdir -p db
case "{binary}" in
*/mongod)
    set -- "{binary}" --dbpath db --bind_ip {host} --nounixsocket --quiet \\
        --wiredTigerCacheSizeGB @CACHE_GB@
    ;;
*)
    set -- "{bin}/secantusd-py" --storage-path db --host {host} --standalone \\
        --log-level WARNING --cache-size @CACHE_MB@M
    ;;
esac
[ "$step" = prepare ] || exec "$@" --port {port} --auth
"$@" --port {port:setup} &
server=$!
trap 'kill $server; wait $server || true' EXIT
"@PYTHON@" user.py
"""
MAKE_USER = """\
import pymongo

with pymongo.MongoClient("{host}", {port:setup}, directConnection=True) as link:
    link.admin.command("createUser", "@USER@", pwd="{secret}", roles=["root"])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MongoDB(Durable):
    """A server with an empty database, whose storage engine caches at most `cache_mb` MiB.

    What is on disk before a write is acknowledged is up to the write concern of its clients.
    """

    role: ClassVar[Role] = Role.DATABASE
    promises: ClassVar[Mapping[Durability, str]] = {
        Durability.NONE: "w=1, j=false: the journal is written up to 0.1 s later",
        Durability.PROCESS: "w=1, j=true: the journal is synced first; the same as machine",
        Durability.MACHINE: "w=1, j=true: the journal is synced before the answer",
    }
    name: str = "mongodb"
    cache_mb: int = 512

    def container(self, links: Mapping[str, str]) -> ContainerSpec:
        """Run the official image; its entrypoint makes the user and asks for passwords then."""
        del links
        return ContainerSpec(
            image="mongo:8.0.13-noble",
            port=PORT,
            env={"MONGO_INITDB_ROOT_USERNAME": USER, "MONGO_INITDB_ROOT_PASSWORD": "{secret}"},
            command=("mongod", "--quiet", "--wiredTigerCacheSizeGB", self._cache_gb),
        )

    def process(self, links: Mapping[str, str]) -> ProcessSpec:
        """Make the user, then run the server in the foreground.

        As whoever started bakeoff, like the apps: the stand-in needs bakeoff's Python.
        """
        del links
        values = {"@CACHE_GB@": self._cache_gb, "@CACHE_MB@": str(self.cache_mb)}
        start = START.replace("@PYTHON@", sys.executable)
        for mark, value in values.items():
            start = start.replace(mark, value)
        return ProcessSpec(
            sources=SOURCES,
            prepare=(("/bin/sh", "{data}/start.sh", "prepare"),),
            command=("/bin/sh", "{data}/start.sh", "serve"),
            files={"start.sh": start, "user.py": MAKE_USER.replace("@USER@", USER)},
            ports=("setup",),
        )

    @property
    def _cache_gb(self) -> str:
        return f"{self.cache_mb / 1024:g}"

    def url(self, at: Endpoint) -> str:
        """Return mongodb://user:password@host:port/database?authSource=admin."""
        return f"mongodb://{USER}:{at.secret}@{at.host}:{at.port}/{DATABASE}?authSource=admin"

    def connect(self, at: Endpoint) -> MongoDBClient:
        """Return a client; the connection is made by its first command."""
        return MongoDBClient(
            link=MongoClient(
                self.url(at),
                directConnection=True,
                serverSelectionTimeoutMS=TIMEOUT_MS,
                connectTimeoutMS=TIMEOUT_MS,
                socketTimeoutMS=6 * TIMEOUT_MS,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MongoDBClient:
    """A logged-in client."""

    counted_as: ClassVar[str] = "commands on data"
    late_s: ClassVar[float] = 0.0
    link: MongoClient[dict[str, Any]]

    def version(self) -> str:
        """Return the server's version; the stand-in's by its own name, not the one it borrows."""
        said = self.link.admin.command("buildInfo")
        own = said.get("secantusVersion")
        return f"SecantusDB {own}" if own else str(said["version"])

    def count(self, statement: str) -> int:
        """Return how many documents a collection holds, or the number that an aggregation ends in.

        `statement` is the collection's name, or JSON such as
        `{"aggregate": "talks", "pipeline": [..., {"$count": "n"}]}`; no document at all is 0.
        """
        database = self.link.get_default_database()
        if not statement.startswith("{"):
            return database[statement].count_documents({})
        asked = json.loads(statement)
        rows = list(database[asked["aggregate"]].aggregate(asked["pipeline"]))
        numbers = [value for row in rows for name, value in row.items() if name != "_id"]
        if len(numbers) > 1:
            raise ValueError(f"a single number was expected, not {rows}, from: {statement}")
        return int(numbers[0]) if numbers else 0

    def operations(self) -> int | None:
        """Return the commands on data that were carried out; the stand-in does not count them."""
        told = self.link.admin.command("serverStatus").get("metrics", {}).get("commands")
        return sum(int(told[name]["total"]) for name in ON_DATA if name in told) if told else None

    def bytes_on_disk(self) -> int:
        """Return the size of the data and indexes, without the journal."""
        said = self.link.get_default_database().command("dbStats")
        return int(said["storageSize"]) + int(said["indexSize"])

    def close(self) -> None:
        """Close the connections."""
        self.link.close()
