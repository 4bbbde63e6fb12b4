"""Runs the server until it is told to stop: `python -m stacks.llm --port 9000`."""

import asyncio
import gc
import signal
import sys
from functools import partial

import uvloop

from .connection import Connection
from .heads import Heads
from .routes import Routes
from .settings import Settings, read_settings

_GRACE_S = 2.0
_LOOK_S = 0.01
_BACKLOG = 4096


async def serve(settings: Settings) -> None:
    """Listen until SIGTERM or SIGINT, then let answers under way end for up to two seconds."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    connections: set[Connection] = set()
    routes = Routes(settings, lambda: len(connections))
    # What was built so far lives as long as the process; the collector need not look at it again.
    gc.collect()
    gc.freeze()
    connect = partial(
        Connection,
        handle=routes,
        max_body_bytes=settings.max_body_bytes,
        heads=Heads(),
        connections=connections,
    )
    server = await loop.create_server(connect, settings.host, settings.port, backlog=_BACKLOG)
    host, port = server.sockets[0].getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    print(f"listening on http://{shown}:{port}", flush=True)  # noqa: T201 - for who started us
    await stop.wait()
    server.close()
    await _drain(connections)


async def _drain(connections: set[Connection]) -> None:
    """Close idle connections now, busy ones when their answer ends or the grace is over."""
    for connection in list(connections):
        connection.stop()
    for _ in range(round(_GRACE_S / _LOOK_S)):
        if not connections:
            return
        await asyncio.sleep(_LOOK_S)
    for connection in list(connections):
        connection.abort()
    await asyncio.sleep(0)


def main() -> None:
    """Run from the command line; a port that cannot be had ends with status 1 and a sentence."""
    settings = read_settings()
    try:
        uvloop.run(serve(settings))
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        sys.exit(f"cannot listen on {where}: {error.strerror or error}; choose another --port")


if __name__ == "__main__":
    main()
