"""The server's own headroom can be measured with each run."""

import json
import subprocess
import sys
import time

import pytest

from stacks.llm.capacity import CapacityError, measure_capacity


def test_capacity_is_measured_in_its_time(server) -> None:
    """Hundreds of calls even on a busy machine, within the time given and a little more."""
    begin = time.monotonic()
    capacity = measure_capacity(f"{server.url}/v1", seconds=0.6, connections=4)
    assert time.monotonic() - begin < 3
    assert capacity.whole_per_s > 200
    assert capacity.streams_per_s > 20
    assert 0 < capacity.whole_cpu_s < capacity.stream_cpu_s
    assert 0 < capacity.server_busy < 1.2


def test_a_measurement_is_not_counted_as_calls(server) -> None:
    """An audit that compares calls is not disturbed."""
    before = server.stats()
    measure_capacity(server.url, seconds=0.1)
    after = server.stats()
    assert after["calls"] == before["calls"]
    assert after["probe_answered"] > before["probe_answered"]
    assert after["probe_answered"] == after["probe_calls"]


def test_a_measurement_knows_no_delay(start) -> None:
    """The model of time of a run does not hide the headroom."""
    server = start("--first-token-s", "5")
    assert measure_capacity(server.url, seconds=0.2).whole_per_s > 100


def test_it_runs_as_a_command(server) -> None:
    """One line of JSON."""
    command = [sys.executable, "-m", "stacks.llm.capacity", server.url, "--seconds", "0.1"]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    assert json.loads(done.stdout)["connections"] == 8


def test_nobody_there_is_said(server) -> None:
    """The message names the address."""
    with server.connect() as unused:
        free = unused.getsockname()[1]
    with pytest.raises(CapacityError, match=f"127.0.0.1:{free}"):
        measure_capacity(f"http://127.0.0.1:{free}", seconds=0.1)


def test_nonsense_is_refused() -> None:
    """No time or no connection is no measurement."""
    with pytest.raises(ValueError, match="seconds"):
        measure_capacity("http://127.0.0.1:1", seconds=0)
