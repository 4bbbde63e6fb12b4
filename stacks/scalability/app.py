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
from stacks.components.chat_app import NodeApp, NodeChatApp
from stacks.components.chat_worker import WorkerClient

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

    def connect(self, at: Endpoint) -> Reader:
        """Return a client that asks the broker and the app about the worker."""
        return Reader(broker=at.links["kafka"], app=at.links["app"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader(WorkerClient):
    """Asks Kafka whether the worker's group has been given the log's partitions."""

    def obstacle(self) -> str:
        """Say that nobody in the group reads."""
        logging.getLogger("kafka").setLevel(logging.CRITICAL)
        link = KafkaAdminClient(
            bootstrap_servers=urlsplit(self.broker).netloc,
            request_timeout_ms=TIMEOUT_MS,
            bootstrap_timeout_ms=TIMEOUT_MS,
        )
        try:
            members = link.describe_groups([GROUP])[GROUP]["members"]
            reading = any(member["member_assignment"] for member in members)
            return "" if reading else f"the group {GROUP} reads no partition of the log yet"
        finally:
            link.close()
