"""The composition of the primary stack: NGINX -> FastAPI -> PostgreSQL, Redis, RabbitMQ, worker."""

from __future__ import annotations

from harness.contract import Capability, Ledger, Stack
from stacks.components.llm import Llm
from stacks.components.nginx import Nginx
from stacks.components.postgresql import PostgreSQL
from stacks.components.rabbitmq import RabbitMQ
from stacks.components.redis import Redis
from stacks.primary.app import App, Worker

STACK = Stack(
    name="primary",
    title="FastAPI, PostgreSQL, Redis, RabbitMQ",
    components=(PostgreSQL(), Redis(), RabbitMQ(), Llm(), App(), Worker(), Nginx()),
    entry="nginx",
    capabilities=frozenset(Capability),
    ledger=Ledger(
        component="postgresql",
        statements={
            "users": "SELECT count(*) FROM users",
            "conversations": "SELECT count(*) FROM conversations",
            "messages": "SELECT count(*) FROM messages",
            "usage_events": "SELECT count(*) FROM usage_events",
        },
    ),
)
