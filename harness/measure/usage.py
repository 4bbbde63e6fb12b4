"""What a component has used so far: CPU, memory and disk writes, of a cgroup or of process trees.

A Meter is where to look, a Reading what was seen. CPU and writes only ever grow, so the use of a
slice is the difference of two readings; take `max(0, later - earlier)`, because a process that
ends between two readings moves its time to its parent, which is counted in ticks of 10 ms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from harness.errors import EnvironmentFault
from harness.measure import cgroups, processes
from harness.measure.sequel import Sequel, read_sequel, write_sequel

KINDS = ("cgroup", "processes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """Where to read what a component uses.

    `ref` of kind "processes" holds the pids of its session leaders, comma separated: all members
    of their sessions and all their descendants count. `ref` of kind "cgroup" is
    "PID:CONTAINERID", PID being the container's first process as the host sees it. `sequel` is the
    path of the file that says where to look once the component was killed and started again.
    """

    component: str
    kind: Literal["cgroup", "processes"]
    ref: str
    sequel: str = ""

    def now(self) -> Sequel:
        """Return where to look now, and what had been used before."""
        return read_sequel(self.ref, self.sequel)

    def to_json(self) -> dict[str, str]:
        """Return the members as JSON-ready text."""
        return {
            "component": self.component,
            "kind": self.kind,
            "ref": self.ref,
            "sequel": self.sequel,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> Meter:
        """Return the meter that `to_json` gave; raises ValueError for an unknown kind."""
        kind, ref, sequel = value["kind"], value["ref"], value.get("sequel", "")
        if kind == "cgroup":
            return cls(component=value["component"], kind="cgroup", ref=ref, sequel=sequel)
        if kind == "processes":
            return cls(component=value["component"], kind="processes", ref=ref, sequel=sequel)
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
    """Read a meter now, in about a millisecond; raises EnvironmentFault when nothing is alive.

    A component that is down on purpose holds no memory.
    """
    now = meter.now()
    used = _used(meter.kind, now.ref) if now.ref else (0.0, 0, 0)
    if used is None:
        raise EnvironmentFault(_gone(meter, now.ref))
    cpu_s, memory, written = used
    return Reading(cpu_s=now.cpu_s + cpu_s, memory=memory, written=now.written + written)


def exact_memory(meter: Meter) -> int:
    """Return bytes of memory, shared pages divided among their users (PSS) where the kernel says.

    Costs up to milliseconds for large processes, so it is for slow samplers. Raises
    EnvironmentFault when nothing is alive.
    """
    now = meter.now()
    if meter.kind == "cgroup" or not now.ref:
        return read(meter).memory
    memory = processes.proportional_memory(leaders(now.ref))
    return read(meter).memory if memory is None else memory


def close_account(meter: Meter) -> None:
    """Keep what the component has used until now, when it is about to be killed."""
    before = meter.now()
    used = _used(meter.kind, before.ref) if before.ref else None
    cpu_s, _, written = used or (0.0, 0, 0)
    native = meter.kind == "processes" and used is not None
    orphaned_s = cpu_s - processes.cpu_of(leaders(before.ref)) if native else 0.0
    closed = Sequel(
        ref="",
        cpu_s=before.cpu_s + cpu_s,
        written=before.written + written,
        orphaned_s=before.orphaned_s + max(0.0, orphaned_s),
    )
    write_sequel(meter.sequel, closed)


def reopen_account(meter: Meter) -> None:
    """Go on with the processes that `meter.ref` names, after `close_account`."""
    write_sequel(meter.sequel, replace(meter.now(), ref=meter.ref))


def leaders(ref: str) -> frozenset[int]:
    """Return the pids that a `ref` of kind "processes" lists."""
    return frozenset(int(pid) for pid in ref.split(",") if pid)


def _used(kind: str, ref: str) -> tuple[float, int, int] | None:
    if kind == "processes":
        return processes.read(leaders(ref))
    pid, _, container = ref.partition(":")
    group = cgroups.find(int(pid), container)
    return None if group is None else cgroups.read(group)


def _gone(meter: Meter, ref: str) -> str:
    return (
        f"{meter.component}: cannot read what it uses, because nothing of {meter.kind} "
        f"{ref} is alive; see the end of its log"
    )
