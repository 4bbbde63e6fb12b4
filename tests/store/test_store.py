"""The results database, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text

from example_trials import PLAN, RUN, bare, record
from harness.errors import UsageError
from harness.records import (
    Status,
)
from harness.store import Store, plan_hash


def test_a_run_and_its_records_read_back_equal(store):
    """Histograms and all."""
    records = (record(1, "a"), record(1, "b", Status.FAILED), record(2, "a", Status.SKIPPED))
    for one in records:
        store.add("r1", one)
    assert store.records("r1", seconds=True) == records
    assert store.run("r1") == RUN


def test_the_seconds_of_endpoints_are_read_only_when_asked_for(store):
    """All else is there, the seconds of the whole stack too."""
    store.add("r1", record())
    assert store.records("r1") == (bare(record()),)


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


def test_stored_json_is_plain(store):
    """Other tools can read it: no NaN, members by name."""
    store.add("r1", record())
    with store.engine.connect() as connection:
        row = connection.execute(text("SELECT record, measurement FROM bakeoff_records")).one()
    members = [json.loads(part) if isinstance(part, str) else part for part in row]
    assert members[0]["key"]["stack"] == "a"
    assert "measurement" not in members[0]
    assert members[1]["throughput"] == 2.0
