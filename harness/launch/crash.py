"""Kill a component in the middle of its work, and start it again on what it left."""

from __future__ import annotations

import time
from threading import Event
from typing import Protocol

from harness.contract import Component, Endpoint
from harness.launch.ready import EndedEarly, address_taken, wait_ready
from harness.launch.running import Running

ATTEMPTS = 5
PAUSE_S = 0.2


class Restartable(Running, Protocol):
    """A component whose processes this bakeoff started itself."""

    def kill(self) -> None:
        """End all its processes with SIGKILL, as a crash would, so that `again` may follow."""

    def again(self) -> None:
        """Start it anew after `kill`, on the same data and ports; raises LaunchFailed."""


def crash(component: Component, at: Endpoint, running: Restartable, *, timeout_s: float) -> float:
    """Kill it with SIGKILL, start it again, and return the seconds until it answered again.

    Its clients keep trying to connect meanwhile, and one of them may get its port as their own for
    a moment; so a start that finds the address taken is repeated. Raises LaunchFailed when it does
    not come back.
    """
    began = time.perf_counter()
    running.kill()
    for attempt in range(1, ATTEMPTS + 1):
        running.again()
        try:
            wait_ready(component, at, running, timeout_s=timeout_s, cancelled=Event())
            break
        except EndedEarly as error:
            if attempt == ATTEMPTS or not address_taken(error):
                raise
            running.kill()
            time.sleep(PAUSE_S)
    return time.perf_counter() - began
