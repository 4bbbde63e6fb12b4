"""What components burn while nobody asks them for anything."""

from __future__ import annotations

from harness.measure.idle import idle_shares
from harness.measure.usage import Meter


def meter_of(process):
    """Return a meter of a child that leads its session, once it is up."""
    process.stdout.readline()
    return Meter(component="app", kind="processes", ref=str(process.pid))


def test_one_that_sleeps_burns_nothing_and_one_that_spins_a_core(child):
    """Both are seen over the same window."""
    sleeps = meter_of(child("import time; print('up', flush=True); time.sleep(60)"))
    spins = meter_of(child("print('up', flush=True)\nwhile True: pass"))
    shares = idle_shares({"sleeps": sleeps, "spins": spins}, 0.5)
    assert shares["sleeps"] < 0.05
    assert 0.1 < shares["spins"] < 1.1


def test_a_dead_one_has_no_share(child):
    """Its own trial says that it died."""
    process = child("print('up', flush=True)")
    meter = meter_of(process)
    process.wait()
    assert idle_shares({"gone": meter}, 0.1) == {}


def test_nothing_to_measure_takes_no_time():
    """Attached stacks have no meters."""
    assert idle_shares({}, 60.0) == {}


def test_a_share_does_not_depend_on_how_long_it_ran_before(child):
    """Only the window counts."""
    code = (
        "import time\nbegan = time.process_time()\n"
        "while time.process_time() - began < 0.4: pass\n"
        "print('up', flush=True); time.sleep(60)"
    )
    assert idle_shares({"app": meter_of(child(code))}, 0.2)["app"] < 0.2
