"""The monitor around a round, on real processes."""

from __future__ import annotations

import time

import pytest

from harness.measure.monitor import Monitor
from harness.measure.usage import Meter

GROWS = """
import time
print('up', flush=True); time.sleep(0.6)
x = bytearray(60_000_000); time.sleep(60)
"""
SPINS = "print('up', flush=True)\nwhile True: pass"


def meter_of(process):
    """Return a meter of a child that leads its session, once it is up."""
    process.stdout.readline()
    return Meter(component="app", kind="processes", ref=str(process.pid))


def test_peak_and_mean_of_memory_are_over_time(child):
    """A child that grows by sixty megabytes half-way."""
    meter = meter_of(child(GROWS))
    with Monitor(meters=[meter]) as monitor:
        time.sleep(1.2)
    memory = monitor.seen.memory[meter]
    assert memory.samples >= 3
    assert memory.peak >= 60_000_000
    assert memory.mean < memory.peak - 5_000_000


def test_shares_of_the_host_add_up(child):
    """Busy, idle and stolen time are all there is."""
    meter = meter_of(child(SPINS))
    with Monitor(meters=[meter]) as monitor:
        time.sleep(0.5)
    host = monitor.seen.host
    assert host.seconds == pytest.approx(0.5, abs=0.3)
    assert host.busy + host.idle + host.steal == pytest.approx(1.0)
    assert host.busy > 0
    assert 0 <= host.elsewhere <= host.busy


def test_a_metered_child_is_not_elsewhere(child):
    """What it uses lowers the share of others by what it used."""
    meter = meter_of(child(SPINS))
    with Monitor(meters=[meter]) as monitor:
        time.sleep(1.0)
    assert monitor.seen.host.elsewhere < monitor.seen.host.busy - 0.05


def test_a_component_that_dies_meanwhile_keeps_what_was_seen(child):
    """Its samples end; nothing is raised in the middle of a round."""
    process = child("import time; print('up', flush=True); time.sleep(60)")
    meter = meter_of(process)
    with Monitor(meters=[meter]) as monitor:
        time.sleep(0.4)
        process.kill()
        process.wait()
        time.sleep(0.4)
    assert monitor.seen.memory[meter].samples >= 1


def test_a_component_that_was_never_there_has_no_memory(child):
    """No zeros for what was not seen."""
    process = child("pass")
    process.wait()
    meter = Meter(component="app", kind="processes", ref=str(process.pid))
    with Monitor(meters=[meter]) as monitor:
        time.sleep(0.1)
    assert monitor.seen.memory == {}


def test_together_is_the_most_at_one_instant_not_the_sum_of_peaks(child):
    """One of two is gone before the other grows."""
    holds = "import time; x = bytearray(60_000_000); print('up', flush=True); time.sleep(60)"
    first, second = child(holds), child(GROWS)
    meters = [meter_of(first), meter_of(second)]
    with Monitor(meters=meters) as monitor:
        time.sleep(0.35)
        first.kill()
        first.wait()
        time.sleep(1.0)
    peaks = sum(memory.peak for memory in monitor.seen.memory.values())
    assert 60_000_000 < monitor.seen.together < peaks - 30_000_000
