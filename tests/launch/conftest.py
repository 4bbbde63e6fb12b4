"""Tiny real servers, made of this Python, in stacks of one or a few components."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import httpx
import pytest

from harness.contract import (
    Component,
    ContainerSpec,
    Endpoint,
    Ledger,
    OnPath,
    ProcessSpec,
    Role,
    Source,
    Stack,
)
from harness.launch.revision import Revision
from own_revision import revision
from stacks.components import http

ROOT = Path(__file__).parents[2]
USED = ("python", "redis", "postgresql")
SERVER = """
import http.server, json, os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # the first process of a container ignores it
kept = os.path.join(os.path.dirname(os.path.abspath(sys.argv[0])), "kept")
class Handler(http.server.BaseHTTPRequestHandler):
    def do_PUT(self):
        with open(kept, "a") as file: file.write(self.path)
        self.send_response(204)
        self.end_headers()
    def do_GET(self):
        words = open(kept).read() if os.path.exists(kept) else ""
        body = json.dumps(dict(os.environ, PID=str(os.getpid()), KEPT=words)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *ignored): pass
http.server.HTTPServer((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
"""
SERVE = ("python3", "{data}/server.py", "{host}", "{port}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiny(Component):
    """A server that tells its environment as JSON, and keeps the paths that are put."""

    role: ClassVar[Role] = Role.APP
    name: str = "tiny"
    command: tuple[str, ...] = SERVE
    prepare: tuple[tuple[str, ...], ...] = ()
    companions: tuple[tuple[str, ...], ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[Source, ...] = (OnPath(binary=Path(sys.executable).name),)
    unprivileged: bool = False
    image: str = "bakeoff-test/python:1"

    def container(self, links: Mapping[str, str]) -> ContainerSpec:
        """Run the server from the test image of Python."""
        return ContainerSpec(
            image=self.image,
            port=8000,
            data="/srv",
            env={**self.env, **{f"LINK_{name}": url for name, url in links.items()}},
            files={"/srv/server.py": SERVER},
            tasks=self.prepare,
            command=self.command,
        )

    def process(self, links: Mapping[str, str]) -> ProcessSpec:
        """Run the server with this Python."""
        return ProcessSpec(
            sources=self.sources,
            command=self.command,
            prepare=self.prepare,
            companions=self.companions,
            env={**self.env, **{f"LINK_{name}": url for name, url in links.items()}},
            files={"server.py": SERVER},
            unprivileged=self.unprivileged,
        )

    def url(self, at: Endpoint) -> str:
        """Return http://host:port."""
        return f"http://{at.host}:{at.port}"

    def connect(self, at: Endpoint) -> TinyClient:
        """Return a client."""
        return TinyClient(at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class TinyClient:
    """Asks the tiny server."""

    at: Endpoint

    def version(self) -> str:
        """Return the pid of the server."""
        return f"pid {self.said()['PID']}"

    def said(self) -> Mapping[str, str]:
        """Return the server's environment."""
        return http.get(self.at, "/").json()

    def keep(self, word: str) -> None:
        """Have a word written to the server's file."""
        httpx.put(f"http://{self.at.host}:{self.at.port}/{word}").raise_for_status()

    def close(self) -> None:
        """Do nothing."""


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a state folder of its own, and return it."""
    monkeypatch.setenv("BAKEOFF_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def tiny() -> type[Tiny]:
    """Return the class of the tiny server."""
    return Tiny


@pytest.fixture
def stack_of() -> Callable[..., Stack]:
    """Return a function that makes a stack of components, the last being the entry."""

    def make(*components: Component) -> Stack:
        kinds = ("users", "conversations", "messages", "usage_events")
        return Stack(
            name="tiny",
            title="Tiny",
            components=components,
            entry=components[-1].name,
            capabilities=frozenset(),
            ledger=Ledger(component=components[0].name, statements=dict.fromkeys(kinds, "")),
        )

    return make


@pytest.fixture
def images() -> Mapping[str, str]:
    """Return the test images by component; skip where there is no engine or no image."""
    from harness.launch import engine  # noqa: PLC0415 - loads the engine's library
    from harness.launch.images import present  # noqa: PLC0415

    if fault := engine.obstacle():
        pytest.skip(f"{fault.partition(';')[0]}; start one with: sudo .ci/engine.sh")
    mapping = tomllib.loads((ROOT / "tests/images/bakeoff.toml").read_text())["images"]
    if missing := [mapping[name] for name in USED if present(mapping[name]) is None]:
        pytest.skip(f"no image {missing[0]}; make it with: sudo sh tests/images/build.sh")
    return mapping


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., Revision]:
    """Return a function that makes a checkout of a third party's stack, and a launcher of it."""
    return lambda *parts, **options: revision(tmp_path / "own", *parts, **options)
