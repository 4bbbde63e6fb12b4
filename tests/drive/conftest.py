"""Test targets, and jobs that load them."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from harness.drive.client import Client
from harness.drive.gates import FreeGate, Gate
from harness.drive.job import Job, PlannedSlice, Target
from harness.drive.recorder import Recorder
from harness.drive.results import Outcome
from harness.drive.wire import Wire

HERE = Path(__file__).parent
Step = bytes | float | None


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


@dataclass(kw_only=True)
class Peer:
    """A server that says what it is told to: the steps of each connection, in their order.

    A step sends bytes, waits for a number of seconds, or (None) reads one request. After its last
    step a connection is closed. `requests` are those read, `accepted` counts connections.
    """

    listener: socket.socket
    requests: list[bytes] = field(default_factory=list)
    accepted: int = 0

    @property
    def url(self) -> str:
        """Where it is."""
        host, port = self.listener.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def serve(self, connections: tuple[list[Step], ...]) -> None:
        """Take one connection after the other; meant for a thread."""
        for steps in connections:
            try:
                link, _ = self.listener.accept()
            except OSError:
                return
            self.accepted += 1
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with link, contextlib.suppress(OSError):
                for step in steps:
                    self.do(step, link)

    def do(self, step: Step, link: socket.socket) -> None:
        """Do one step of a connection."""
        if isinstance(step, bytes):
            link.sendall(step)
        elif isinstance(step, float):
            time.sleep(step)
        else:
            self.requests.append(_request(link))


def _request(link: socket.socket) -> bytes:
    """Read one request, with a body of the length that it says; a blank line where none came."""
    came = b""
    while b"\r\n\r\n" not in came:
        came += link.recv(65_536) or b"\r\n\r\n"
    head, _, body = came.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
    while len(body) < length:
        body += link.recv(65_536)
    return head + b"\r\n\r\n" + body


@pytest.fixture
def peer() -> Iterator[Callable[..., Peer]]:
    """Start servers that say what they are told to; all are gone after the test."""
    peers = list[tuple[Peer, threading.Thread]]()

    def start(*connections: list[Step], host: str = "127.0.0.1") -> Peer:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        made = Peer(listener=socket.create_server((host, 0), family=family))
        thread = threading.Thread(target=made.serve, args=(connections,))
        thread.start()
        peers.append((made, thread))
        return made

    yield start
    for made, thread in peers:
        # Closing alone would not end a thread that waits for a connection.
        with contextlib.suppress(OSError):
            made.listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)
        made.listener.close()


@pytest.fixture
def connect() -> Iterator[Callable[..., Client]]:
    """Make clients whose gate is always open, unless another is given."""
    clients = list[Client]()

    def make(url: str, gate: Gate | None = None, timeout_s: float = 0.5) -> Client:
        wire, journal = Wire(url=url, timeout_s=timeout_s), Recorder(zero=perf_counter())
        gate = gate or FreeGate(impatient=True)
        clients.append(Client(wire=wire, gate=gate, journal=journal, stack=0, user=0))
        return clients[-1]

    yield make
    for client in clients:
        client.wire.close()


@pytest.fixture
def last() -> Callable[[Client], tuple[Outcome, str]]:
    """Tell how a client's last request ended, and what was wrong."""

    def tell(client: Client) -> tuple[Outcome, str]:
        row = client.journal.samples()[-1]
        return Outcome(row["outcome"]), list(client.journal.errors)[row["error"]]

    return tell


@pytest.fixture
def free_port() -> int:
    """Return a port of loopback on which nobody listens."""
    return _free_port()
