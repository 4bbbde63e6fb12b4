"""PostgreSQL's full-text search, https://www.postgresql.org/docs/current/textsearch.html, through
psycopg: a stored tsvector with a GIN index, ranked by ts_rank.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from harness.contract import Subject
from scenarios.search.corpus import Document
from scenarios.search.engine import CONNECT_S, Engine

CREATE = """\
CREATE TABLE {index} (
    id bigint PRIMARY KEY,
    body text NOT NULL,
    words tsvector GENERATED ALWAYS AS (to_tsvector('simple', body)) STORED
)"""
FIND = """\
SELECT id, body FROM {index}, to_tsquery('simple', %s) AS wanted WHERE words @@ wanted
ORDER BY ts_rank(words, wanted) DESC, id LIMIT 10"""
ADD = "INSERT INTO {index} (id, body) SELECT * FROM unnest(%s::bigint[], %s::text[])"


def at(subject: Subject) -> OnPostgreSQL:
    """Return the engine at a subject's URL, used as its tier says."""
    return OnPostgreSQL(url=subject.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPostgreSQL:
    """What a commit waits for is set at the server."""

    url: str
    faults: tuple[type[Exception], ...] = (psycopg.Error, OSError)
    blocks: bool = False

    def connect(self, index: str) -> Engine:
        """Log in."""
        link = psycopg.connect(self.url, autocommit=True, connect_timeout=int(CONNECT_S))
        return _Engine(link=link, index=index)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Engine:
    link: psycopg.Connection[Any]
    index: str

    def create(self) -> None:
        self.link.execute(self._of(CREATE))
        self.link.execute(self._of("CREATE INDEX ON {index} USING gin (words)"))

    def add(self, documents: Sequence[Document]) -> None:
        columns = ([one.id for one in documents], [one.body for one in documents])
        self.link.execute(self._of(ADD), columns)

    def find(self, words: Sequence[str], *, every: bool) -> list[Document]:
        wanted = (" & " if every else " | ").join(words)
        return [Document(*row) for row in self.link.execute(self._of(FIND), (wanted,))]

    def refresh(self) -> None:
        """Bring the index's list of late entries into it; without it everything is found too."""
        self.link.execute(self._of("VACUUM ANALYZE {index}"))

    def count(self) -> int:
        row = self.link.execute(self._of("SELECT count(*) FROM {index}")).fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        with contextlib.suppress(psycopg.Error, OSError):
            self.link.close()

    def _of(self, statement: str) -> Composed:
        return SQL(statement).format(index=Identifier(self.index))
