"""The composition of the developer-experience stack: NGINX -> Flask -> MongoDB, Elasticsearch."""

from __future__ import annotations

import json

from harness.contract import Capability, Ledger, Stack
from stacks.components.elasticsearch import Elasticsearch
from stacks.components.llm import Llm
from stacks.components.mongodb import MongoDB
from stacks.components.nginx import Nginx
from stacks.developer_experience.app import App

# An exchange is one document, with its two messages and its usage in it.
MESSAGES = json.dumps(
    {
        "aggregate": "exchanges",
        "pipeline": [{"$group": {"_id": None, "messages": {"$sum": {"$size": "$messages"}}}}],
    }
)
USAGE_EVENTS = json.dumps(
    {
        "aggregate": "exchanges",
        "pipeline": [{"$match": {"usage": {"$exists": True}}}, {"$count": "usage_events"}],
    }
)

STACK = Stack(
    name="developer-experience",
    title="Flask, MongoDB, Elasticsearch",
    components=(MongoDB(), Elasticsearch(), Llm(), App(), Nginx()),
    entry="nginx",
    capabilities=frozenset(Capability),
    ledger=Ledger(
        component="mongodb",
        statements={
            "users": "users",
            "conversations": "conversations",
            "messages": MESSAGES,
            "usage_events": USAGE_EVENTS,
        },
    ),
)
