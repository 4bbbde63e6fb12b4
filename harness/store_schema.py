"""Tables of the results database, how to connect, and the check of the schema's version.

SQLite is in WAL mode with foreign keys on, and its transactions that write take the lock when they
begin, so that two writers wait for each other instead of failing half-way.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    URL,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    event,
    insert,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError

from harness.errors import SchemaError, StoreFailed, UsageError
from harness.records import SCHEMA

POSTGRESQL = "postgresql+psycopg"
DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": POSTGRESQL,
    "postgres": POSTGRESQL,
    POSTGRESQL: POSTGRESQL,
}
WAIT_S = 30
CONNECT_S = 10
CREATION_LOCK = 0x6261_6B65  # "bake": an advisory lock of PostgreSQL, held while tables are made

TABLES = MetaData()

VERSION = Table(
    "bakeoff_schema",
    TABLES,
    Column("version", Integer, primary_key=True),
    Column("created_at", String(40), nullable=False),
)

RUNS = Table(
    "bakeoff_runs",
    TABLES,
    Column("id", String(80), primary_key=True),
    Column("started_at", String(40), nullable=False),
    Column("finished_at", String(40), nullable=False),
    Column("plan_hash", String(64), nullable=False, index=True),
    Column("run", JSON, nullable=False),
)

RECORDS = Table(
    "bakeoff_records",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("run_id", ForeignKey("bakeoff_runs.id"), nullable=False),
    Column("session", Integer, nullable=False),
    Column("scenario", String(80), nullable=False),
    Column("load", String(80), nullable=False),
    Column("stack", String(80), nullable=False),
    Column("status", String(10), nullable=False),
    Column("record", JSON, nullable=False),
    Column("measurement", JSON(none_as_null=True), nullable=True),
    # The greater part of a record and rarely wanted: last, where SQLite need not pass it by.
    Column("seconds", JSON(none_as_null=True), nullable=True),
    UniqueConstraint("run_id", "session", "scenario", "load", "stack"),
)


def parse(url: str) -> URL:
    """Return the URL of a results database with its driver; raises UsageError, never quoting it."""
    wanted = f"sqlite:///FILE or {POSTGRESQL}://USER:PASSWORD@HOST:PORT/DATABASE"
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise UsageError(f"the store's URL cannot be read; it must look like {wanted}") from None
    driver = DRIVERS.get(parsed.drivername)
    if driver is None:
        raise UsageError(f"a store of kind {parsed.drivername} is not known; use {wanted}")
    return parsed.set(drivername=driver)


def connect(url: URL) -> Engine:
    """Return an engine for `url`; makes the folder of a SQLite file, connects to nothing yet."""
    options: dict[str, Any] = {"connect_args": {"connect_timeout": CONNECT_S}}
    if url.drivername == "sqlite":
        options = {"connect_args": {"timeout": WAIT_S}}
        if url.database and not url.database.startswith((":", "file:")):
            make_folder(Path(url.database).parent)
    engine = create_engine(
        url,
        json_serializer=partial(json.dumps, allow_nan=False, separators=(",", ":")),
        **options,
    )
    if url.drivername == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def make_folder(folder: Path) -> None:
    """Make the folder of a new SQLite file; raises StoreFailed when that is not possible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise StoreFailed(
            f"the folder {folder} of the results database cannot be made: {e.strerror}; "
            "name another one with --store sqlite:///FILE"
        ) from e


def prepare(engine: Engine, shown: str) -> None:
    """Make the tables where there are none; raises SchemaError when they are of another schema."""
    with engine.connect() as connection:
        version = _version(connection)
    if version is None:
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            if engine.dialect.name == "postgresql":
                lock = text("SELECT pg_advisory_xact_lock(:key)")
                connection.execute(lock, {"key": CREATION_LOCK})
            version = _version(connection)
            if version is None:
                TABLES.create_all(connection)
                now = datetime.now(UTC).isoformat(timespec="seconds")
                connection.execute(insert(VERSION).values(version=SCHEMA, created_at=now))
                version = SCHEMA
    if version != SCHEMA:
        mend = "upgrade bakeoff" if version > SCHEMA else "read it with the bakeoff that wrote it"
        raise SchemaError(
            f"the results database {shown} is of schema {version}, this bakeoff reads and writes "
            f"schema {SCHEMA}: {mend}, or name another one with --store"
        )


def _version(connection: Connection) -> int | None:
    if not inspect(connection).has_table(VERSION.name):
        return None
    newest = select(VERSION.c.version).order_by(VERSION.c.version.desc()).limit(1)
    return connection.execute(newest).scalar()


def _set_up_sqlite(connection: Any, _: object) -> None:
    # The driver's own transactions begin late and end early; SQLAlchemy's begin event replaces
    # them, as its documentation advises.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA journal_mode=WAL")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
