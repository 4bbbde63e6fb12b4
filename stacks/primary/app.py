"""The primary stack's own programs: the FastAPI app, and the worker that books usage events."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pika

from harness.contract import Endpoint, Role
from stacks.components.chat_app import ChatApp, PythonApp
from stacks.components.chat_worker import WorkerClient

BACKEND = Path(__file__).parent / "backend"
QUEUE = "usage"


def _addresses(links: Mapping[str, str]) -> dict[str, str]:
    names = {
        "DATABASE_URL": "postgresql",
        "CACHE_URL": "redis",
        "BROKER_URL": "rabbitmq",
        "OPENAI_BASE_URL": "llm",
    }
    return {variable: links[name] for variable, name in names.items() if name in links}


@dataclass(frozen=True, slots=True, kw_only=True)
class App(ChatApp):
    """FastAPI under Uvicorn; Alembic migrates the database first."""

    needs: tuple[str, ...] = ("postgresql", "redis", "rabbitmq", "llm")
    stack: str = "primary"
    backend: Path = BACKEND
    command: tuple[str, ...] = ("python3", "-m", "chat")
    migrations: tuple[tuple[str, ...], ...] = (("alembic", "upgrade", "head"),)

    def addresses(self, links: Mapping[str, str]) -> Mapping[str, str]:
        """Tell where PostgreSQL, Redis, RabbitMQ and the model are."""
        return _addresses(links)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker(PythonApp):
    """Takes usage events from the queue into the database. It needs the app for its migrations."""

    role: ClassVar[Role] = Role.WORKER
    name: str = "worker"
    needs: tuple[str, ...] = ("postgresql", "rabbitmq", "app")
    stack: str = "primary"
    backend: Path = BACKEND
    command: tuple[str, ...] = ("python3", "-m", "chat.worker")
    port: int = 0

    def addresses(self, links: Mapping[str, str]) -> Mapping[str, str]:
        """Tell where PostgreSQL and RabbitMQ are."""
        return _addresses(links)

    def url(self, at: Endpoint) -> str:
        """Return nothing: the worker listens to nobody."""
        del at
        return ""

    def connect(self, at: Endpoint) -> Consumer:
        """Return a client that asks the broker and the app about the worker."""
        return Consumer(broker=at.links["rabbitmq"], app=at.links["app"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer(WorkerClient):
    """Asks RabbitMQ whether anybody consumes the queue."""

    def obstacle(self) -> str:
        """Say that nobody consumes the queue."""
        logging.getLogger("pika").setLevel(logging.CRITICAL)
        link = pika.BlockingConnection(pika.URLParameters(self.broker))
        try:
            declared: Any = link.channel().queue_declare(QUEUE, durable=True, passive=True)
            consumers = int(declared.method.consumer_count)
            return "" if consumers else f"nobody consumes the queue {QUEUE} yet"
        finally:
            link.close()
