"""What is told of a results database that cannot be used, and what is kept."""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import sys
from collections import deque
from pathlib import Path

import pytest
from sqlalchemy import event, text, update

from example_trials import PASSWORD, PLAN, RUN, bare, record
from harness.errors import SchemaError, StoreFailed, UsageError
from harness.records import (
    SCHEMA,
)
from harness.store import Store, plan_hash
from harness.store_schema import RECORDS, RUNS, VERSION


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
from example_trials import RUN, record
from harness.store import Store
store = Store.open(sys.argv[1])
store.begin(RUN)
for session in range(10_000):
    store.add("r1", record(session))
    print(session, flush=True)
"""


def test_finished_trials_survive_a_kill(url):
    """A writer is killed in the middle of its work; what it had reported is there."""
    folder = Path(__file__).parents[1] / "support"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, url, str(folder)],
        stdout=subprocess.PIPE, text=True, cwd=folder.parents[1],
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
