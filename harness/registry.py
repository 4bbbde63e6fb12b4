"""Stacks, components and scenarios by name, from entry points, so that a third party's package adds
its own.

An entry point that cannot be loaded or holds the wrong thing is refused by name; it never yields a
number.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar

from harness.contract import Component, ComponentScenario, Scenario, Stack
from harness.errors import AdapterError, UsageError

T = TypeVar("T")
Work = Scenario | ComponentScenario
LONGEST = 60
"""Characters of a name: with the suffix of a side it still fits its column of the results."""


def stacks() -> dict[str, Stack]:
    """Return every registered stack by its entry point's name; raises AdapterError."""
    return _registered("bakeoff.stacks", (Stack,))


def components() -> dict[str, Component]:
    """Return every component that can stand alone by its entry point's name; raises AdapterError.

    The entry point may be the component or its class, which is then made with its defaults.
    """
    return _registered("bakeoff.components", (Component,))


def scenarios() -> dict[str, Work]:
    """Return every registered scenario by its entry point's name; raises AdapterError."""
    return _registered("bakeoff.scenarios", (Scenario, ComponentScenario))


def chosen(known: dict[str, T], names: tuple[str, ...], what: str) -> dict[str, T]:
    """Return those of `known` that were asked for, all when none was; raises UsageError."""
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(
            f"there is no {what} {', '.join(map(repr, unknown))}; there are: {', '.join(known)}"
        )
    return {name: known[name] for name in names or known}


def _registered(group: str, kinds: tuple[type, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    points = sorted(entry_points(group=group), key=lambda p: (p.name, _package(p)))
    for point in points:
        thing = _loaded(point)
        if not isinstance(thing, kinds):
            wanted = " or a ".join(kind.__name__ for kind in kinds)
            raise AdapterError(f"{_told(point)} is a {type(thing).__name__}, not a {wanted}")
        if getattr(thing, "name", None) != point.name:
            raise AdapterError(f"{_told(point)} calls itself {getattr(thing, 'name', None)!r}")
        if len(point.name) > LONGEST or not point.name.isprintable():
            raise AdapterError(
                f"{_told(point)} needs another name: it is a key of the results and stands in "
                f"tables, so it has at most {LONGEST} characters, all of them printable"
            )
        if point.name in found:
            owners = " and ".join(_package(p) for p in points if p.name == point.name)
            raise AdapterError(
                f"{owners} both register {point.name!r} in {group}; uninstall one of them"
            )
        found[point.name] = thing
    return found


def _loaded(point: EntryPoint) -> object:
    try:
        thing = point.load()
        return thing() if isinstance(thing, type) else thing
    # Another package's code: it may fail in any way, and the user is to know in which package.
    except Exception as error:
        raise AdapterError(
            f"{_told(point)} cannot be loaded: {type(error).__name__}: {error}; mend the package "
            f"{_package(point)}, or uninstall it"
        ) from error


def _told(point: EntryPoint) -> str:
    """Name an entry point and its package."""
    return f"{point.value} of {_package(point)} (entry point {point.name!r} of {point.group})"


def _package(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else "an unknown package"
