"""What a page costs from a store of 100 thousand and of 10 million requests: 4 stacks, 8 scenarios,
10 sessions.

Each page is built in a process of its own, as `bakeoff report` does; start-up is told apart. The
peer does the least that anybody can do with such a store: it reads all of its JSON by SQLite and
Python's own json, and writes it again.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MAKER = Path(__file__).with_name("big_store.py")
OURS = {**os.environ, "PYTHONPATH": str(ROOT)}
FEW, MANY, SESSIONS, ROUNDS = 100_000, 10_000_000, 10, 3
MEMORY_AT_MOST, PEERS_AT_MOST = 1.25, 6.0
Seen = dict[str, float]

CLOCKS = """
import json, resource, sys, time
def clocks():
    return time.perf_counter(), time.process_time()
"""
REPORT = """
began = clocks()
import reports
from harness.store import Store
started = clocks()
with Store.open("sqlite:///" + sys.argv[1]) as store:
    run = store.runs()[0]
    records = store.records(run.id)
read = clocks()
page = reports.build(run, records).encode()
ended = clocks()
"""
PEER = """
import sqlite3
began = started = clocks()
rows = sqlite3.connect(sys.argv[1]).execute(
    "SELECT record, measurement, seconds FROM bakeoff_records"
).fetchall()
read = clocks()
page = "".join(json.dumps(json.loads(text)) for row in rows for text in row)
ended = clocks()
"""
TOLD = """
print(json.dumps({
    "start-up": started[0] - began[0],
    "read": read[0] - started[0],
    "build": ended[0] - read[0],
    "cpu": ended[1] - started[1],
    "bytes": len(page),
    "memory": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
}))
"""


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Return the stores by their number of requests."""
    folder = tmp_path_factory.mktemp("stores")
    found = {requests: folder / f"{requests}.db" for requests in (FEW, MANY)}
    for requests, path in found.items():
        command = [sys.executable, MAKER, f"sqlite:///{path}", str(requests), str(SESSIONS)]
        subprocess.run(command, cwd=ROOT, env=OURS, check=True)
    return found


def _alone(script: str, store: Path) -> Seen:
    """Return what a process of its own says that the script took: seconds and bytes."""
    command = [sys.executable, "-c", CLOCKS + script + TOLD, str(store)]
    told = subprocess.run(
        command, cwd=ROOT, env=OURS, check=True, stdout=subprocess.PIPE, text=True
    )
    seen: Seen = json.loads(told.stdout)
    return seen


def _line(name: str, rounds: list[Seen]) -> str:
    middle = {what: statistics.median(seen[what] for seen in rounds) for what in rounds[0]}
    took = f"read {middle['read']:.2f} s, build {middle['build']:.2f} s (CPU {middle['cpu']:.2f} s)"
    sizes = f"{middle['bytes'] / 1e6:.1f} MB, peak memory {middle['memory'] / 2**20:.0f} MiB"
    return f"{name:24} start-up {middle['start-up']:.2f} s, {took}, {sizes}"


def test_memory_does_not_grow_with_the_number_of_requests(
    stores: dict[int, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """A hundred times as many take at most a quarter more: percentiles are merged, not requests."""
    seen = {requests: _alone(REPORT, path) for requests, path in stores.items()}
    with capsys.disabled():
        for requests, one in seen.items():
            sys.stdout.write(f"\n{_line(f'{requests:,} requests', [one])}")
    assert seen[MANY]["memory"] / seen[FEW]["memory"] <= MEMORY_AT_MOST


@pytest.mark.benchmark(group="10 million requests to a page, start-up and all")
def test_a_page_takes_a_few_times_what_its_json_takes(
    stores: dict[int, Path], capsys: pytest.CaptureFixture[str], benchmark: Callable[..., Any]
) -> None:
    """By processor time, which neighbours disturb least: medians of interleaved rounds."""
    ours, peers = list[Seen](), list[Seen]()
    benchmark.pedantic(
        lambda: ours.append(_alone(REPORT, stores[MANY])),
        setup=lambda: peers.append(_alone(PEER, stores[MANY])),
        rounds=ROUNDS,
    )
    with capsys.disabled():
        sys.stdout.write(f"\n{_line('bakeoff', ours)}\n{_line('sqlite3 and json', peers)}")
    ratio = statistics.median(
        one["cpu"] / peer["cpu"] for one, peer in zip(ours, peers, strict=True)
    )
    assert ratio <= PEERS_AT_MOST
