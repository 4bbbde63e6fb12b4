"""Wait until a component is ready: the first `version()` that its client gets an answer to."""

from __future__ import annotations

import time
from contextlib import closing
from threading import Event

from harness.contract import Component, Endpoint
from harness.errors import LaunchFailed
from harness.launch.running import Running

READY_S = 240.0
"""How long a server may take: four stacks with Java start side by side on two cores."""

POLL_S = 0.02
IN_USE = (
    *("address already in use", "address in use", "eaddrinuse", "errno 98"),
    *("port is already allocated", "dist_port_already_used"),
)


class EndedEarly(LaunchFailed):
    """A component ended before it was ready."""


def wait_ready(
    component: Component, at: Endpoint, running: Running, *, timeout_s: float, cancelled: Event
) -> str:
    """Ask every 20 ms until the component answers; return the version that it says.

    Raises EndedEarly as soon as it is dead, LaunchFailed when the time is over or `cancelled` is
    set; messages end with its log.
    """
    name, deadline = component.name, time.perf_counter() + timeout_s
    while True:
        if fault := running.fault():
            raise EndedEarly(f"{name} ended before it was ready: {fault}")
        try:
            with closing(component.connect(at)) as client:
                return client.version()
        except Exception as error:  # noqa: BLE001 - any error means not ready yet; the last is told
            last = f"{type(error).__name__}: {error}"
        if cancelled.is_set():
            raise LaunchFailed(f"{name}: given up, because another component failed")
        if time.perf_counter() > deadline:
            raise LaunchFailed(
                f"{name} was not ready within {timeout_s:g} s; the last attempt to use it said: "
                f"{last}\n{running.log_end()}"
            )
        time.sleep(POLL_S)


def address_taken(error: LaunchFailed) -> bool:
    """Tell whether a component could not run because another program had its address."""
    said = str(error).lower()
    return any(text in said for text in IN_USE)
