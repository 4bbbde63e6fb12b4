"""The plan's settings of components, laid over the stacks: plain fields, by component name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from harness.contract import Component, Durability, Durable, Role, Stack
from harness.errors import AdapterError, PlanError

FIXED = {"name", "needs", "stack"}
Values = Mapping[str, bool | int | float | str]


def configured(
    stacks: Mapping[str, Stack],
    settings: Mapping[str, Values],
    durability: str = Durability.PROCESS,
) -> dict[str, Stack]:
    """Return the stacks with the settings and the tier of durability applied.

    The tier holds for all that keeps books and for the apps that use it; caches have their own
    setting. Raises PlanError for what no stack has, and for a component that does not offer the
    tier.
    """
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
            components=tuple(
                _with(_kept(part, Durability(durability)), settings.get(part.name, {}))
                for part in stack.components
            ),
        )
        for name, stack in stacks.items()
    }


def one_tier(stacks: Iterable[Stack]) -> None:
    """Refuse to compare caches that keep different promises; raises PlanError.

    All else has the plan's one tier.
    """
    caches = {
        part.name: part.durability
        for stack in stacks
        for part in stack.components
        if isinstance(part, Durable) and part.role is Role.CACHE
    }
    if len(set(caches.values())) > 1:
        told = ", ".join(f"{name}: {tier}" for name, tier in sorted(caches.items()))
        raise PlanError(
            f"caches at different tiers of durability are not compared ({told}); "
            "leave one out, or set the same durability under [settings]"
        )


def _kept(part: Component, durability: Durability) -> Component:
    """Return the component at this tier, if tiers mean anything to it."""
    if part.role is Role.CACHE or not hasattr(part, "durability"):
        return part
    return _replaced(part, {"durability": durability})


def _with(part: Component, values: Values) -> Component:
    """Return the component with these fields; a whole number serves where a float is wanted."""
    fixed = FIXED if part.role is Role.CACHE else FIXED | {"durability"}
    own = {f.name: type(getattr(part, f.name)) for f in fields(part) if f.name not in fixed}
    plain = {name: kind for name, kind in own.items() if kind in (bool, int, float, str)}
    plain |= {name: str for name, kind in own.items() if kind is Durability}
    changed: dict[str, Any] = {}
    for key, value in values.items():
        kind = plain.get(key)
        if kind is None:
            own_tier = "; one durability holds for all that is compared: set it for the whole plan"
            raise PlanError(
                f"settings.{part.name}.{key} is not a setting; "
                f"allowed: {', '.join(plain) or 'none'}{own_tier if key == 'durability' else ''}"
            )
        if type(value) is not kind and not (kind is float and type(value) is int):
            raise PlanError(f"settings.{part.name}.{key} is {value!r}; a {kind.__name__} is wanted")
        changed[key] = _tier(part, str(value)) if key == "durability" else kind(value)
    return _replaced(part, changed)


def _tier(part: Component, value: str) -> Durability:
    try:
        return Durability(value)
    except ValueError as error:
        allowed = ", ".join(Durability)
        raise PlanError(
            f"settings.{part.name}.durability is {value!r}; one of {allowed} is wanted"
        ) from error


def _replaced(part: Component, values: Mapping[str, Any]) -> Component:
    try:
        return replace(part, **values)
    except AdapterError as error:
        raise PlanError(f"settings.{part.name}: {error}") from error
