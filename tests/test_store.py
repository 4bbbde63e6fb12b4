"""The results database, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event, text, update

from harness.errors import LaunchFailed, SchemaError, StoreFailed, UsageError
from harness.launch.provision import provide
from harness.records import (
    SCHEMA,
    Counts,
    EndpointResult,
    Fault,
    GeneratorHealth,
    Measurement,
    Moment,
    Record,
    Run,
    Second,
    Status,
    TrialKey,
)
from harness.stats.histogram import from_seconds, latency
from harness.store import Store, plan_hash
from harness.store_schema import RECORDS, RUNS, VERSION
from stacks.components.postgresql import SOURCES

PLAN = {"name": "quick", "loads": {"chat": [{"users": 8}]}}
PASSWORD = "hunter2-is-secret"
RUN = Run(
    id="r1", started_at="2026-01-01T10:00:00", finished_at="", schema=SCHEMA, version="0.1.0",
    launcher="processes", plan=PLAN, facts={"cpu": "x"}, fingerprint="f", llm_capacity=0.0,
)  # fmt: skip
TIMES = latency(from_seconds([0.1, 0.2]))
COUNTS = Counts(scheduled=2, sent=2, answered=2, failed=0, wrong=0, open=0, unsent=0)


def endpoint(name, *numbers):
    """Return what came back from an endpoint, in the seconds of these numbers."""
    held = TIMES.histogram
    return EndpointResult(
        name=name, counts=COUNTS, response=TIMES, service=TIMES, first_token=None,
        between_tokens=None, errors={}, bytes=9,
        seconds=tuple(
            Second(second=n, answered=1, failed=0, response=held, service=held) for n in numbers
        ),
    )  # fmt: skip


MEASURED = Measurement(
    counts=COUNTS, loaded_s=1.0, throughput=2.0, response=TIMES, service=TIMES, first_token=None,
    between_tokens=None, endpoints=(endpoint("list", 0, 1), endpoint("send", 3)), components=(),
    slices=(), seconds=(Moment(second=0, answered=2, failed=0, p50=0.1, p95=0.2),),
    generator=GeneratorHealth(cpu_share=0.1, send_lag_p99=0.0, hub_lag_p99=0.0, achieved=1.0),
    steady=True, warmup_s=1.0, answered_all=2,
)  # fmt: skip


def record(session=1, stack="a", status=Status.OK):
    """Return a record of one trial; only an ok one was measured."""
    return Record(
        key=TrialKey(session=session, scenario="chat", load="8 users", stack=stack),
        status=status, fault=Fault.NONE if status is Status.OK else Fault.LAUNCH, reason="",
        started_at="2026-01-01T10:00:00", model="closed", users=8, rate=0.0, tier="process",
        durability="disk", verified="", audited="", doubts=(),
        measurement=MEASURED if status is Status.OK else None,
    )  # fmt: skip


@pytest.fixture(scope="session")
def postgresql():
    """Yield the URL of a PostgreSQL of its own, or skip where none can be had."""
    try:
        provided = provide("postgresql", SOURCES)
    except LaunchFailed as fault:
        pytest.skip(str(fault))
    folder, environment = provided.bin, os.environ | provided.env
    as_user = {"user": "nobody"} if os.geteuid() == 0 else {}
    home = Path(tempfile.mkdtemp(prefix="bakeoff-test-pg-"))
    if as_user:
        shutil.chown(home, "nobody")
    secret = home / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    data, log = home / "data", (home / "log").open("wb")
    subprocess.run(
        [folder / "initdb", "-D", data, "-U", "bench", "-A", "scram-sha-256", "--no-sync",
         "--pwfile", secret, "-E", "UTF8", "--no-locale"],
        check=True, stdout=log, stderr=log, cwd=home, env=environment, **as_user,
    )  # fmt: skip
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [folder / "postgres", "-D", data, "-p", str(port), "-k", home, "-c", "fsync=off",
         "-c", "listen_addresses=127.0.0.1"],
        stdout=log, stderr=log, cwd=home, env=environment, **as_user,
    )  # fmt: skip
    login = f"bench:{PASSWORD}@127.0.0.1:{port}"
    try:
        _wait_for(f"postgresql://{login}/postgres", server)
        yield f"postgresql+psycopg://{login}/"
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait(30)
        log.close()
        shutil.rmtree(home)


def _wait_for(url, server):
    for _ in range(200):
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            assert server.poll() is None, "PostgreSQL ended while starting"
            time.sleep(0.1)
        else:
            return


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """Yield the URL of an empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new/results.db"
        return
    found = request.getfixturevalue("postgresql") + "postgres"
    with psycopg.connect(found.replace("+psycopg", "")) as admin:
        admin.execute("DROP TABLE IF EXISTS bakeoff_records, bakeoff_runs, bakeoff_schema")
    yield found


@pytest.fixture
def store(url):
    """Yield an open store that holds the run r1."""
    with Store.open(url) as opened:
        opened.begin(RUN)
        yield opened


def test_a_run_and_its_records_read_back_equal(store):
    """Histograms and all."""
    records = (record(1, "a"), record(1, "b", Status.FAILED), record(2, "a", Status.SKIPPED))
    for one in records:
        store.add("r1", one)
    assert store.records("r1", seconds=True) == records
    assert store.run("r1") == RUN


def bare(one):
    """Return the record without the seconds of its endpoints."""
    measured = one.measurement
    endpoints = tuple(replace(each, seconds=()) for each in measured.endpoints)
    return replace(one, measurement=replace(measured, endpoints=endpoints))


def test_the_seconds_of_endpoints_are_read_only_when_asked_for(store):
    """All else is there, the seconds of the whole stack too."""
    store.add("r1", record())
    assert store.records("r1") == (bare(record()),)


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        ([[]], "seconds: expected those of 2 endpoints, found 1"),
        ([[], [{"second": 0}]], r"Second: missing member seconds\[1\]\[0\].answered"),
        (None, "seconds: expected a list, found None"),
    ],
)
def test_seconds_that_do_not_fit_are_a_schema_error(store, stored, message):
    """But only for who asks for them."""
    store.add("r1", record())
    with store.engine.begin() as connection:
        connection.execute(update(RECORDS).values(seconds=stored))
    assert store.records("r1") == (bare(record()),)
    with pytest.raises(SchemaError, match=f"holds a record that does not fit: {message}"):
        store.records("r1", seconds=True)


def test_what_was_stored_is_there_after_opening_again(url):
    """In another connection."""
    with Store.open(url) as first:
        first.begin(RUN)
        first.add("r1", record())
    with Store.open(url) as second:
        assert second.records("r1", seconds=True) == (record(),)


def test_runs_come_newest_first(store):
    """As a history does."""
    later = replace(RUN, id="r0", started_at="2026-01-02T10:00:00")
    store.begin(later)
    assert [run.id for run in store.runs()] == ["r0", "r1"]


def test_finishing_stores_what_the_run_became(store):
    """The end, and what was learnt meanwhile."""
    done = replace(RUN, finished_at="2026-01-01T11:00:00", llm_capacity=900.0, skips={"x": "y"})
    store.finish(done)
    assert store.run("r1") == done


def test_a_run_without_an_end_cannot_be_finished(store):
    """It would look unfinished for ever."""
    with pytest.raises(UsageError, match="set finished_at"):
        store.finish(RUN)


def test_an_unfinished_run_goes_on(store):
    """Beginning it again keeps its records and takes the new state."""
    store.add("r1", record())
    store.begin(replace(RUN, skips={"b on stream": "lacks stream"}))
    assert store.run("r1").skips == {"b on stream": "lacks stream"}
    assert len(store.records("r1")) == 1


@pytest.mark.parametrize("change", [{"finished_at": "2026"}, {"plan": {"name": "other"}}])
def test_an_id_that_is_taken_is_refused(store, change):
    """By a finished run or by another plan."""
    if "finished_at" in change:
        store.finish(replace(RUN, **change))
    with pytest.raises(UsageError, match="already holds a run r1"):
        store.begin(replace(RUN, plan=change.get("plan", PLAN)))


def test_a_failed_trial_is_replaced(store):
    """By the next attempt."""
    store.add("r1", record(status=Status.FAILED))
    store.add("r1", record())
    assert store.records("r1", seconds=True) == (record(),)


def test_an_ok_trial_is_not_replaced_unnoticed(store):
    """Not even by a better one."""
    store.add("r1", record())
    with pytest.raises(UsageError, match="already holds an ok result"):
        store.add("r1", record(status=Status.FAILED))
    assert store.records("r1", seconds=True) == (record(),)


def test_an_ok_trial_is_replaced_when_it_was_measured_again(store):
    """When its round was repeated as a whole."""
    store.add("r1", record())
    again = replace(record(), started_at="2026-01-01T12:00:00")
    store.add("r1", again, again=True)
    assert store.records("r1", seconds=True) == (again,)


def test_finished_keys_are_those_that_need_no_repetition(store):
    """Ok and skipped, not failed."""
    for stack, status in zip("abc", Status, strict=True):
        store.add("r1", record(stack=stack, status=status))
    assert {key.stack for key in store.finished_keys("r1")} == {"a", "c"}


def test_the_latest_unfinished_run_of_a_plan_is_found(store):
    """For going on with it; finished ones and other plans are left alone."""
    store.begin(replace(RUN, id="r2", started_at="2026-01-03T10:00:00"))
    store.begin(replace(RUN, id="r3", started_at="2026-01-04T10:00:00", plan={"name": "other"}))
    store.finish(replace(RUN, finished_at="2026-01-01T11:00:00"))
    found = store.latest_unfinished(plan_hash(PLAN))
    assert found is not None
    assert found.id == "r2"
    assert store.latest_unfinished(plan_hash({"name": "none"})) is None


def test_the_order_of_keys_does_not_change_a_plan_s_hash():
    """Nor do tuples instead of lists."""
    assert plan_hash({"a": 1, "b": [1, 2]}) == plan_hash({"b": (1, 2), "a": 1})
    assert plan_hash({"a": 1}) != plan_hash({"a": 2})


@pytest.mark.parametrize("call", ["run", "records", "finished_keys"])
def test_an_unknown_run_is_named(store, call):
    """With the command that lists them."""
    with pytest.raises(UsageError, match=r"holds no run r9; .* bakeoff report --list"):
        getattr(store, call)("r9")


def test_a_record_for_an_unknown_run_is_refused(store):
    """Nothing is stored without its run."""
    with pytest.raises(UsageError, match="holds no run r9"):
        store.add("r9", record())


def test_many_writers_wait_for_each_other(url):
    """Eight threads with their own stores, opening a new database at the same moment."""

    def write(number):
        with Store.open(url) as mine:
            mine.begin(replace(RUN, id=f"w{number}"))
            for session in range(3):
                mine.add(f"w{number}", record(session))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    with Store.open(url) as store:
        assert [len(store.records(run.id)) for run in store.runs()] == [3] * 8


def test_a_database_of_a_newer_schema_is_refused(url):
    """With both versions and what to do."""
    with Store.open(url) as store, store.engine.begin() as connection:
        connection.execute(update(VERSION).values(version=SCHEMA + 1))
    with pytest.raises(SchemaError) as caught:
        Store.open(url)
    said = f"is of schema {SCHEMA + 1}, this bakeoff reads and writes schema {SCHEMA}: upgrade"
    assert said in str(caught.value)
    assert PASSWORD not in str(caught.value)


def test_a_database_of_an_older_schema_is_refused(url):
    """It is left as it is, and can be read by the bakeoff that wrote it."""
    with Store.open(url) as store, store.engine.begin() as connection:
        connection.execute(update(VERSION).values(version=SCHEMA - 1))
    with pytest.raises(SchemaError, match="read it with the bakeoff that wrote it, or name"):
        Store.open(url)


def test_a_stored_run_that_does_not_fit_is_a_schema_error(store):
    """Such as one that somebody edited."""
    with store.engine.begin() as connection:
        connection.execute(update(RUNS).values(run={"id": "r1"}))
    with pytest.raises(SchemaError, match="holds a run that does not fit: Run: missing member"):
        store.run("r1")


WRITER = """
import sys
sys.path.insert(0, sys.argv[2])
from dataclasses import replace
import test_store
store = test_store.Store.open(sys.argv[1])
store.begin(test_store.RUN)
for session in range(10_000):
    store.add("r1", test_store.record(session))
    print(session, flush=True)
"""


def test_finished_trials_survive_a_kill(url):
    """A writer is killed in the middle of its work; what it had reported is there."""
    folder = Path(__file__).parent
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, url, str(folder)],
        stdout=subprocess.PIPE, text=True, cwd=folder.parent,
    )  # fmt: skip
    for _ in range(5):
        reported = int(writer.stdout.readline())
    writer.send_signal(signal.SIGKILL)
    reported = max([reported, *map(int, writer.stdout)])
    writer.wait()
    writer.stdout.close()
    with Store.open(url) as store:
        kept = store.records("r1")
        assert store.latest_unfinished(plan_hash(PLAN)) == RUN
    assert [one.key.session for one in kept[: reported + 1]] == list(range(reported + 1))
    assert len(kept) - (reported + 1) in (0, 1)


def test_sqlite_keeps_a_write_ahead_log_and_foreign_keys(tmp_path):
    """As the design says."""
    with Store.open(f"sqlite:///{tmp_path}/r.db") as store, store.engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_a_file_that_is_no_database_is_named(tmp_path):
    """With what SQLite says."""
    (tmp_path / "r.db").write_text("this is not a database, but long enough to be looked at" * 99)
    with pytest.raises(StoreFailed, match=r"r\.db cannot be opened: file is not a database"):
        Store.open(f"sqlite:///{tmp_path}/r.db")


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    """A file is in its way."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreFailed, match="file of the results database cannot be made"):
        Store.open(f"sqlite:///{tmp_path}/file/r.db")


def test_a_read_only_database_can_be_read_but_not_written(tmp_path):
    """A report from an archive works; storing says why it does not."""
    with Store.open(f"sqlite:///{tmp_path}/r.db") as store:
        store.begin(RUN)
    with Store.open(f"sqlite:///file:{tmp_path}/r.db?mode=ro&uri=true") as archive:
        assert archive.run("r1") == RUN
        with pytest.raises(StoreFailed, match=r"cannot be written: .*readonly database"):
            archive.add("r1", record())


def test_a_full_disk_is_told_and_keeps_what_was_there(tmp_path):
    """SQLite refuses to grow past a page limit just as it does past the end of a disk."""
    store = Store.open(f"sqlite:///{tmp_path}/r.db")
    store.begin(RUN)
    store.add("r1", record())

    def limit(connection, *_):
        connection.execute("PRAGMA max_page_count=1")

    event.listen(store.engine, "connect", limit)
    store.engine.dispose()
    many = (record(session) for session in range(2, 200))
    with store, pytest.raises(StoreFailed, match="cannot be written: database or disk is full"):
        deque((store.add("r1", one) for one in many), maxlen=0)
    with Store.open(f"sqlite:///{tmp_path}/r.db") as again:
        assert again.records("r1", seconds=True)[0] == record()


def test_text_that_is_not_json_is_a_schema_error(tmp_path):
    """Such as a torn page that somebody mended by hand."""
    with Store.open(f"sqlite:///{tmp_path}/r.db") as store:
        store.begin(RUN)
        with sqlite3.connect(tmp_path / "r.db") as direct:
            direct.execute("UPDATE bakeoff_runs SET run = '{'")
        direct.close()
        with pytest.raises(SchemaError, match="holds text that is not JSON"):
            store.run("r1")


def test_an_unreachable_server_is_told_without_its_password():
    """Nobody listens on the port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(StoreFailed) as caught:
        Store.open(f"postgresql://me:{PASSWORD}@127.0.0.1:{port}/results")
    assert "cannot be opened" in str(caught.value)
    assert f"me:***@127.0.0.1:{port}" in str(caught.value)
    assert PASSWORD not in str(caught.value)


def test_a_wrong_password_is_told_without_showing_it(postgresql):
    """What PostgreSQL says is passed on."""
    with pytest.raises(StoreFailed, match="password authentication failed") as caught:
        Store.open(postgresql.replace(PASSWORD, "wrong-secret") + "postgres")
    assert "wrong-secret" not in str(caught.value)


def test_the_url_of_an_open_store_hides_the_password(postgresql):
    """It goes into messages and reports."""
    with Store.open(postgresql + "postgres") as store:
        assert PASSWORD not in store.url
        assert PASSWORD not in repr(store)


@pytest.mark.parametrize("bad", ["", "results.db", "mysql://u:hunter2@h/d", "postgresql://h:x/y"])
def test_a_url_that_does_not_fit_is_refused_without_being_quoted(bad):
    """With the two forms that do."""
    with pytest.raises(UsageError, match="sqlite:///FILE") as caught:
        Store.open(bad)
    assert "hunter2" not in str(caught.value)


def test_stored_json_is_plain(store):
    """Other tools can read it: no NaN, members by name."""
    store.add("r1", record())
    with store.engine.connect() as connection:
        row = connection.execute(text("SELECT record, measurement FROM bakeoff_records")).one()
    members = [json.loads(part) if isinstance(part, str) else part for part in row]
    assert members[0]["key"]["stack"] == "a"
    assert "measurement" not in members[0]
    assert members[1]["throughput"] == 2.0
