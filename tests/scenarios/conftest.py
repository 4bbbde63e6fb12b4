"""Test targets that implement the contract in memory."""

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.contract import Component, alone
from harness.launch import Budget, PlacedStack, launched
from harness.launch.processes import Processes

PATIENCE_S = 180.0
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A running test target that implements the contract in memory."""

    url: str

    def books(self) -> dict[str, int]:
        """Return how many things of each kind it holds."""
        with urllib.request.urlopen(f"{self.url}/books") as answer:
            return dict(json.load(answer))


@pytest.fixture
def chat() -> Iterator[Callable[[str], Chat]]:
    """Start test targets, each with a fault or none; all are gone after the test."""
    processes = list[subprocess.Popen[bytes]]()

    def start(fault: str = "none") -> Chat:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, str(HERE / "target.py"), str(port), fault]
        processes.append(subprocess.Popen(command))
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return Chat(url=f"http://127.0.0.1:{port}")
        raise AssertionError("the test target did not start")

    yield start
    for process in processes:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def served() -> Iterator[Callable[..., PlacedStack]]:
    """Bring components up that stand alone, each once for each tier, until the tests' end."""
    with ExitStack() as stack:
        there = dict[Component, PlacedStack]()

        def get(component: Component) -> PlacedStack:
            if component not in there:
                up = launched(alone(component), Processes(ready_s=PATIENCE_S), Budget())
                there[component] = stack.enter_context(up)
            return there[component]

        yield get
