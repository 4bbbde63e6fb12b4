"""What the workers behind a broker have in common: they listen to nobody, so others are asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from urllib.parse import urlsplit

from harness.contract import Endpoint
from stacks.components import http


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerClient(ABC):
    """Asks others about a worker: the broker whether it reads, the app for its version."""

    broker: str
    app: str

    @abstractmethod
    def obstacle(self) -> str:
        """Say by the broker's word why the worker gets nothing yet; "" once it does."""

    def version(self) -> str:
        """Return the version of the app, whose code the worker shares, once it reads.

        Raises ValueError before that.
        """
        if reason := self.obstacle():
            raise ValueError(reason)
        at = urlsplit(self.app)
        where = Endpoint(host=at.hostname or "", port=at.port or 80, data="", secret="")
        return f"app {http.get(where, '/version').json()['app']}"

    def close(self) -> None:  # noqa: B027 - nothing to be overridden
        """Do nothing: no connection is kept."""
