"""Requests for each CPU second of the load generator, beside other generators.

One NGINX with one worker on the first processor answers 200 bytes; each generator in turn has the
second one, with 64 connections. Counted are the requests that NGINX saw and the processor time
that the kernel charged to the generator, so nobody's own figures are believed. Ours does all that
it does in a drive: gate, schedule, both latencies of every request in its row, check of the answer.
"""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from harness.drive.job import Job, PlannedSlice, Target
from harness.launch.provision import provide
from stacks.components import nginx

HERE = Path(__file__).parent / "generators"
ROOT = Path(__file__).parents[2]
USERS, ROUNDS, WINDOW_S, MOST_S = 64, 3, 1.5, 60.0
WARM = 2_000
AT_LEAST = {"FastHttpUser": 2.5, "HttpUser": 10.0}
BODY = '{"id": "' + "x" * 190 + '"}'
CONF = """
daemon off; worker_processes 1; pid {folder}/pid; error_log stderr warn;
events {{ worker_connections 256; }}
http {{
  access_log off; keepalive_requests 1000000000;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port};
    location = /status {{ stub_status; }}
    location / {{ default_type application/json; return 200 '{body}'; }}
  }}
}}
"""
Start = Callable[[str, Path], list[str]]


def _on(core: int) -> Callable[[], None]:
    """Return what pins a process that is being started to one of this process's processors."""
    cores = sorted(os.sched_getaffinity(0))
    return lambda: os.sched_setaffinity(0, {cores[core % len(cores)]})


def _ours(url: str, folder: Path) -> list[str]:
    job = Job(
        scenario="benchmark",
        locustfile=HERE / "ours.py",
        targets=(Target(stack="nginx", url=url, data={"token": "x"}, meters=()),),
        slices=(
            PlannedSlice(index=0, block=0, stack="nginx", duration_s=MOST_S, warmup=False, seed=1),
        ),
        model="closed",
        users=USERS,
        rate=0.0,
        request_timeout_s=30.0,
        drain_s=1.0,
        seed=1,
        cpus=(),
        folder=folder,
    )
    return [sys.executable, "-m", "harness.drive.worker", str(job.save())]


def _locust(file: str) -> Start:
    def start(url: str, folder: Path) -> list[str]:
        del folder
        users = ["--headless", "--users", str(USERS), "--spawn-rate", str(USERS)]
        quiet = ["--only-summary", "--host", url]
        return [sys.executable, "-m", "locust", "-f", str(HERE / file), *users, *quiet]

    return start


def _wrk(url: str, folder: Path) -> list[str]:
    del folder
    head = ["-H", "Authorization: Bearer x"]
    return ["wrk", "-t1", f"-c{USERS}", f"-d{MOST_S:.0f}", *head, f"{url}/v1/me"]


def _k6(url: str, folder: Path) -> list[str]:
    del folder
    return ["k6", "run", "-q", "-e", f"URL={url}", "-e", f"USERS={USERS}", str(HERE / "k6.js")]


GENERATORS: dict[str, Start] = {
    "bakeoff": _ours,
    "FastHttpUser": _locust("fast.py"),
    "HttpUser": _locust("plain.py"),
    **{name: start for name, start in {"wrk": _wrk, "k6": _k6}.items() if shutil.which(name)},
}


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """Run the target."""
    found = provide("nginx", nginx.SOURCES)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    (tmp_path / "nginx.conf").write_text(CONF.format(folder=tmp_path, port=port, body=BODY))
    with subprocess.Popen(
        [str(found.binary), "-p", str(tmp_path), "-c", "nginx.conf"],
        env={**os.environ, **found.env},
        preexec_fn=_on(0),  # noqa: PLW1509 - sets the processors and nothing else
    ) as process:
        address = f"http://127.0.0.1:{port}"
        while _answered(address) < 0:
            assert process.poll() is None
            time.sleep(0.05)
        yield address
        process.terminate()


def _answered(url: str) -> int:
    """Return how many requests NGINX has had, -1 when it does not answer."""
    try:
        with urllib.request.urlopen(f"{url}/status") as status:
            return int(status.read().split(b"\n")[2].split()[2])
    except OSError:
        return -1


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _microseconds(command: list[str], url: str) -> float:
    """Return the processor time of a generator for each request, once it has warmed up."""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "GOMAXPROCS": "1", "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=_on(1),  # noqa: PLW1509 - sets the processors and nothing else
    ) as generator:
        process = psutil.Process(generator.pid)
        before = _answered(url)
        while _answered(url) - before < WARM:
            assert generator.poll() is None, command
            time.sleep(0.1)
        cpu_s, requests = _cpu_s(process), _answered(url)
        time.sleep(WINDOW_S)
        cpu_s, requests = _cpu_s(process) - cpu_s, _answered(url) - requests - 1
        generator.kill()
    return cpu_s / requests * 1e6


def test_a_request_costs_the_generator_little(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """At most 1/2.5 of FastHttpUser and 1/10 of HttpUser: medians of interleaved rounds."""
    seen: dict[str, list[float]] = {name: [] for name in GENERATORS}
    for _ in range(ROUNDS):
        for name, start in GENERATORS.items():
            seen[name].append(_microseconds(start(url, tmp_path / "drive"), url))
    middle = {name: statistics.median(values) for name, values in seen.items()}
    ours = middle["bakeoff"]
    with capsys.disabled():
        for name, value in middle.items():
            rounds = " ".join(f"{one:.1f}" for one in seen[name])
            line = f"{name:13} {value:6.1f} us a request, {value / ours:5.2f} x ours ({rounds})"
            sys.stdout.write(f"\n{line}")
    ratios = {name: middle[name] / ours for name in AT_LEAST}
    assert all(ratios[name] >= least for name, least in AT_LEAST.items()), ratios
