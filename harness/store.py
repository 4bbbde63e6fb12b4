"""Store: Record -> one transaction in the results database, SQLite or PostgreSQL.

Each trial is its own transaction, so a run that is killed keeps every finished trial. Every fault
of the database is a StoreFailed that names it; passwords in its URL are never shown.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, Row, Select, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from harness.errors import SchemaError, StoreFailed, UsageError
from harness.records import SCHEMA, Record, Run, Status, TrialKey
from harness.serial import from_json, to_json
from harness.store_rows import record_columns, record_of, with_seconds
from harness.store_schema import RECORDS, RUNS, connect, parse, prepare


def plan_hash(plan: Mapping[str, object]) -> str:
    """Return the SHA-256 of a plan's JSON with sorted keys: equal plans, equal hashes."""
    text = json.dumps(to_json(plan), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """An open results database; `url` is what people may see of where it is."""

    engine: Engine
    url: str

    @classmethod
    def open(cls, url: str) -> Store:
        """Open a database, making its tables at first.

        Raises UsageError for a URL that does not fit, SchemaError for a database of another
        schema, StoreFailed when it cannot be reached.
        """
        parsed = parse(url)
        shown = parsed.render_as_string(hide_password=True)
        engine = connect(parsed)
        try:
            with _faults(parsed, "opened"):
                prepare(engine, shown)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine=engine, url=shown)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def begin(self, run: Run) -> None:
        """Store a run that starts now, or goes on: one of the same id and plan without an end.

        Raises UsageError when the id is taken by another, SchemaError for a run of another schema.
        """
        if run.schema != SCHEMA:
            raise SchemaError(f"run {run.id} is of schema {run.schema}, the store of {SCHEMA}")
        columns = _run_columns(run)
        with self._writing() as connection:
            stored = connection.execute(select(RUNS).where(RUNS.c.id == run.id)).first()
            if stored is None:
                connection.execute(insert(RUNS).values(id=run.id, **columns))
            elif stored.finished_at or stored.plan_hash != columns["plan_hash"]:
                raise UsageError(
                    f"{self.url} already holds a run {run.id} that is finished or of another plan; "
                    "use another id"
                )
            else:
                connection.execute(update(RUNS).where(RUNS.c.id == run.id).values(**columns))

    def finish(self, run: Run) -> None:
        """Store the final state of a run that `begin` stored; its `finished_at` must be set."""
        if not run.finished_at:
            raise UsageError(f"run {run.id} has no end; set finished_at before finishing it")
        with self._writing() as connection:
            changed = connection.execute(
                update(RUNS).where(RUNS.c.id == run.id).values(**_run_columns(run))
            )
            if changed.rowcount != 1:
                raise UsageError(self._no_run(run.id))

    def add(self, run_id: str, record: Record, *, again: bool = False) -> None:
        """Store one trial in a transaction of its own.

        A stored trial of the same key is replaced when it was not ok, or when `again` says that it
        was measured anew (a round is repeated as a whole when one of its stacks had failed).
        Otherwise raises UsageError, because a good result must not vanish unnoticed.
        """
        with self._writing() as connection:
            self._require_run(connection, run_id)
            where = _same_key(run_id, record.key)
            before = connection.execute(select(RECORDS.c.status).where(*where)).scalar()
            if before == Status.OK and not again:
                raise UsageError(f"{self.url} already holds an ok result of {record.key}")
            if before is not None:
                connection.execute(delete(RECORDS).where(*where))
            connection.execute(insert(RECORDS).values(**record_columns(run_id, record)))

    def run(self, run_id: str) -> Run:
        """Return a run; raises UsageError when there is none of that id."""
        with self._reading() as connection:
            row = connection.execute(select(RUNS.c.run).where(RUNS.c.id == run_id)).first()
        if row is None:
            raise UsageError(self._no_run(run_id))
        return self._run(row)

    def runs(self) -> tuple[Run, ...]:
        """Return all runs, the newest first."""
        newest_first = select(RUNS.c.run).order_by(RUNS.c.started_at.desc(), RUNS.c.id)
        with self._reading() as connection:
            return tuple(self._run(row) for row in connection.execute(newest_first))

    def records(self, run_id: str, *, seconds: bool = False) -> tuple[Record, ...]:
        """Return the trials of a run by session, then in the order in which they were stored.

        The seconds of endpoints, with their histograms, are left out unless `seconds` asks for
        them: they are most of what is stored, and only who hands everything on needs them.
        """
        columns = [RECORDS.c.record, RECORDS.c.measurement]
        wanted: Select[Any] = (
            select(*columns, *([RECORDS.c.seconds] if seconds else []))
            .where(RECORDS.c.run_id == run_id)
            .order_by(RECORDS.c.session, RECORDS.c.id)
        )
        with self._reading() as connection:
            self._require_run(connection, run_id)
            rows = connection.execute(wanted)
            return tuple(self._record(row, seconds=seconds) for row in rows)

    def finished_keys(self, run_id: str) -> frozenset[TrialKey]:
        """Return the trials of a run that need no repetition: ok or skipped, not failed."""
        columns = (RECORDS.c.session, RECORDS.c.scenario, RECORDS.c.load, RECORDS.c.stack)
        wanted = select(*columns).where(
            RECORDS.c.run_id == run_id, RECORDS.c.status != Status.FAILED.value
        )
        with self._reading() as connection:
            self._require_run(connection, run_id)
            rows = connection.execute(wanted).all()
        return frozenset(
            TrialKey(session=session, scenario=scenario, load=load, stack=stack)
            for session, scenario, load, stack in rows
        )

    def latest_unfinished(self, plan_hash: str) -> Run | None:
        """Return the newest run of a plan that has no end; None when all have one."""
        wanted = (
            select(RUNS.c.run)
            .where(RUNS.c.plan_hash == plan_hash, RUNS.c.finished_at == "")
            .order_by(RUNS.c.started_at.desc(), RUNS.c.id)
            .limit(1)
        )
        with self._reading() as connection:
            row = connection.execute(wanted).first()
        return None if row is None else self._run(row)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with _faults(self.engine.url, "written"), self.engine.connect() as plain:
            connection = plain.execution_options(writes=True)
            with connection.begin():
                yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _faults(self.engine.url, "read"), self.engine.connect() as connection:
            yield connection

    def _require_run(self, connection: Connection, run_id: str) -> None:
        if connection.execute(select(RUNS.c.id).where(RUNS.c.id == run_id)).first() is None:
            raise UsageError(self._no_run(run_id))

    def _no_run(self, run_id: str) -> str:
        return f"{self.url} holds no run {run_id}; list the runs with: bakeoff report --list"

    def _run(self, row: Row[Any]) -> Run:
        try:
            return from_json(Run, row.run)
        except SchemaError as e:
            raise SchemaError(f"{self.url} holds a run that does not fit: {e}") from e

    def _record(self, row: Row[Any], *, seconds: bool) -> Record:
        try:
            found = record_of(row.record, row.measurement)
            return with_seconds(found, row.seconds) if seconds else found
        except SchemaError as e:
            raise SchemaError(f"{self.url} holds a record that does not fit: {e}") from e


@contextmanager
def _faults(url: URL, verb: str) -> Iterator[None]:
    """Translate what the database says into what it means here."""
    try:
        yield
    except json.JSONDecodeError as e:
        shown = url.render_as_string(hide_password=True)
        raise SchemaError(f"the results database {shown} holds text that is not JSON: {e}") from e
    except SQLAlchemyError as e:
        cause = " ".join(str(getattr(e, "orig", None) or e).split())
        cause = cause.replace(url.password, "***") if url.password else cause
        shown = url.render_as_string(hide_password=True)
        raise StoreFailed(
            f"the results database {shown} cannot be {verb}: {cause}; "
            "mend that or name another one with --store"
        ) from None


def _run_columns(run: Run) -> dict[str, object]:
    return {
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "plan_hash": plan_hash(run.plan),
        "run": to_json(run),
    }


def _same_key(run_id: str, key: TrialKey) -> tuple[Any, ...]:
    return (
        RECORDS.c.run_id == run_id,
        RECORDS.c.session == key.session,
        RECORDS.c.scenario == key.scenario,
        RECORDS.c.load == key.load,
        RECORDS.c.stack == key.stack,
    )
