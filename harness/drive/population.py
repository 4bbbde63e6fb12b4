"""The users of a drive: one Locust environment, with classes of its own for every stack."""

from __future__ import annotations

import gc
import logging
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

import gevent
import locust
from locust import User
from locust.env import Environment
from locust.util.load_locustfile import load_locustfile

from harness.drive import foreign
from harness.drive.gates import Gate
from harness.drive.job import Job, Target
from harness.drive.recorder import Recorder
from harness.drive.shares import shares
from harness.drive.users import Site, SiteUser
from harness.errors import AdapterError, EnvironmentFault

AFTER_FAULT_S = 0.05
MOST_TRACEBACKS = 20
LONGEST_FAULT = 200
SETTLE_S = 0.05


def populate(
    job: Job, gates: Mapping[str, Gate], recorder: Recorder, faults: Counter[str]
) -> Environment:
    """Return an environment with a class of users for each stack and class in the locustfile."""
    classes, _ = load_locustfile(str(job.locustfile))
    theirs = [c for c in classes.values() if issubclass(c, (SiteUser, *foreign.KINDS))]
    if not theirs:
        raise AdapterError(
            f"{job.locustfile} has no user class that can be driven; it needs one that extends "
            "harness.drive.users.StackUser, harness.drive.native.NativeUser, or Locust's HttpUser "
            "or FastHttpUser, and is not abstract"
        )
    counts = shares(job.users, [kind.weight for kind in theirs])
    mine = list[type[User]]()
    for number, target in enumerate(job.targets):
        site = _site(job, number, target, gates[target.stack], recorder)
        for kind, count in zip(theirs, counts, strict=True):
            members = {"site": site, "host": target.url, "fixed_count": count}
            name = f"{kind.__name__}_{number}"
            if count and issubclass(kind, SiteUser):
                mine.append(type(name, (kind,), members))
            elif count:
                mine.append(foreign.guest(kind, name, members))
    environment = Environment(user_classes=mine, events=locust.events, catch_exceptions=True)
    runner = environment.create_local_runner()
    events: Any = environment.events
    events.init.fire(environment=environment, runner=runner, web_ui=None)
    events.user_error.add_listener(_noting(faults))
    # The runner's own error log would repeat the same traceback for every request.
    logging.getLogger("locust.user").setLevel(logging.CRITICAL)
    return environment


def _noting(faults: Counter[str]) -> Callable[..., None]:
    """Return a listener that counts what a user raised, and holds that user up for a moment."""

    def note(user_instance: object, exception: BaseException, tb: TracebackType | None) -> None:
        del user_instance
        text = f"{type(exception).__name__}: {exception}"[:LONGEST_FAULT]
        if text not in faults and len(faults) < MOST_TRACEBACKS:
            traceback.print_exception(type(exception), exception, tb)
        faults[text] += 1
        gevent.sleep(AFTER_FAULT_S)

    return note


def _site(job: Job, number: int, target: Target, gate: Gate, recorder: Recorder) -> Site:
    return Site(
        stack=number,
        name=target.stack,
        data=target.data,
        seed=job.seed,
        gate=gate,
        journal=recorder,
        timeout_s=job.request_timeout_s,
        think_s=job.think_s if job.model == "closed" else 0.0,
    )


def population(environment: Environment) -> int:
    """Return how many users there are now."""
    return environment.runner.user_count if environment.runner else 0


def spawn(environment: Environment, job: Job, faults: Counter[str]) -> None:
    """Start all users and let them come to their gates; raises EnvironmentFault unless all do."""
    runner, wanted = environment.runner, job.users * len(job.targets)
    if runner is not None:
        runner.start(wanted, spawn_rate=wanted)
        if runner.spawning_greenlet is not None:
            runner.spawning_greenlet.join()
    gevent.sleep(SETTLE_S)
    if faults or population(environment) != wanted:
        raise EnvironmentFault(
            f"{population(environment)} of {wanted} users of {job.locustfile} came up: "
            + ("; ".join(faults) or "the log says more")
        )
    # What exists by now stays; without this every collection would walk through it again.
    gc.collect()
    gc.freeze()
