"""Bring a stack up on a site: independent components at the same time, each after its needs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from threading import Event
from typing import Protocol

from harness.contract import Component, Endpoint, Stack
from harness.errors import LaunchFailed
from harness.launch.placed import Placed, PlacedStack, Started
from harness.launch.ready import EndedEarly, address_taken, wait_ready

ATTEMPTS = 5


class Site(Protocol):
    """Where one launch of one stack happens."""

    def start(self, component: Component, links: Mapping[str, str], cancelled: Event) -> Started:
        """Start a component without waiting for it; raises LaunchFailed."""

    def close(self) -> None:
        """Stop all that was started and remove every trace of it."""


class Either(Event):
    """An event that is set when it or another one is."""

    def __init__(self, other: Event) -> None:
        super().__init__()
        self.other = other

    def is_set(self) -> bool:
        """Tell whether either is set."""
        return super().is_set() or self.other.is_set()


def place(
    stack: Stack,
    site: Site,
    *,
    launcher: str,
    facts: Mapping[str, str],
    timeout_s: float,
    cancelled: Event,
) -> PlacedStack:
    """Bring `stack` up on `site` and return it ready; whatever happens, nothing is left if not."""
    try:
        components = bring_up(stack, site, timeout_s=timeout_s, cancelled=Either(cancelled))
    except BaseException:
        site.close()
        raise
    return PlacedStack(
        stack=stack,
        launcher=launcher,
        url=components[stack.entry].url,
        components=components,
        facts=facts,
        close=site.close,
    )


def bring_up(stack: Stack, site: Site, *, timeout_s: float, cancelled: Event) -> dict[str, Placed]:
    """Start all components of `stack` and wait for each; return them by name.

    Embedded components have no server to wait for, so their version is asked last, when those
    that use them have made their files; nobody has where one stands alone. Raises LaunchFailed;
    the caller closes the site then.
    """
    up: dict[str, Placed] = {}
    for wave in stack.waves():
        with ThreadPoolExecutor(len(wave), thread_name_prefix="launch") as pool:
            try:
                work = [pool.submit(_place, c, site, up, timeout_s, cancelled) for c in wave]
                wait(work, return_when=FIRST_EXCEPTION)
            finally:
                if not all(_succeeded(future) for future in work):
                    cancelled.set()
        _raise_first(work)
        up |= {future.result().component.name: future.result() for future in work}
    used = {name for component in stack.components for name in component.needs}
    for name, placed in up.items():
        if placed.meter is None and name in used:
            up[name] = _embedded_version(placed, timeout_s)
    return {component.name: up[component.name] for component in stack.components}


def stand_in_links(component: Component, stack: Stack) -> dict[str, str]:
    """Return links of the right shape before anything runs, to ask a component for its spec."""
    at = Endpoint(host="127.0.0.1", port=1, data="/data", secret="secret")  # noqa: S106 - no secret
    return {name: stack.component(name).url(at) for name in component.needs}


def _place(
    component: Component,
    site: Site,
    up: Mapping[str, Placed],
    timeout_s: float,
    cancelled: Event,
) -> Placed:
    links = {name: up[name].inside_url for name in component.needs}
    outside = {name: up[name].url for name in component.needs}
    for attempt in range(1, ATTEMPTS + 1):
        started = site.start(component, links, cancelled)
        started = replace(started, at=replace(started.at, links=outside))
        if started.meter is None:
            return started.placed("", 0.0)
        try:
            version = wait_ready(
                component, started.at, started.running, timeout_s=timeout_s, cancelled=cancelled
            )
        except EndedEarly as error:
            started.running.stop()
            if attempt == ATTEMPTS or not address_taken(error):
                raise
        else:
            return started.placed(version, time.perf_counter() - started.began)
    raise LaunchFailed(f"{component.name}: no free port in {ATTEMPTS} attempts")


def _embedded_version(placed: Placed, timeout_s: float) -> Placed:
    """Ask an embedded component for its version, now that its users are up."""
    version = wait_ready(
        placed.component, placed.at, placed.running, timeout_s=timeout_s, cancelled=Event()
    )
    return replace(placed, version=version)


def _succeeded(future: Future[Placed]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _raise_first(work: list[Future[Placed]]) -> None:
    """Raise the fault that came first in meaning: one that is not just 'given up'."""
    faults = [future.exception() for future in work]
    real = [fault for fault in faults if fault is not None]
    real.sort(key=lambda fault: "given up" in str(fault))
    if real:
        raise real[0]
