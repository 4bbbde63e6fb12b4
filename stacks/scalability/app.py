"""The scalability stack's own programs: the Fastify app, and the worker that counts usage."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from kafka import KafkaAdminClient

from harness.contract import Endpoint, Role
from stacks.components import http
from stacks.components.chat_app import NodeApp, NodeChatApp

BACKEND = Path(__file__).parent / "backend"
GROUP = "usage"
TIMEOUT_MS = 5_000


def _addresses(links: Mapping[str, str]) -> dict[str, str]:
    names = {"DATABASE_URL": "cassandra", "BROKER_URL": "kafka", "OPENAI_BASE_URL": "llm"}
    return {variable: links[name] for variable, name in names.items() if name in links}


@dataclass(frozen=True, slots=True, kw_only=True)
class App(NodeChatApp):
    """Fastify on Node.js; tables and topic are made first."""

    needs: tuple[str, ...] = ("cassandra", "kafka", "llm")
    stack: str = "scalability"
    backend: Path = BACKEND
    program: str = "dist/main.js"
    migrations: tuple[str, ...] = ("dist/migrate.js",)

    def addresses(self, links: Mapping[str, str]) -> Mapping[str, str]:
        """Tell where Cassandra, Kafka and the model are."""
        return _addresses(links)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker(NodeApp):
    """Counts the usage events of the log. It needs the app for its tables and topic."""

    role: ClassVar[Role] = Role.WORKER
    name: str = "worker"
    needs: tuple[str, ...] = ("cassandra", "kafka", "app")
    stack: str = "scalability"
    backend: Path = BACKEND
    program: str = "dist/worker.js"
    port: int = 0

    def addresses(self, links: Mapping[str, str]) -> Mapping[str, str]:
        """Tell where Cassandra and Kafka are."""
        return _addresses(links)

    def url(self, at: Endpoint) -> str:
        """Return nothing: the worker listens to nobody."""
        del at
        return ""

    def connect(self, at: Endpoint) -> WorkerClient:
        """Return a client that asks the broker and the app about the worker."""
        return WorkerClient(broker=at.links["kafka"], app=at.links["app"])


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerClient:
    """Asks others about the worker: the broker if it reads the log, the app for its version."""

    broker: str
    app: str

    def version(self) -> str:
        """Return the app's version, whose code the worker shares, once it reads the log.

        Raises ValueError before that.
        """
        if not self._readers():
            raise ValueError(f"the group {GROUP} reads no partition of the log yet")
        at = urlsplit(self.app)
        where = Endpoint(host=at.hostname or "", port=at.port or 80, data="", secret="")
        return f"app {http.get(where, '/version').json()['app']}"

    def close(self) -> None:
        """Do nothing: no connection is kept."""

    def _readers(self) -> int:
        logging.getLogger("kafka").setLevel(logging.CRITICAL)
        link = KafkaAdminClient(
            bootstrap_servers=urlsplit(self.broker).netloc,
            request_timeout_ms=TIMEOUT_MS,
            bootstrap_timeout_ms=TIMEOUT_MS,
        )
        try:
            members = link.describe_groups([GROUP])[GROUP]["members"]
            return sum(bool(member["member_assignment"]) for member in members)
        finally:
            link.close()
