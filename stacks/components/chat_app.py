"""What the chat apps have in common: how a Python backend is started, and how it is asked."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from harness.contract import (
    Build,
    Component,
    ContainerSpec,
    Endpoint,
    ProcessSpec,
    Role,
    Virtualenv,
)
from stacks.components import http

PORT = 8000
BASE = "python:3.11-slim-bookworm"


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonApp(Component):
    """A Python program in the folder `backend`, with a requirements.lock and a Dockerfile.

    `stack` is what it calls itself under /version. The same `command` and `migrations` run in the
    container and, from a virtual environment, as processes in that folder.
    """

    stack: str
    backend: Path
    command: tuple[str, ...]
    migrations: tuple[tuple[str, ...], ...] = ()
    port: int = PORT

    @abstractmethod
    def addresses(self, links: Mapping[str, str]) -> Mapping[str, str]:
        """Return the environment that tells where its database and the rest are."""

    def _env(self, links: Mapping[str, str], host: str) -> dict[str, str]:
        return {
            "BAKEOFF_STACK": self.stack,
            "HOST": host,
            "PORT": "{port}",
            "WORKERS": "{workers}",
            "SECRET_KEY": "{secret}",
            "OPENAI_API_KEY": "{secret}",
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            **self.addresses(links),
        }

    def container(self, links: Mapping[str, str]) -> ContainerSpec:
        """Build the image; the migrations run in containers of their own before the app."""
        return ContainerSpec(
            image=f"bakeoff-{self.stack}",
            port=self.port,
            build=Build(context=self.backend, base_name="python", base=BASE),
            env=self._env(links, "0.0.0.0"),  # noqa: S104 - inside its own network
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
class ChatApp(PythonApp):
    """The app that answers the contract."""

    role: ClassVar[Role] = Role.APP
    name: str = "app"

    def url(self, at: Endpoint) -> str:
        """Return http://host:port."""
        return f"http://{at.host}:{at.port}"

    def connect(self, at: Endpoint) -> ChatAppClient:
        """Return a client; each question has a connection of its own."""
        return ChatAppClient(at=at)


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
