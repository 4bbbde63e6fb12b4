"""Every component, brought up with what it needs, by both launchers."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from harness.contract import (
    Component,
    ContainerSpec,
    Endpoint,
    Ledger,
    OnPath,
    ProcessSpec,
    Role,
    Stack,
)
from harness.launch import Budget, Launcher, PlacedStack, launched
from harness.launch.containers import Containers
from harness.launch.processes import Processes
from stacks.components import http
from stacks.components.blank import Blank
from stacks.components.cassandra import Cassandra
from stacks.components.elasticsearch import Elasticsearch
from stacks.components.kafka import Kafka
from stacks.components.llm import Llm
from stacks.components.memcached import Memcached
from stacks.components.mongodb import MongoDB
from stacks.components.nginx import Nginx
from stacks.components.postgresql import PostgreSQL
from stacks.components.rabbitmq import RabbitMQ
from stacks.components.redis import Redis
from stacks.components.sqlite import SQLite

ROOT = Path(__file__).parents[3]
APP = """
import http.server, json, os, signal, sqlite3, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
if path := os.environ.get("FILE", "").removeprefix("sqlite:///"):
    link = sqlite3.connect(path)
    link.executescript("pragma journal_mode = wal; create table t (x)")
    with link:
        link.executemany("insert into t values (?)", [(1,), (2,)])
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        if self.path == "/stream":
            return self.stream()
        body = json.dumps({"path": self.path, "headers": dict(self.headers)}).encode()
        self.answer(200, len(body), body)
    def do_POST(self):
        size = len(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps({"size": size}).encode()
        self.answer(413 if size > 65536 else 200, len(body), body)
    def answer(self, status, length, body):
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)
    def stream(self):
        self.send_response(200)
        for name, value in {"Content-Type": "text/event-stream", "X-Accel-Buffering": "no",
                            "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        for number in range(3):
            self.wfile.write(b"data: %d\\n\\n" % number)
            self.wfile.flush()
            time.sleep(0.3)
        self.close_connection = True
    def log_message(self, *ignored): pass
at = (os.environ["HOST"], int(os.environ["PORT"]))
http.server.ThreadingHTTPServer(at, Handler).serve_forever()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallApp(Component):
    """A small real app: it writes a SQLite file if it has one, echoes, and streams."""

    role: ClassVar[Role] = Role.APP
    name: str = "app"

    def _env(self, links: Mapping[str, str], host: str) -> dict[str, str]:
        return {"HOST": host, "PORT": "{port}", "FILE": links.get("sqlite", "")}

    def container(self, links: Mapping[str, str]) -> ContainerSpec:
        """Run it from the test image of Python."""
        return ContainerSpec(
            image="bakeoff-test/python:1",
            port=8000,
            env=self._env(links, "0.0.0.0"),  # noqa: S104 - inside its own network
            files={"/srv/app.py": APP},
            command=("python3", "/srv/app.py"),
        )

    def process(self, links: Mapping[str, str]) -> ProcessSpec:
        """Run it with this Python."""
        return ProcessSpec(
            sources=(OnPath(binary=Path(sys.executable).name),),
            command=("python3", "{data}/app.py"),
            env=self._env(links, "{host}"),
            files={"app.py": APP},
        )

    def url(self, at: Endpoint) -> str:
        """Return http://host:port."""
        return f"http://{at.host}:{at.port}"

    def connect(self, at: Endpoint) -> SmallAppClient:
        """Return a client."""
        return SmallAppClient(at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallAppClient:
    """Asks the app."""

    at: Endpoint

    def version(self) -> str:
        """Return a version once it answers."""
        http.get(self.at, "/healthz").json()
        return "1"

    def close(self) -> None:
        """Do nothing."""


PARTS: Mapping[str, tuple[Component, ...]] = {
    "postgresql": (PostgreSQL(),),
    "redis": (Redis(),),
    "memcached": (Memcached(),),
    "rabbitmq": (RabbitMQ(),),
    "sqlite": (SQLite(), SmallApp(needs=("sqlite",))),
    "nginx": (SmallApp(), Nginx()),
    "blank": (Blank(),),
    "llm": (Llm(),),
    "mongodb": (MongoDB(),),
    "elasticsearch": (Elasticsearch(),),
    "cassandra": (Cassandra(),),
    "kafka": (Kafka(),),
}


def _stack(name: str) -> Stack:
    kinds = ("users", "conversations", "messages", "usage_events")
    parts = PARTS[name]
    return Stack(
        name=f"only-{name}",
        title=name,
        components=parts,
        entry=parts[-1].name,
        capabilities=frozenset(),
        ledger=Ledger(component=parts[0].name, statements=dict.fromkeys(kinds, "SELECT 1 + 1")),
    )


@pytest.fixture(
    scope="session",
    params=["processes", pytest.param("containers", marks=pytest.mark.engine)],
)
def launcher(request: pytest.FixtureRequest) -> Launcher:
    """Return each launcher in turn; skip containers where there is no engine or no image."""
    if request.param == "processes":
        return Processes()
    from harness.launch import engine  # noqa: PLC0415 - loads the engine's library
    from harness.launch.images import present  # noqa: PLC0415

    if fault := engine.obstacle():
        pytest.skip(f"{fault.partition(';')[0]}; start one with: sudo .ci/engine.sh")
    images = tomllib.loads((ROOT / "tests/images/bakeoff.toml").read_text())["images"]
    if missing := [name for name in images.values() if present(name) is None]:
        pytest.skip(f"no image {missing[0]}; make it with: sudo sh tests/images/build.sh")
    return Containers(images=images, ca_bundle=os.environ.get("SSL_CERT_FILE", ""))


@pytest.fixture(scope="session")
def up(launcher: Launcher) -> Iterator[Callable[[str], PlacedStack]]:
    """Return a function that gives a component with what it needs, up until the launcher's end."""
    contexts: dict[str, AbstractContextManager[PlacedStack]] = {}
    placed: dict[str, PlacedStack] = {}

    def get(name: str) -> PlacedStack:
        if name not in placed:
            contexts[name] = launched(_stack(name), launcher, Budget())
            placed[name] = contexts[name].__enter__()
        return placed[name]

    yield get
    for context in contexts.values():
        context.__exit__(None, None, None)


@pytest.fixture(params=sorted(PARTS))
def name(request: pytest.FixtureRequest) -> str:
    """Return the name of each component in turn."""
    return str(request.param)


@pytest.fixture
def parts() -> Mapping[str, tuple[Component, ...]]:
    """Return the components that are tested, by name."""
    return PARTS


@pytest.fixture
def stack_for() -> Callable[[str], Stack]:
    """Return a function that gives the stack of one component."""
    return _stack
