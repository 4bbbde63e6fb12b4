"""The subject of a component scenario that runs by hand, told by its URL."""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from harness.contract import Durability, Subject
from harness.errors import UsageError

BY_SCHEME = {
    "amqp": "rabbitmq",
    "kafka": "kafka",
    "http": "elasticsearch",
    "postgresql": "postgresql",
    "sqlite": "sqlite",
}


def by_hand(url: str) -> Subject:
    """Return the component at `url`, at the tier that the environment's DURABILITY names, by
    default "process"; raises UsageError for a scheme that is none of theirs.
    """
    scheme = urlsplit(url).scheme
    if scheme not in BY_SCHEME:
        raise UsageError(f"--host is {url}; its scheme must be one of {', '.join(BY_SCHEME)}")
    tier = os.environ.get("DURABILITY", Durability.PROCESS.value)
    return Subject(name=BY_SCHEME[scheme], url=url, durability=Durability(tier))


def told(subject: Subject) -> Mapping[str, str]:
    """Return a subject as the harness tells it to users, under the key `subject`."""
    return {"name": subject.name, "url": subject.url, "durability": subject.durability.value}
