"""SQLite, https://sqlite.org/ (public domain): the database within the app's own process.

There is no server, so nothing is started: the stack gets a folder. The version is that of the
library which wrote the file, the app's, which leaves it in the file's header; bakeoff's own
library only reads.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from harness.contract import Durability, Durable, Embedded, Endpoint, Role

FILE = "app.db"
BUSY_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SQLite(Durable):
    """A folder for a database file, which the app makes; it also sets what a commit waits for."""

    role: ClassVar[Role] = Role.DATABASE
    promises: ClassVar[Mapping[Durability, str]] = {
        Durability.NONE: "WAL, synchronous=OFF: never synced",
        Durability.PROCESS: "WAL, synchronous=NORMAL: with the operating system",
        Durability.MACHINE: "WAL, synchronous=FULL: on the disk",
    }
    name: str = "sqlite"

    def container(self, links: Mapping[str, str]) -> Embedded:
        """Mount the folder at /data where it is needed."""
        del links
        return Embedded(mount="/data")

    def process(self, links: Mapping[str, str]) -> Embedded:
        """Use the folder where it is."""
        return self.container(links)

    def url(self, at: Endpoint) -> str:
        """Return sqlite:////absolute/path/app.db."""
        return f"sqlite:///{at.data}/{FILE}"

    def connect(self, at: Endpoint) -> SQLiteClient:
        """Open the file for reading; raises sqlite3.OperationalError while there is none."""
        path = Path(at.data) / FILE
        link = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=BUSY_S)
        return SQLiteClient(path=path, link=link)


@dataclass(frozen=True, slots=True, kw_only=True)
class SQLiteClient:
    """A reader of the file."""

    path: Path
    link: sqlite3.Connection

    def version(self) -> str:
        """Return the version of the library that wrote the file last, by the file's header.

        Bytes 96 to 99, https://www.sqlite.org/fileformat.html#write_library_version_number_and_version_valid_for_number
        """
        self.count("SELECT count(*) FROM sqlite_schema")
        with self.path.open("rb") as file:
            number = int.from_bytes(file.read(100)[96:100], "big")
        if not number:
            raise ValueError(f"{self.path} was not written yet")
        return f"{number // 1_000_000}.{number // 1_000 % 1_000}.{number % 1_000}"

    def count(self, statement: str) -> int:
        """Return the number that an SQL statement asks for."""
        return int(self.link.execute(statement).fetchone()[0])

    def bytes_on_disk(self) -> int:
        """Return the size of the file and of its log of changes."""
        log = self.path.with_name(f"{FILE}-wal")
        return sum(file.stat().st_size for file in (self.path, log) if file.exists())

    def close(self) -> None:
        """Close the file."""
        self.link.close()
