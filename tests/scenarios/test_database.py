"""The database scenarios against real databases."""

import json
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from database_drives import DATABASES, alone, at_once, audit, driven, errors
from harness.contract import Durability, Subject
from harness.drive.results import Outcome
from harness.errors import ContractBroken, EnvironmentFault, UsageError
from scenarios.database import scenario as scenarios
from scenarios.database.messages import body, message
from scenarios.database.scenario import Database, DatabaseB, DatabaseC, DatabaseD, DatabaseF
from scenarios.database.stores import opened, store
from scenarios.passages import source
from stacks.components.mongodb import MongoDB

EACH = pytest.mark.parametrize("name", sorted(DATABASES))
ROOT = Path(__file__).parents[2]
ROWS = 500
TEXT = source(1)


@EACH
@pytest.mark.parametrize("kind", [Database, DatabaseD, DatabaseF], ids=lambda kind: kind.name)
def test_a_database_passes(served, name, kind, tmp_path):
    """Loaded, verified, driven by users who do not hold each other up, without a wrong answer, and
    as many rows as were acknowledged.
    """
    subject, scenario = alone(served, name), kind(rows=ROWS)
    data = scenario.prepare(subject, 1)
    scenario.verify(subject, data)
    before = scenario.count(subject, data)
    samples = driven(scenario, subject, data, tmp_path)
    assert samples.drive.faults == {}
    assert set(samples.rows["outcome"]) == {Outcome.ANSWERED}
    assert at_once(samples) == 4
    assert before == {"messages": ROWS}
    assert audit(scenario, subject, data, samples, before) == ()


@EACH
def test_what_was_written_is_read_back(served, name):
    """A new body, and a new message; what is not there is not found."""
    with opened(alone(served, name), "testing") as table:
        table.create()
        table.load([message(TEXT, 1), message(TEXT, 2)])
        assert table.update(1, body(TEXT, 1, 7, 3))
        table.insert(message(TEXT, 3))
        assert table.read(1) == [message(TEXT, 1)._replace(body=body(TEXT, 1, 7, 3))]
        assert table.read(3) == [message(TEXT, 3)]
        assert (table.read(4), table.count()) == ([], 3)


@pytest.mark.parametrize(
    ("kind", "names", "share"),
    [
        (Database, {"read", "update"}, 0.5),
        (DatabaseB, {"read", "update"}, 0.05),
        (DatabaseC, {"read"}, 0.0),
        (DatabaseD, {"read", "insert"}, 0.05),
        (DatabaseF, {"read", "readModifyWrite"}, 0.5),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_the_mix_is_that_of_the_workload(served, tmp_path, kind, names, share):
    """By the shares in YCSB's files."""
    subject, scenario = alone(served, "sqlite"), kind(rows=ROWS)
    samples = driven(scenario, subject, scenario.prepare(subject, 1), tmp_path)
    answered = samples.acknowledged("sqlite").answered
    total, other = sum(answered.values()), sum(answered.values()) - answered["read"]
    assert set(answered) == names
    assert other / total == pytest.approx(share, abs=0.03 + 2 / total**0.5)


def test_arrivals_that_do_not_wait_are_answered(served, tmp_path):
    """The open model: due moments, many users."""
    subject, scenario = alone(served, "postgresql"), Database(rows=ROWS)
    data = scenario.prepare(subject, 1)
    samples = driven(scenario, subject, data, tmp_path, model="open", rate=40.0, users=16)
    assert set(samples.rows["outcome"]) == {Outcome.ANSWERED}
    assert 50 < len(samples.rows) < 110


def test_verification_finds_rows_that_are_missing_or_changed(served):
    """Before any load: the message says which and how."""
    subject, scenario = alone(served, "postgresql"), Database(rows=ROWS)
    data = scenario.prepare(subject, 1)
    with psycopg.connect(subject.url, autocommit=True) as link:
        link.execute("UPDATE messages SET body = replace(body, 'a', 'e') WHERE id = 0")
        with pytest.raises(ContractBroken, match="message 0 as loaded: the body is not what was"):
            scenario.verify(subject, data)
        link.execute("DELETE FROM messages WHERE id = 7")
        with pytest.raises(ContractBroken, match="loaded 500 messages, counted 499"):
            scenario.verify(subject, data)


# A trigger that returns nothing, or the row as it was, makes the server acknowledge what it drops.
FORGETS = """
CREATE OR REPLACE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RETURN {result}; END $$;
CREATE TRIGGER forget BEFORE {event} ON messages FOR EACH ROW {condition} EXECUTE FUNCTION forget()
"""


def _forgetful(subject, **how):
    with psycopg.connect(subject.url, autocommit=True) as link:
        link.execute(FORGETS.format(**how).encode())


def test_updates_that_were_acknowledged_and_lost_are_found_under_load(served, tmp_path):
    """Every writer looks out for what it wrote."""
    subject, scenario = alone(served, "postgresql"), Database(rows=20)
    data = scenario.prepare(subject, 1)
    _forgetful(subject, event="UPDATE", result="OLD", condition="")
    found = errors(driven(scenario, subject, data, tmp_path))
    assert found == {"an acknowledged update is lost: the message is as it was loaded"}


def test_inserts_that_were_acknowledged_and_lost_are_found(served, tmp_path):
    """By the audit, and by whoever reads the newest."""
    subject, scenario = alone(served, "postgresql"), DatabaseD(rows=20)
    data = scenario.prepare(subject, 1)
    before = scenario.count(subject, data)
    _forgetful(subject, event="INSERT", result="NULL", condition="")
    samples = driven(scenario, subject, data, tmp_path)
    (sentence,) = audit(scenario, subject, data, samples, before)
    assert sentence.startswith("messages grew by 0, but clients were told of")
    assert errors(samples) == {"0 messages with that id"}


CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND query LIKE '%messages%'
"""


def test_users_go_on_when_their_connections_are_cut(served, tmp_path):
    """What failed may or may not have been stored, and the audit knows that."""
    subject, scenario = alone(served, "postgresql"), DatabaseD(rows=ROWS)
    data = scenario.prepare(subject, 1)
    before, over = scenario.count(subject, data), threading.Event()

    def cut():
        with psycopg.connect(subject.url, autocommit=True) as link:
            while not over.wait(0.4):
                link.execute(CUT)

    thread = threading.Thread(target=cut)
    thread.start()
    samples = driven(scenario, subject, data, tmp_path)
    over.set()
    thread.join()
    assert samples.drive.faults == {}
    assert set(samples.rows["outcome"]) == {Outcome.ANSWERED, Outcome.FAILED}
    assert audit(scenario, subject, data, samples, before) == ()


def test_sqlite_waits_for_what_it_was_set_to(tmp_path):
    """By the pragma of each connection."""
    levels = {}
    for tier in Durability:
        url = f"sqlite:///{tmp_path}/{tier}.db"
        client = store(Subject(name="sqlite", url=url, durability=tier))
        table = client.table()
        levels[tier.value] = table.link.exec_driver_sql("PRAGMA synchronous").scalar()
        table.close()
    assert levels == {"none": 0, "process": 1, "machine": 2}
    assert sqlite3.connect(tmp_path / "none.db").execute("PRAGMA journal_mode").fetchone() == (
        "wal",
    )


def test_mongodb_is_asked_for_what_it_was_set_to(served):
    """By the write concern of every write."""
    url = served(MongoDB()).url
    asked = {}
    for tier in Durability:
        client = store(Subject(name="mongodb", url=url, durability=tier))
        asked[tier.value] = client.table().rows.write_concern.document
        client.close()
    assert asked == {
        "none": {"w": 1, "j": False}, "process": {"w": 1, "j": True}, "machine": {"w": 1, "j": True}
    }  # fmt: skip


def test_the_locustfile_runs_by_hand(tmp_path):
    """One user loads the rows, all others share them; Locust's statistics have no failure."""
    command = [
        sys.executable, "-m", "locust", "-f", "scenarios/database/locustfile.py",
        "--host", f"sqlite:///{tmp_path}/app.db", "--headless", "--users", "3",
        "--spawn-rate", "3", "--run-time", "6s", "--json",
    ]  # fmt: skip
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    entries = json.loads(ran.stdout)
    assert (ran.returncode, sum(entry["num_failures"] for entry in entries)) == (0, 0)
    assert {entry["name"] for entry in entries} <= {"read", "update"}
    assert sum(entry["num_requests"] for entry in entries) >= 3


def test_a_server_that_is_not_there_is_an_environment_fault():
    """It says what was being done, where."""
    url = "postgresql://chat:x@127.0.0.1:1/postgres"
    subject = Subject(name="postgresql", url=url, durability=Durability.PROCESS)
    with pytest.raises(EnvironmentFault, match="counting postgresql: OperationalError"):
        Database().count(subject, {})


def test_an_unknown_product_is_refused():
    """By name."""
    subject = Subject(name="x", url="x://127.0.0.1:1", durability=Durability.PROCESS)
    with pytest.raises(UsageError, match="no client for x://, which is none of: cassandra"):
        store(subject)


def test_each_workload_is_a_scenario_of_its_own():
    """So that records of different workloads are never mixed."""
    found = {s.name: s.workload.letter for s in vars(scenarios).values() if isinstance(s, Database)}
    assert found == {
        "database": "a", "database-b": "b", "database-c": "c", "database-d": "d", "database-f": "f"
    }  # fmt: skip
