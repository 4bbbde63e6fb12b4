"""A side: a stack under another name, so that it can stand beside itself in one session."""

from __future__ import annotations

from dataclasses import replace

from harness.contract import Stack


def side(stack: Stack, name: str) -> Stack:
    """Return the same stack called `name`; what `name` adds is added to its title as well."""
    suffix = name.removeprefix(stack.name).strip("-_") or name
    return replace(stack, name=name, title=f"{stack.title} ({suffix})")
