"""Test targets, and jobs that load them."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.drive.job import Job, PlannedSlice, Target

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running test target: its process and URL."""

    process: subprocess.Popen[bytes]
    url: str

    def arrivals(self) -> list[float]:
        """Return when each request arrived, in seconds of the wall clock."""
        with urllib.request.urlopen(f"{self.url}/seen") as answer:
            return list(json.load(answer))

    def signal(self, number: signal.Signals) -> None:
        """Freeze, continue or kill the server."""
        os.kill(self.process.pid, number)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start test targets; all are gone after the test."""
    servers = list[Server]()

    def start(freeze_at: int = 0) -> Server:
        port = _free_port()
        command = [sys.executable, str(HERE / "target.py"), str(port), str(freeze_at)]
        process = subprocess.Popen(command)
        servers.append(Server(process=process, url=f"http://127.0.0.1:{port}"))
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return servers[-1]
        raise AssertionError("the test target did not start")

    yield start
    for server in servers:
        server.process.kill()
        server.process.wait()


@pytest.fixture
def job(tmp_path: Path) -> Callable[..., Job]:
    """Make a job: by default one closed slice of half a second on each target, four users."""

    def make(
        *urls: str, path: str = "/", slices: list[tuple[int, float]] = (), **other: Any
    ) -> Job:
        targets = tuple(
            Target(stack=f"stack{n}", url=url, data={"path": path}, meters=())
            for n, url in enumerate(urls)
        )
        plan = slices or [(n, 0.5) for n in range(len(urls))]
        members: dict[str, Any] = {
            "scenario": "test", "locustfile": HERE / "locustfile.py", "targets": targets,
            "model": "closed", "users": 4, "rate": 0.0, "request_timeout_s": 5.0, "drain_s": 2.0,
            "seed": 1, "cpus": (), "folder": tmp_path / "drive",
            "slices": tuple(
                PlannedSlice(
                    index=i, block=i, stack=f"stack{n}", duration_s=s, warmup=False, seed=i
                )
                for i, (n, s) in enumerate(plan)
            ),
        }  # fmt: skip
        return Job(**members | other)

    return make
