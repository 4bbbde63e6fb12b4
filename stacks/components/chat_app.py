"""What the chat apps have in common: how a backend is started, and how it is asked."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from harness.contract import (
    Build,
    Component,
    ContainerSpec,
    Durability,
    Endpoint,
    NodePackage,
    ProcessSpec,
    Role,
    Virtualenv,
)
from harness.errors import AdapterError
from stacks.components import http

PORT = 8000
EVERYWHERE = "0.0.0.0"  # noqa: S104 - inside its own network
PYTHON = "python:3.11-slim-bookworm"
NODE = "node:24-bookworm-slim"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend(Component):
    """A program in the folder `backend`, which has a Dockerfile.

    `stack` is what it calls itself under /version, `language` the environment that any program in
    its language gets. `burn_us` are microseconds of processor time that an app burns before it
    handles a request, to see whether a known slowdown is found.
    """

    language: ClassVar[Mapping[str, str]]
    stack: str
    durability: Durability = Durability.PROCESS
    backend: Path
    port: int = PORT
    burn_us: float = 0.0

    def __post_init__(self) -> None:
        """Refuse to burn what is no amount, and where nothing would burn it."""
        if not (math.isfinite(self.burn_us) and self.burn_us >= 0):
            raise AdapterError(f"burn_us must be a number of 0 or more, not {self.burn_us}")
        if self.burn_us and self.role is not Role.APP:
            raise AdapterError(f"{self.name} answers no requests, so burn_us has no effect on it")

    @abstractmethod
    def addresses(self, links: Mapping[str, str]) -> Mapping[str, str]:
        """Return the environment that tells where its database and the rest are."""

    def _env(self, links: Mapping[str, str], host: str) -> dict[str, str]:
        return {
            **self.language,
            "BAKEOFF_STACK": self.stack,
            "HOST": host,
            "PORT": "{port}",
            "WORKERS": "{workers}",
            "DURABILITY": str(self.durability),
            "SECRET_KEY": "{secret}",
            "OPENAI_API_KEY": "{secret}",
            "BURN_US": str(self.burn_us),
            **self.addresses(links),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonApp(Backend):
    """A Python program with a requirements.lock.

    The same `command` and `migrations` run in the container and, from a virtual environment, as
    processes in the folder.
    """

    language: ClassVar[Mapping[str, str]] = {
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command: tuple[str, ...]
    migrations: tuple[tuple[str, ...], ...] = ()

    def container(self, links: Mapping[str, str]) -> ContainerSpec:
        """Build the image; the migrations run in containers of their own before the app."""
        return ContainerSpec(
            image=f"bakeoff-{self.stack}",
            port=self.port,
            build=Build(context=self.backend, base_name="python", base=PYTHON),
            env=self._env(links, EVERYWHERE),
            tasks=self.migrations,
            command=self.command,
        )

    def process(self, links: Mapping[str, str]) -> ProcessSpec:
        """Run it from an environment made of its lock file."""
        return ProcessSpec(
            sources=(Virtualenv(lock=self.backend / "requirements.lock"),),
            prepare=self.migrations,
            command=self.command,
            env=self._env(links, "{host}"),
            cwd=self.backend,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeApp(Backend):
    """A program for Node.js with a package-lock.json, whose build makes `program` and
    `migrations`, paths in the folder.
    """

    language: ClassVar[Mapping[str, str]] = {"NODE_ENV": "production"}
    program: str
    migrations: tuple[str, ...] = ()

    def container(self, links: Mapping[str, str]) -> ContainerSpec:
        """Build the image; the migrations run in containers of their own before the app."""
        return ContainerSpec(
            image=f"bakeoff-{self.stack}",
            port=self.port,
            build=Build(context=self.backend, base_name="node", base=NODE),
            env=self._env(links, EVERYWHERE),
            tasks=tuple(("node", path) for path in self.migrations),
            command=("node", self.program),
        )

    def process(self, links: Mapping[str, str]) -> ProcessSpec:
        """Run it from an installation made of its lock file."""
        return ProcessSpec(
            sources=(NodePackage(folder=self.backend),),
            prepare=tuple(("{binary}", f"{{root}}/{path}") for path in self.migrations),
            command=("{binary}", f"{{root}}/{self.program}"),
            env=self._env(links, "{host}"),
        )


class Answering:
    """What an app that answers the contract adds to a backend."""

    __slots__ = ()
    role: ClassVar[Role] = Role.APP

    def url(self, at: Endpoint) -> str:
        """Return http://host:port."""
        return f"http://{at.host}:{at.port}"

    def connect(self, at: Endpoint) -> ChatAppClient:
        """Return a client; each question has a connection of its own."""
        return ChatAppClient(at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatApp(Answering, PythonApp):
    """The app that answers the contract, written in Python."""

    name: str = "app"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeChatApp(Answering, NodeApp):
    """The app that answers the contract, written for Node.js."""

    name: str = "app"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatAppClient:
    """Asks the app about itself."""

    at: Endpoint

    def version(self) -> str:
        """Return framework, app and runtime, once the app can use all that it needs."""
        http.get(self.at, "/healthz").json()
        said = http.get(self.at, "/version").json()
        return f"{said['framework']} (app {said['app']}, {said['runtime']})"

    def close(self) -> None:
        """Do nothing: no connection is kept."""
