"""Whole drives: the worker process against real servers."""

import contextlib
import os
import signal
import threading
from datetime import datetime
from pathlib import Path

import numpy as np
import psutil
import pytest

from harness.drive import drive
from harness.drive.results import Outcome, read_drive
from harness.errors import EnvironmentFault, UsageError

HERE = Path(__file__).parent


def _by_outcome(samples):
    return {
        o: int((samples["outcome"] == o).sum()) for o in Outcome if (samples["outcome"] == o).any()
    }


def test_a_closed_drive_answers(serve, job):
    """Four users keep a server busy for half a second, and nothing fails."""
    done = drive(job(serve().url))
    samples = done.read_samples()
    assert list(_by_outcome(samples)) == [Outcome.ANSWERED]
    assert set(samples["user"]) == {0, 1, 2, 3}
    assert done.endpoints == ("(unsent)", "visit")


def test_thinking_users_send_less(serve, job):
    """Two users who think 0.2 s between requests send at most five each in 0.9 s."""
    done = drive(job(serve().url, users=2, think_s=0.2, slices=[(0, 0.9)]))
    assert 2 <= len(done.read_samples()) <= 10


def test_progress_tells_of_every_slice(serve, job):
    """The plan's narrator hears which slice is over and how its requests ended."""
    told = []
    drive(job(serve().url, slices=[(0, 0.2), (0, 0.2)]), progress=told.append)
    assert [(p.slice, p.slices, p.stack, p.failed) for p in told] == [
        (0, 2, "stack0", 0), (1, 2, "stack0", 0),
    ]  # fmt: skip
    assert all(p.answered for p in told)


def test_users_of_all_stacks_do_the_same(serve, job):
    """The seed and a user's number alone decide what it does next."""
    done = drive(job(serve().url, serve().url, locustfile=HERE / "mixed_locustfile.py"))
    samples = done.read_samples()
    for user in range(4):
        mine = [samples[(samples["stack"] == n) & (samples["user"] == user)] for n in (0, 1)]
        first, second = (list(rows["endpoint"][:100]) for rows in mine)
        both = min(len(first), len(second))
        assert both > 20
        assert (first[:both], len(set(first))) == (second[:both], 3)


def test_open_arrivals_are_those_of_the_seed(serve, job):
    """Two stacks with the same seeds see the same due moments, to the microsecond."""
    plan = job(serve().url, serve().url, model="open", rate=100.0, slices=[(0, 0.5), (1, 0.5)])
    same = tuple(
        type(s)(index=s.index, block=s.block, stack=s.stack, duration_s=0.5, warmup=False, seed=9)
        for s in plan.slices
    )
    done = drive(type(plan)(**{n: getattr(plan, n) for n in plan.__slots__} | {"slices": same}))
    samples = done.read_samples()
    first, second = (
        np.sort(samples["due"][samples["slice"] == s.index]) - s.start for s in done.slices
    )
    assert first == pytest.approx(second, abs=1e-6)


def test_no_request_is_sent_outside_its_stacks_slices(serve, job):
    """The servers' own logs agree: every arrival lies between a slice's start and its drain."""
    servers = [serve(), serve()]
    slices = [(n % 2, 0.25) for n in range(8)]
    done = drive(job(*(s.url for s in servers), slices=slices))
    for number, server in enumerate(servers):
        spans = [
            (began := datetime.fromisoformat(s.started_at).timestamp(), began + s.drained - s.start)
            for s in done.slices
            if s.stack == f"stack{number}"
        ]
        arrivals = server.arrivals()
        slack = 0.02  # the wall clock is read a little before the gate opens
        outside = [at for at in arrivals if not any(a <= at <= b + slack for a, b in spans)]
        assert len(arrivals) > 100
        assert outside == []


def test_what_is_unanswered_when_its_slice_has_drained_is_open(serve, job):
    """A server that never answers leaves each user's request open, after the drain and no later."""
    done = drive(job(serve().url, path="/hang", drain_s=0.3))
    assert _by_outcome(done.read_samples()) == {Outcome.OPEN: 4}
    assert done.slices[0].drained - done.slices[0].end == pytest.approx(0.3, abs=0.15)


def test_a_drain_ends_when_nothing_is_left(serve, job):
    """A slice of slow answers drains as long as its last answer takes, not for `drain_s`."""
    done = drive(job(serve().url, path="/slow/0.1", drain_s=30))
    assert done.slices[0].drained - done.slices[0].end < 1


def test_users_go_on_after_a_slice_gave_them_up(serve, job):
    """A request given up in one slice does not cost its user the next one."""
    done = drive(job(serve().url, path="/hang", drain_s=0.1, slices=[(0, 0.2), (0, 0.2)]))
    samples = done.read_samples()
    assert [int((samples["slice"] == n).sum()) for n in (0, 1)] == [4, 4]


def test_an_error_in_a_task_is_a_fault_of_the_generator(serve, job):
    """It is counted by its text, with the traceback in the log, and does not flood."""
    done = drive(job(serve().url, path="/raise"))
    assert list(done.faults) == ["KeyError: 'no such key'"]
    assert done.faults["KeyError: 'no such key'"] < 100
    assert done.log.read_text().count("Traceback") == 1


def test_a_stack_that_died_is_left_out_and_the_others_go_on(serve, job):
    """`alive` names the reason; the slices of the living stack are all there."""
    dead, living = serve(), serve()
    dead.process.kill()
    slices = [(n % 2, 0.5) for n in range(8)]
    done = drive(
        job(dead.url, living.url, slices=slices),
        alive=lambda stack: "it fell over" if stack == "stack0" else None,
    )
    assert done.skipped == {"stack0": "it fell over"}
    assert [s.stack for s in done.slices].count("stack1") == 4
    assert [s.stack for s in done.slices].count("stack0") < 4


def test_a_dead_stack_does_not_keep_the_generator_busy(serve, job):
    """Four users who are refused try 20 times a second each, not as fast as they can."""
    server = serve()
    server.process.kill()
    server.process.wait()
    done = drive(job(server.url))
    assert _by_outcome(done.read_samples()).keys() == {Outcome.FAILED}
    assert len(done.read_samples()) <= 4 * 11
    assert "connection refused" in done.errors


def test_a_worker_that_is_killed_is_a_clear_error(serve, job):
    """The message says how it ended and where its log is."""
    plan = job(serve().url, slices=[(0, 0.2), (0, 30.0)])
    with pytest.raises(EnvironmentFault, match=r"ended by SIGKILL; the end of its log"):
        drive(plan, progress=lambda _: _signal_worker(plan.folder, signal.SIGKILL))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_end_keeps_what_was_finished(serve, job, number):
    """The slice under way is marked as unfinished; those before it are whole."""
    plan = job(serve().url, slices=[(0, 0.2), (0, 30.0)])
    done = drive(plan, progress=lambda _: _signal_worker(plan.folder, number))
    assert [s.finished for s in done.slices] == [True, False]
    assert done.stopped == f"ended by {number.name}"
    assert done.health["stack0"].achieved == 1.0


def test_ctrl_c_keeps_what_was_finished(serve, job):
    """The interrupt goes on, and the folder holds the finished slices."""
    plan = job(serve().url, slices=[(0, 0.2), (0, 30.0)])
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.raises(KeyboardInterrupt):
        drive(plan, progress=lambda _: threading.Timer(0.3, _interrupt_me).start())
    signal.signal(signal.SIGINT, before)
    left = read_drive(plan.folder)
    assert [s.finished for s in left.slices] == [True, False]
    assert len(left.read_samples()) > 0


def test_a_locustfile_that_cannot_be_used_is_named(serve, job, tmp_path):
    """A file without users of ours ends the drive before any load."""
    empty = tmp_path / "locustfile.py"
    empty.write_text("")
    with pytest.raises(EnvironmentFault, match=r"locustfile.py has no user class"):
        drive(job(serve().url, locustfile=empty))


def test_a_job_that_could_not_run_is_refused(job):
    """All faults are named at once."""
    with pytest.raises(UsageError, match=r"there are no slices; .*a rate above 0"):
        job(rate=5.0)


def _interrupt_me():
    os.kill(os.getpid(), signal.SIGINT)


def _signal_worker(folder, number):
    mine = str(folder / "job.json")
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid != os.getpid() and mine in process.cmdline():
                process.send_signal(number)
