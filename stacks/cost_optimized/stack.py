"""The composition of the cost-optimized stack: NGINX -> Django -> SQLite, Memcached."""

from __future__ import annotations

from harness.contract import Capability, Ledger, Stack
from stacks.components.llm import Llm
from stacks.components.memcached import Memcached
from stacks.components.nginx import Nginx
from stacks.components.sqlite import SQLite
from stacks.cost_optimized.app import App

STACK = Stack(
    name="cost-optimized",
    title="Django, SQLite, Memcached",
    components=(SQLite(), Memcached(), Llm(), App(), Nginx()),
    entry="nginx",
    capabilities=frozenset(Capability),
    ledger=Ledger(
        component="sqlite",
        statements={
            "users": "SELECT count(*) FROM users",
            "conversations": "SELECT count(*) FROM conversations",
            "messages": "SELECT count(*) FROM messages",
            "usage_events": "SELECT count(*) FROM usage_events",
        },
    ),
)
