"""SQLite's FTS5, https://www.sqlite.org/fts5.html, through Python's own library: ranked by bm25().

A connection belongs to the thread that opened it. It is in WAL mode, as the app has it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.contract import Durability, Subject
from scenarios.search.corpus import Document
from scenarios.search.engine import CONNECT_S, Engine

SYNCHRONOUS: Mapping[Durability, str] = {
    Durability.NONE: "OFF",
    Durability.PROCESS: "NORMAL",
    Durability.MACHINE: "FULL",
}


def at(subject: Subject) -> OnSQLite:
    """Return the engine at a subject's URL, used as its tier says."""
    return OnSQLite(url=subject.url, durability=subject.durability)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnSQLite:
    """Tiers by `PRAGMA synchronous`."""

    url: str
    durability: Durability
    faults: tuple[type[Exception], ...] = (sqlite3.Error, OSError)
    blocks: bool = True

    def connect(self, index: str) -> Engine:
        """Open the file."""
        path = self.url.removeprefix("sqlite:///")
        link = sqlite3.connect(path, timeout=CONNECT_S, isolation_level=None)
        link.execute("PRAGMA journal_mode = WAL")
        link.execute(f"PRAGMA synchronous = {SYNCHRONOUS[self.durability]}")
        return _Engine(link=link, index=index)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Engine:
    link: sqlite3.Connection
    index: str

    def create(self) -> None:
        self.link.execute(f"CREATE VIRTUAL TABLE {self.index} USING fts5 (body)")

    def add(self, documents: Sequence[Document]) -> None:
        self.link.execute("BEGIN IMMEDIATE")
        try:
            statement = f"INSERT INTO {self.index} (rowid, body) VALUES (?, ?)"  # noqa: S608 - ours
            self.link.executemany(statement, documents)
        except sqlite3.Error:
            self.link.execute("ROLLBACK")
            raise
        self.link.execute("COMMIT")

    def find(self, words: Sequence[str], *, every: bool) -> list[Document]:
        wanted = (" AND " if every else " OR ").join(f'"{word}"' for word in words)
        statement = (
            f"SELECT rowid, body FROM {self.index} WHERE {self.index} MATCH ?"  # noqa: S608 - ours
            " ORDER BY rank LIMIT 10"
        )
        return [Document(*row) for row in self.link.execute(statement, (wanted,))]

    def refresh(self) -> None:
        """Everything is found at once."""

    def count(self) -> int:
        statement = f"SELECT count(*) FROM {self.index}"  # noqa: S608 - ours
        return int(self.link.execute(statement).fetchone()[0])

    def close(self) -> None:
        self.link.close()
