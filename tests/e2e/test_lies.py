"""Lies of servers and of load generators, each told to a real drive and caught, or refused.

Where the others are: wrong answers under load, a cache that answers everything, and messages that
are acknowledged and not stored in test_sabotage.py; stalls in tests/drive/test_stall.py; numbers
that were changed afterwards in tests/stats/test_lies.py; a baseline of another machine in
tests/test_comparable.py.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import psutil
import pytest

from harness.contract import ProcessSpec, Virtualenv, alone
from harness.drive.results import Outcome
from harness.launch import Budget, launched
from harness.launch.processes import Processes
from harness.records import (
    SCHEMA,
    ComponentUse,
    Fault,
    Run,
    Status,
)
from harness.stats.summary import doubts, unranked
from loads import Loaded, Serve, codes, said
from reports import build
from stacks.components.blank import Blank
from stacks.components.mongodb import MongoDB

pytestmark = pytest.mark.e2e


def test_the_truth_passes(load: Callable[..., Loaded], serve: Serve) -> None:
    """Closed and open, with a server that answers: no doubt but the few requests."""
    _, url = serve()
    assert codes(load(url, ("/slow/0.02", 200)).measured()[1]) == set()
    open_load = load(url, model="open", users=16, rate=200.0)
    assert codes(open_load.measured()[1]) == set()
    assert open_load.record().status is Status.OK


def test_5xx_counted_as_success(load: Callable[..., Loaded], serve: Serve) -> None:
    """Users who take 503 for the right answer: the rows tell the status."""
    _, url = serve()
    record = load(url, ("/slow/0.02", 200), ("/broken", 503)).record()

    assert (Status.FAILED, Fault.CONTRADICTION) == (record.status, record.fault)
    assert "count as answered, with a status that says the server could not" in record.reason


def test_what_a_scenario_expects_may_be_a_refusal(
    load: Callable[..., Loaded], serve: Serve
) -> None:
    """404 for what is not there is a right answer."""
    _, url = serve()
    assert load(url, ("/slow/0.02", 200), ("/missing", 404)).record().status is Status.OK


def test_failures_dropped(load: Callable[..., Loaded], serve: Serve) -> None:
    """Rows without the failures: by its seed the schedule had more."""
    _, url = serve()
    loaded = load(url, ("/", 200), ("/broken", 200), model="open", users=16, rate=200.0)
    honest = loaded.record()
    loaded.rewrite(lambda rows: rows[rows["outcome"] == Outcome.ANSWERED])
    record = loaded.record()

    assert (honest.status, honest.fault) == (Status.FAILED, Fault.ERRORS)
    assert record.fault is Fault.CONTRADICTION
    assert "but by its seed" in record.reason


def test_late_requests_taken_for_due_later(load: Callable[..., Loaded], serve: Serve) -> None:
    """Coordinated omission: the schedule moved to when the requests were sent."""
    _, url = serve()
    loaded = load(url, ("/slow/0.05", 200), model="open", users=2, rate=30.0)

    def moved(rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        rows["due"] = np.where(np.isnan(rows["sent"]), rows["due"], rows["sent"])
        return rows

    before = loaded.measured()[1]
    loaded.rewrite(moved)
    assert "CONTRADICTION" not in codes(before)
    assert "due at other moments than its seed says" in said(loaded.measured()[1], "CONTRADICTION")


@pytest.mark.parametrize("stall_s", [2.0])
def test_a_stalled_server(load: Callable[..., Loaded], serve: Serve, stall_s: float) -> None:
    """Frozen for two seconds of eight: p99 is nearly that, although few requests were in flight."""
    process, url = serve(freeze_at=200)

    def thaw() -> None:
        while psutil.Process(process.pid).status() != psutil.STATUS_STOPPED:
            time.sleep(0.001)
        time.sleep(stall_s)
        process.send_signal(signal.SIGCONT)

    threading.Thread(target=thaw, daemon=True).start()
    load_ = load(
        url, seconds=8.0, model="open", users=10, rate=100.0, arrivals="constant", drain_s=5.0
    )
    found, seen = load_.measured()

    assert found.response.p99 >= 0.85 * stall_s
    assert found.counts.scheduled == 800
    assert "CONTRADICTION" not in codes(seen)


@pytest.fixture
def blank() -> Iterator[str]:
    """Return the URL of an NGINX that answers from memory, faster than any generator asks."""
    with launched(alone(Blank()), Processes(), Budget()) as placed:
        yield placed.url


RUN = Run(
    id="test", started_at=datetime.now(UTC).isoformat(timespec="seconds"), finished_at="",
    schema=SCHEMA, version="0", launcher="processes", plan={}, facts={}, fingerprint="",
    llm_capacity=0.0,
)  # fmt: skip


def test_a_saturated_generator(load: Callable[..., Loaded], blank: str) -> None:
    """Sixty-four users who never wait: the page says whose limit that is, and why, in the place
    of a throughput.
    """
    record = load(blank, users=64, seconds=2.0).record()
    page = build(RUN, (record,))

    assert record.status is Status.OK
    assert record.measurement is not None
    assert unranked(record).startswith("it is generator-limited: ")
    assert "generator-limited" in page
    assert f">{record.measurement.throughput:,.0f}<" not in page


def test_a_generator_with_little_to_do(load: Callable[..., Loaded], serve: Serve) -> None:
    """Its numbers are the server's. A busy machine may delay it; it gets three chances."""
    url = serve()[1]
    for _ in range(3):
        record = load(url, ("/slow/0.05", 200)).record()
        if not unranked(record):
            break
    assert unranked(record) == ""
    assert f">{record.measurement.throughput:.1f}<" in build(RUN, (record,))  # type: ignore[union-attr]


def test_a_rate_that_the_generator_cannot_send(load: Callable[..., Loaded], blank: str) -> None:
    """Ten times what it can: what was not sent in time has failed, and nothing is throughput."""
    loaded = load(blank, model="open", users=64, rate=600_000.0, drain_s=0.5)
    record = loaded.record()

    assert (Status.FAILED, Fault.ERRORS) == (record.status, record.fault)
    assert {"SATURATED_GENERATOR", "RATE_NOT_REACHED"} <= codes(record.doubts, calm=True)
    assert "CONTRADICTION" not in codes(record.doubts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlabelled(MongoDB):
    """MongoDB's component with its stand-in, of which nobody says that it is one."""

    def process(self, links: Mapping[str, str]) -> ProcessSpec:
        """Start the stand-in without its label."""
        spec = MongoDB.process(self, links)
        sources = (replace(s, stand_in="") for s in spec.sources if isinstance(s, Virtualenv))
        return replace(spec, sources=tuple(sources))


@pytest.mark.parametrize(
    ("part", "doubt"), [(MongoDB(), "STAND_IN"), (Unlabelled(), "OTHER_PRODUCT")]
)
def test_a_stand_in_passed_for_the_real_thing(
    part: MongoDB, doubt: str, load: Callable[..., Loaded], serve: Serve
) -> None:
    """What the server calls itself gives it away; neither is set beside others."""
    with launched(alone(part), Processes(), Budget()) as placed:
        there = placed.components["mongodb"]
    use = ComponentUse(
        name="mongodb", role=there.component.role, version=there.version, source=there.source,
        stand_in=there.stand_in, size=0, size_of="", ready_s=0.0, idle_cpu=0.0, cpu_s=0.0,
        memory_mean=0, memory_peak=0, memory_idle=0, written=0, operations=None, operations_of="",
    )  # fmt: skip
    if not there.version.startswith("SecantusDB") and doubt == "STAND_IN":
        pytest.skip("the real MongoDB is installed here")
    record = load(serve()[1], ("/slow/0.02", 200)).record()
    assert record.measurement is not None
    found = replace(record.measurement, components=(use,))
    seen = doubts(found, model="closed", users=4, rate=0.0)

    assert codes(seen) == {doubt}
    assert "ecantus" in said(seen, doubt)
    assert unranked(replace(record, measurement=found, doubts=seen))
