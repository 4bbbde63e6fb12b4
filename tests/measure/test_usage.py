"""Readings of real processes."""

from __future__ import annotations

import os
import time
from dataclasses import replace

import pytest

from harness.errors import EnvironmentFault
from harness.measure import processes
from harness.measure.usage import Meter, close_account, exact_memory, read, reopen_account

SPIN = """
import time
def spin(seconds):
    began = time.process_time()
    while time.process_time() - began < seconds: pass
"""


def meter_of(process):
    """Return a meter of a child that leads its session."""
    return Meter(component="app", kind="processes", ref=str(process.pid))


def say(process):
    """Return the next line that the child printed."""
    return process.stdout.readline().strip()


def test_cpu_of_a_busy_child_is_what_it_measured_itself(child):
    """Within 20 ms of half a second, whatever else the machine does."""
    process = child(SPIN + "spin(0.5); print(time.process_time(), flush=True); time.sleep(60)")
    own = float(say(process))
    assert read(meter_of(process)).cpu_s == pytest.approx(own, abs=0.02)


def test_cpu_of_ended_children_stays_with_their_parent(child):
    """A worker that came and went has used what it used, to a tick."""
    code = SPIN + (
        "import os\n"
        "if os.fork() == 0: spin(0.4); os._exit(0)\n"
        "os.wait(); print('done', flush=True); time.sleep(60)"
    )
    process = child(code)
    say(process)
    assert 0.38 <= read(meter_of(process)).cpu_s < 0.6


def test_children_in_sessions_of_their_own_belong_to_it(child):
    """PostgreSQL's backends are such."""
    code = SPIN + (
        "import os\n"
        "if os.fork() == 0: os.setsid(); spin(0.3); print('up', flush=True); time.sleep(60)\n"
        "os.wait()"
    )
    process = child(code)
    say(process)
    reading = read(meter_of(process))
    assert len(processes.members(frozenset({process.pid}))) == 2
    assert reading.cpu_s >= 0.29


def test_members_of_the_session_belong_to_it_even_when_their_parent_is_gone(child):
    """A daemon that forked twice within its session."""
    code = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    if os.fork() == 0: print(os.getpid(), flush=True); time.sleep(60)\n"
        "    os._exit(0)\n"
        "os.wait(); time.sleep(60)"
    )
    process = child(code)
    orphan = int(say(process))
    time.sleep(processes.SCAN_LIFE_S)
    found = processes.members(frozenset({process.pid}))
    os.kill(orphan, 9)
    assert orphan in found


def test_memory_holds_what_the_child_holds(child):
    """Fifty megabytes that it wrote to."""
    process = child("import time; x = bytearray(50_000_000); print(1, flush=True); time.sleep(60)")
    say(process)
    fast, exact = read(meter_of(process)).memory, exact_memory(meter_of(process))
    assert 50_000_000 <= exact <= 80_000_000
    assert 50_000_000 <= fast <= 80_000_000


def test_a_shared_segment_counts_once(child):
    """Four processes that map the same forty megabytes hold forty megabytes."""
    code = (
        "import mmap, os, time\n"
        "x = mmap.mmap(-1, 40_000_000); x.write(b'x' * 40_000_000)\n"
        "for _ in range(3):\n"
        "    if os.fork() == 0: sum(x[::4096]); time.sleep(60)\n"
        "time.sleep(0.3); print('up', flush=True); time.sleep(60)"
    )
    process = child(code)
    say(process)
    assert 40_000_000 <= exact_memory(meter_of(process)) <= 90_000_000
    assert 40_000_000 <= read(meter_of(process)).memory <= 90_000_000


def test_written_bytes_reach_the_disk_counter(child, tmp_path):
    """Four megabytes synced to a file, where the file system has a disk under it."""
    code = (
        f"import os, time; f = open({str(tmp_path / 'file')!r}, 'wb'); f.write(b'x' * 4_000_000)\n"
        "f.flush(); os.fsync(f.fileno()); print('done', flush=True); time.sleep(60)"
    )
    process = child(code)
    say(process)
    assert read(meter_of(process)).written >= 4_000_000


def test_several_leaders_add_up(child):
    """A server with companions has several session leaders."""
    code = SPIN + "spin(0.2); print('done', flush=True); time.sleep(60)"
    both = [child(code), child(code)]
    for process in both:
        say(process)
    meter = Meter(component="x", kind="processes", ref=",".join(str(p.pid) for p in both))
    assert read(meter).cpu_s >= 0.39


def test_a_dead_component_is_an_error_that_names_it(child):
    """Never a reading of zero."""
    process = child("pass")
    process.wait()
    time.sleep(processes.SCAN_LIFE_S)
    with pytest.raises(EnvironmentFault, match="app: cannot read what it uses"):
        read(meter_of(process))


def test_a_reading_costs_little(child):
    """The median of ten readings with a fresh look at all processes; slices are 250 ms."""
    process = child("import time; time.sleep(60)")
    costs = []
    for _ in range(10):
        time.sleep(processes.SCAN_LIFE_S)
        began = time.thread_time()
        read(meter_of(process))
        costs.append(time.thread_time() - began)
    assert sorted(costs)[5] < 0.02


def test_an_unknown_kind_of_meter_is_refused():
    """By name, with what is known."""
    with pytest.raises(ValueError, match="'jail' is not one of cgroup, processes"):
        Meter.from_json({"component": "x", "kind": "jail", "ref": "1"})


def test_a_component_that_just_began_is_found_at_once(child):
    """A scan of a moment ago does not hide it."""
    first = child("print(1, flush=True); import time; time.sleep(60)")
    say(first)
    read(meter_of(first))
    second = child("print(1, flush=True); import time; time.sleep(60)")

    assert second.pid in processes.members(frozenset({second.pid}))


def test_an_account_goes_on_with_other_processes(child, tmp_path):
    """CPU of the first child and of the second add up; in between nothing is held."""
    code = SPIN + "spin(0.2); print('done', flush=True); time.sleep(60)"
    first, second = child(code), child(code)
    say(first), say(second)
    meters = [replace(meter_of(c), sequel=str(tmp_path / "sequel")) for c in (first, second)]
    close_account(meters[0])
    first.kill()
    first.wait()
    between = read(meters[0])
    reopen_account(meters[1])
    assert (between.memory, between.cpu_s >= 0.2) == (0, True)
    assert read(meters[0]).cpu_s >= 0.4
    assert exact_memory(meters[0]) > 1_000_000


def test_what_children_had_used_is_told_apart_when_an_account_is_closed(child, tmp_path):
    """When their parent is killed with them, nobody is told of it."""
    code = SPIN + (
        "import os\n"
        "if os.fork() == 0: spin(0.3); print('up', flush=True); time.sleep(60)\n"
        "os.wait()"
    )
    process = child(code)
    say(process)
    meter = replace(meter_of(process), sequel=str(tmp_path / "sequel"))
    close_account(meter)
    assert 0.29 <= meter.now().orphaned_s <= meter.now().cpu_s


def test_one_that_was_dead_already_keeps_what_was_known(child, tmp_path):
    """A crash of what ended by itself is no error here."""
    process = child("pass")
    process.wait()
    time.sleep(processes.SCAN_LIFE_S)
    meter = replace(meter_of(process), sequel=str(tmp_path / "sequel"))
    close_account(meter)
    assert read(meter).cpu_s == 0.0
