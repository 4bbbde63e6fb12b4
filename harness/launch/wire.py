"""What two bakeoffs of different revisions tell each other over a pipe, as lines of JSON.

One has the other bring up its own version of a stack (`Wish`), and is told where everything is
(`told`). Either may be the older one: unknown keys are ignored, and missing ones have a default
wherever that is harmless. The secret of a launch is among it, so none of it belongs into a log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from harness.contract import Endpoint
from harness.launch.placed import Budget, Placed, PlacedStack
from harness.measure.usage import Meter

PROTOCOL = 1
"""Raised when an older side could misunderstand a newer one."""

BUDGET = ("cpus", "world_cpus", "memory", "workers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be brought up, or with `only_prepare` just fetched.

    `called` is what the stack is called here, `alone` whether it is a lone component. `settings`,
    `durability`, `images` and `ca_bundle` are those of the plan.
    """

    called: str
    alone: bool = False
    only_prepare: bool = False
    port: int = 0
    durability: str = "process"
    ca_bundle: str = ""
    settings: Mapping[str, Mapping[str, bool | int | float | str]] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)
    budget: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """Return the members, ready for JSON."""
        own = {f.name: getattr(self, f.name) for f in fields(self)}
        settings = {part: dict(values) for part, values in self.settings.items()}
        return {"protocol": PROTOCOL, **own, "settings": settings, "images": dict(self.images)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Wish:
        """Return the wish; raises TypeError when what is to be brought up is not named."""
        known = {f.name for f in fields(cls)}
        return cls(**{name: part for name, part in value.items() if name in known})


def budget_json(budget: Budget) -> dict[str, object]:
    """Return the members of a budget, ready for JSON."""
    return {name: getattr(budget, name) for name in BUDGET}


def budget_from(value: Mapping[str, Any]) -> Budget:
    """Return the budget that `budget_json` gave."""
    return Budget(
        cpus=tuple(value.get("cpus", ())),
        world_cpus=tuple(value.get("world_cpus", ())),
        memory=int(value.get("memory", 0)),
        workers=int(value.get("workers", 1)),
    )


def told(placed: PlacedStack, facts: Mapping[str, str]) -> dict[str, object]:
    """Return everything that is needed to use a stack that is up from elsewhere."""
    return {
        "protocol": PROTOCOL,
        "url": placed.url,
        "entry": placed.stack.entry,
        "books": placed.countable,
        "facts": {**placed.facts, **facts},
        "components": [_part(name, part) for name, part in placed.components.items()],
    }


def endpoint_from(value: Mapping[str, Any]) -> Endpoint:
    """Return the endpoint of a part."""
    known = {f.name for f in fields(Endpoint)}
    return Endpoint(**{name: part for name, part in value.items() if name in known})


def _part(name: str, part: Placed) -> dict[str, object]:
    return {
        "name": name,
        "role": str(part.component.role),
        "at": asdict(part.at),
        "url": part.url,
        "inside_url": part.inside_url,
        "version": part.version,
        "source": part.source,
        "stand_in": part.stand_in,
        "size": part.size,
        "size_of": part.size_of,
        "ready_s": part.ready_s,
        "meter": part.meter.to_json() if part.meter else None,
        "log": str(part.log) if part.log else None,
    }


def meter_from(value: Mapping[str, str] | None) -> Meter | None:
    """Return the meter of a part, None for one without processes."""
    return Meter.from_json(value) if value else None
