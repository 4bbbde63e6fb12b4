"""Burns a known amount of processor time per request, so that it can be seen whether it is found."""

import time

from starlette.types import ASGIApp, Receive, Scope, Send

SPARED = ("/healthz", "/version")


class Burning:
    """ASGI middleware that burns so many microseconds of its thread's own CPU clock first."""

    def __init__(self, app: ASGIApp, microseconds: float) -> None:
        self._app = app
        self._nanoseconds = int(microseconds * 1000)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Burn, then let the app answer."""
        if scope["type"] == "http" and scope["path"] not in SPARED:
            end = time.thread_time_ns() + self._nanoseconds
            while time.thread_time_ns() < end:
                pass
        await self._app(scope, receive, send)
