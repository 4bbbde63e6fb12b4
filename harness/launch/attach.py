"""The launcher of stacks that are up already: a staging system, a cluster, another machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from harness.contract import Stack
from harness.errors import LaunchFailed
from harness.launch.placed import Budget, PlacedStack

TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attach:
    """Attaches to `urls`, by stack. Nothing is started, metered, counted or stopped."""

    urls: Mapping[str, str]
    name: str = "attach"

    def prepare(self, stack: Stack) -> None:
        """Check that the stack has a URL and answers there; raises LaunchFailed."""
        url = self.urls.get(stack.name)
        if url is None:
            raise LaunchFailed(f"{stack.name}: no URL to attach to; add --attach {stack.name}=URL")
        try:
            httpx.get(f"{url.rstrip('/')}/healthz", timeout=TIMEOUT_S).raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise LaunchFailed(f"{stack.name}: {url}/healthz does not answer: {error}") from error

    def up(self, stack: Stack, budget: Budget, *, port: int = 0) -> PlacedStack:
        """Return the stack where it is; budget and port have no effect. Raises LaunchFailed."""
        del budget, port
        self.prepare(stack)
        return PlacedStack(
            stack=stack,
            launcher=self.name,
            url=self.urls[stack.name].rstrip("/"),
            components={},
            facts=self.facts(),
            close=lambda: None,
        )

    def facts(self) -> Mapping[str, str]:
        """Say what attaching cannot do."""
        return {"limits": "none: attached", "audit": "none: the books are out of reach"}
