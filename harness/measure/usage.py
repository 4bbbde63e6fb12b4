"""What a component has used so far: CPU, memory and disk writes, of a cgroup or of process trees.

A Meter is where to look, a Reading what was seen. CPU and writes only ever grow, so the use of a
slice is the difference of two readings; take `max(0, later - earlier)`, because a process that
ends between two readings moves its time to its parent, which is counted in ticks of 10 ms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from harness.errors import EnvironmentFault
from harness.measure import cgroups, processes

KINDS = ("cgroup", "processes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """Where to read what a component uses.

    `ref` of kind "processes" holds the pids of its session leaders, comma separated: all members
    of their sessions and all their descendants count. `ref` of kind "cgroup" is
    "PID:CONTAINERID", PID being the container's first process as the host sees it.
    """

    component: str
    kind: Literal["cgroup", "processes"]
    ref: str

    def to_json(self) -> dict[str, str]:
        """Return the members as JSON-ready text."""
        return {"component": self.component, "kind": self.kind, "ref": self.ref}

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> Meter:
        """Return the meter that `to_json` gave; raises ValueError for an unknown kind."""
        kind = value["kind"]
        if kind == "cgroup":
            return cls(component=value["component"], kind="cgroup", ref=value["ref"])
        if kind == "processes":
            return cls(component=value["component"], kind="processes", ref=value["ref"])
        raise ValueError(f"meter kind {kind!r} is not one of {', '.join(KINDS)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """CPU seconds and bytes written since the component began, and bytes of memory held now.

    Memory of a cgroup is what it is charged minus file cache that can be dropped at once. Memory
    of processes is the sum of their unshared pages plus the largest shared part of any of them,
    which is cheap and close to the truth when they share one segment, as PostgreSQL's do.
    """

    cpu_s: float
    memory: int
    written: int


def read(meter: Meter) -> Reading:
    """Read a meter now, in about a millisecond; raises EnvironmentFault when nothing is alive."""
    if meter.kind == "cgroup":
        pid, _, container = meter.ref.partition(":")
        group = cgroups.find(int(pid), container)
        used = None if group is None else cgroups.read(group)
    else:
        used = processes.read(_leaders(meter))
    if used is None:
        raise EnvironmentFault(_gone(meter))
    cpu_s, memory, written = used
    return Reading(cpu_s=cpu_s, memory=memory, written=written)


def exact_memory(meter: Meter) -> int:
    """Return bytes of memory, shared pages divided among their users (PSS) where the kernel says.

    Costs up to milliseconds for large processes, so it is for slow samplers. Raises
    EnvironmentFault when nothing is alive.
    """
    if meter.kind == "cgroup":
        return read(meter).memory
    memory = processes.proportional_memory(_leaders(meter))
    return read(meter).memory if memory is None else memory


def _leaders(meter: Meter) -> frozenset[int]:
    return frozenset(int(pid) for pid in meter.ref.split(","))


def _gone(meter: Meter) -> str:
    return (
        f"{meter.component}: cannot read what it uses, because nothing of {meter.kind} "
        f"{meter.ref} is alive; see the end of its log"
    )
