"""`bakeoff up --handover`: bring a stack up for a bakeoff of another revision, which started this.

It reads what is wanted as the first line of standard input (`harness.launch.wire`), tells on
standard output when all is ready, then carries out orders, each a line of JSON with an `id` that
the answer has too:

    {"pin": true}        bind all to their processors; or the name of one component
    {"fault": true}      say how any component ended; or the name of one
    {"crash": NAME}      kill that component and start it again, {"within_s": SECONDS}
    {"count": KIND}      count in the stack's books

The end of standard input takes everything down.
"""

from __future__ import annotations

import json
import os
import queue
import threading
import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from harness.contract import Component, Stack, alone
from harness.errors import BakeoffError, PlanError, UsageError
from harness.launch import Launcher, PlacedStack, launched
from harness.launch.processes import Processes
from harness.launch.ready import READY_S
from harness.launch.wire import PROTOCOL, Wish, budget_from, told
from harness.registry import chosen, components, stacks
from harness.settings import configured

AT_ONCE = 16
CHUNK = 65_536


def hand_over(name: str, launcher_name: str) -> None:
    """Serve whoever is at the other end of standard input and output, until it closes it."""
    pipe = Pipe()
    pipe.start()
    wish = pipe.wish()
    stack, lacking = _configured(_found(name, wish), wish)
    launcher = _launcher(launcher_name, wish)
    if wish.only_prepare:
        launcher.prepare(stack)
        pipe.tell({"id": 0, "protocol": PROTOCOL})
        return
    budget = replace(budget_from(wish.budget), cancelled=pipe.closed)
    with launched(stack, launcher, budget, port=wish.port) as placed:
        pipe.tell({"id": 0, **told(placed, lacking)})
        serve(placed, pipe)


def serve(placed: PlacedStack, pipe: Pipe) -> None:
    """Carry out orders, several at a time, until there are no more."""
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="order")
    try:
        for order in pipe.orders():
            pool.submit(_answered, placed, order, pipe)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _answered(placed: PlacedStack, order: Mapping[str, Any], pipe: Pipe) -> None:
    pipe.tell(answer(placed, order))


def answer(placed: PlacedStack, order: Mapping[str, Any]) -> dict[str, object]:
    """Carry out one order, and return its answer, which tells what went wrong."""
    said: dict[str, object] = {"id": order["id"]}
    try:
        return said | _done(placed, order)
    except BakeoffError as error:
        return said | {"error": str(error)}
    except Exception as error:  # noqa: BLE001 - whatever it is, the other end waits for an answer
        return said | {"error": f"{type(error).__name__}: {error}"}


def _done(placed: PlacedStack, order: Mapping[str, Any]) -> dict[str, object]:
    match order:
        case {"pin": True}:
            placed.pin()
            return {}
        case {"pin": str(name)}:
            placed.components[name].running.pin()
            return {}
        case {"fault": True}:
            return {"fault": placed.fault() or ""}
        case {"fault": str(name)}:
            return {"fault": placed.components[name].fault()}
        case {"crash": str(name)}:
            within_s = float(order.get("within_s", READY_S))
            return {"seconds": placed.components[name].crash(timeout_s=within_s)}
        case {"count": str(kind)}:
            return {"count": placed.count(kind)}
    raise UsageError(f"this revision does not know the order {', '.join(order)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipe:
    """The other end: lines come from standard input, and go to the standard output that this
    process was started with. `closed` is set at the end of input.
    """

    lines: queue.SimpleQueue[bytes] = field(default_factory=queue.SimpleQueue)
    closed: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    output: int = field(default_factory=lambda: os.dup(1))

    def start(self) -> None:
        """Begin to read, in a thread, so that the end of input ends a launch under way too.

        What this process or its children print on standard output goes to standard error.
        """
        os.dup2(2, 1)
        threading.Thread(target=self._read, name="orders", daemon=True).start()

    def wish(self) -> Wish:
        """Return what is wanted; raises UsageError."""
        try:
            return Wish.from_json(json.loads(self.lines.get()))
        except (ValueError, TypeError, AttributeError) as error:
            raise UsageError(
                "--handover is for another bakeoff, which says on standard input what it wants"
            ) from error

    def orders(self) -> Iterator[dict[str, Any]]:
        """Yield orders until the end of input."""
        while line := self.lines.get():
            yield json.loads(line)

    def tell(self, value: Mapping[str, object]) -> None:
        """Send a line."""
        line = json.dumps(value).encode() + b"\n"
        with self.lock:
            while line:
                line = line[os.write(self.output, line) :]

    def _read(self) -> None:
        # Not sys.stdin: a thread that waits in its buffer would be in the way of leaving.
        rest = b""
        while chunk := os.read(0, CHUNK):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                self.lines.put(line)
        self.closed.set()
        self.lines.put(b"")


def _launcher(name: str, wish: Wish) -> Launcher:
    if name == "processes":
        return Processes()
    from harness.launch.containers import Containers  # noqa: PLC0415 - reads the environment

    return Containers(images=wish.images, ca_bundle=wish.ca_bundle)


def _found(name: str, wish: Wish) -> Stack:
    """Return the stack, or the component alone, under the name by which it is called there.

    The checkout's own pyproject.toml goes before what is installed, which is of another revision.
    """
    group = "bakeoff.components" if wish.alone else "bakeoff.stacks"
    thing = _of_checkout(group, name)
    if thing is None:
        known: dict[str, Any] = components() if wish.alone else stacks()
        thing = chosen(known, (name,), "component" if wish.alone else "stack")[name]
    stack = alone(thing) if isinstance(thing, Component) else thing
    return replace(stack, name=wish.called)


def _of_checkout(group: str, name: str) -> Any:
    """Load the entry point that this folder's pyproject.toml declares; None if it has none."""
    try:
        project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    value = project.get("project", {}).get("entry-points", {}).get(group, {}).get(name)
    if value is None:
        return None
    try:
        thing = EntryPoint(name=name, value=value, group=group).load()
        return thing() if isinstance(thing, type) else thing
    except Exception as error:
        raise UsageError(f"{value} cannot be loaded: {type(error).__name__}: {error}") from error


def _configured(stack: Stack, wish: Wish) -> tuple[Stack, dict[str, str]]:
    """Apply durability and settings, and tell which settings this revision does not know."""
    known = {part.name for part in stack.components}
    found = configured({stack.name: stack}, {}, wish.durability)[stack.name]
    lacking: list[str] = []
    for part, values in wish.settings.items():
        for key, value in values.items() if part in known else ():
            try:
                found = configured({found.name: found}, {part: {key: value}}, wish.durability)[
                    found.name
                ]
            except PlanError:
                lacking.append(f"{part}.{key}")
    return found, {"settings unknown there": ", ".join(lacking)} if lacking else {}
