"""Wait until a component is ready: the first `version()` that its client gets an answer to."""

from __future__ import annotations

import time
from contextlib import closing
from threading import Event

from harness.errors import LaunchFailed
from harness.launch.placed import Placed, Started

POLL_S = 0.02


class EndedEarly(LaunchFailed):
    """A component ended before it was ready."""


def wait_ready(started: Started, *, timeout_s: float, cancelled: Event) -> Placed:
    """Ask every 20 ms until the component answers.

    Raises EndedEarly as soon as it is dead, LaunchFailed when the time is over or `cancelled` is
    set; messages end with its log.
    """
    name, deadline = started.component.name, time.perf_counter() + timeout_s
    while True:
        if fault := started.running.fault():
            raise EndedEarly(f"{name} ended before it was ready: {fault}")
        try:
            return _placed(started, _version(started))
        except Exception as error:  # noqa: BLE001 - any error means not ready yet; the last is told
            last = f"{type(error).__name__}: {error}"
        if cancelled.is_set():
            raise LaunchFailed(f"{name}: given up, because another component failed")
        if time.perf_counter() > deadline:
            raise LaunchFailed(
                f"{name} was not ready within {timeout_s:g} s; the last attempt to use it said: "
                f"{last}\n{started.running.log_end()}"
            )
        time.sleep(POLL_S)


def _version(started: Started) -> str:
    with closing(started.component.connect(started.at)) as client:
        return client.version()


def _placed(started: Started, version: str) -> Placed:
    return Placed(
        component=started.component,
        at=started.at,
        url=started.component.url(started.at),
        inside_url=started.inside_url,
        version=version,
        source=started.source,
        stand_in=started.stand_in,
        ready_s=time.perf_counter() - started.began,
        meter=started.meter,
        log=started.log,
        running=started.running,
    )
