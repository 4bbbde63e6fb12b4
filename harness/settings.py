"""The plan's settings of components, laid over the stacks: plain fields, by component name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from harness.contract import Component, Stack
from harness.errors import PlanError

FIXED = {"name", "needs"}
Values = Mapping[str, bool | int | float | str]


def configured(stacks: Mapping[str, Stack], settings: Mapping[str, Values]) -> dict[str, Stack]:
    """Return the stacks with the settings applied; raises PlanError for what no stack has."""
    known = {part.name for stack in stacks.values() for part in stack.components}
    unknown = sorted(set(settings) - known)
    if unknown:
        raise PlanError(
            f"settings.{unknown[0]}: no stack has such a component; "
            f"there are: {', '.join(sorted(known))}"
        )
    return {
        name: replace(
            stack,
            components=tuple(_with(part, settings.get(part.name, {})) for part in stack.components),
        )
        for name, stack in stacks.items()
    }


def _with(part: Component, values: Values) -> Component:
    """Return the component with these fields; a whole number serves where a float is wanted."""
    own = {f.name: type(getattr(part, f.name)) for f in fields(part) if f.name not in FIXED}
    plain = {name: kind for name, kind in own.items() if kind in (bool, int, float, str)}
    for key, value in values.items():
        kind = plain.get(key)
        if kind is None:
            raise PlanError(
                f"settings.{part.name}.{key} is not a setting; "
                f"allowed: {', '.join(plain) or 'none'}"
            )
        if type(value) is not kind and not (kind is float and type(value) is int):
            raise PlanError(f"settings.{part.name}.{key} is {value!r}; a {kind.__name__} is wanted")
    changed: dict[str, Any] = {key: plain[key](value) for key, value in values.items()}
    return replace(part, **changed)
