"""Where a registered stack's source is, so that it can be copied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from importlib.resources import files
from pathlib import Path

from harness.contract import Embedded, Stack
from harness.errors import UsageError

GROUP = "bakeoff.stacks"
OURS = "bakeoff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A stack's package: the folder with its stack.py, the name there, and its licence.

    `licence` is an SPDX expression, "" when the package states none; `licence_texts` are its
    licence files by name.
    """

    stack: str
    package: str
    attribute: str
    folder: Path
    licence: str
    licence_texts: Mapping[str, str]


def origin(stack: str) -> Origin:
    """Return where the registered `stack` is; raises UsageError when it is no folder of its own."""
    (point,) = entry_points(group=GROUP, name=stack)
    package, _, module = point.module.rpartition(".")
    folder = Path(str(files(package))) if package else Path()
    if module != "stack" or not (folder / "stack.py").is_file():
        raise UsageError(
            f"{stack} cannot be copied: its entry point is {point.value}, and only a folder with "
            "a stack.py, PACKAGE.stack:NAME, can be"
        )
    return Origin(
        stack=stack,
        package=package,
        attribute=point.attr,
        folder=folder,
        licence=(_metadata(point, "License-Expression") or [""])[0],
        licence_texts=_licences(point),
    )


def smallest(stacks: Mapping[str, Stack]) -> str:
    """Return the name of bakeoff's own stack with the fewest servers."""
    ours = [
        point.name
        for point in entry_points(group=GROUP)
        if point.dist and point.dist.name == OURS and point.name in stacks
    ]
    return min(ours, key=lambda name: (servers(stacks[name]), name))


def servers(stack: Stack) -> int:
    """Count the components of a stack that run by themselves; an embedded one needs nothing."""
    return sum(
        bool(part.needs) or not isinstance(part.process({}), Embedded) for part in stack.components
    )


def _metadata(point: EntryPoint, key: str) -> list[str]:
    """Return what an entry point's distribution says under `key`; it may say nothing."""
    return point.dist.metadata.get_all(key) or [] if point.dist else []


def _licences(point: EntryPoint) -> dict[str, str]:
    texts = {
        Path(path).name: point.dist.read_text(f"licenses/{path}") if point.dist else None
        for path in _metadata(point, "License-File")
    }
    return {name: text for name, text in texts.items() if text}
