"""The composition of the scalability stack: NGINX -> Fastify -> Cassandra, Kafka, worker."""

from __future__ import annotations

from harness.contract import Capability, Ledger, Stack
from stacks.components.cassandra import Cassandra
from stacks.components.kafka import Kafka
from stacks.components.llm import Llm
from stacks.components.nginx import Nginx
from stacks.scalability.app import App, Worker

STACK = Stack(
    name="scalability",
    title="Node.js, Cassandra, Kafka",
    components=(Cassandra(), Kafka(), Llm(), App(), Worker(), Nginx()),
    entry="nginx",
    capabilities=frozenset(Capability),
    ledger=Ledger(
        component="cassandra",
        statements={
            "users": "SELECT count(*) FROM chat.users",
            "conversations": "SELECT count(*) FROM chat.conversations",
            # A conversation without messages counts as a row: it has an owner.
            "messages": "SELECT count(role) FROM chat.messages",
            "usage_events": "SELECT count(*) FROM chat.usage_events",
        },
    ),
)
