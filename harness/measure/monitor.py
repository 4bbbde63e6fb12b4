"""What happens around a round: memory of every component, and who had the host's processors.

A background thread samples memory four times a second, less often where a sample is so expensive
(large processes) that it would take more than 2 % of a core. The host's shares are those of
proc(5)'s /proc/stat from entering to leaving.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import psutil

from harness.errors import EnvironmentFault
from harness.measure import processes
from harness.measure.usage import Meter, exact_memory, leaders, read

INTERVAL_S = 0.25
COST_SHARE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Bytes that a component held: mean and peak over `samples` samples."""

    mean: int
    peak: int
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HostShare:
    """Shares of the processor time of all cores over `seconds`, 0..1.

    `busy` + `idle` + `steal` is 1: steal is what the hypervisor kept, idle includes waiting for
    disks. `elsewhere` is the part of busy that neither bakeoff nor any metered component used.
    """

    seconds: float
    busy: float
    idle: float
    steal: float
    elsewhere: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitored:
    """What a Monitor saw; a meter whose component was gone in every sample has no memory.

    `together` is the most that all components held at one instant, in bytes.
    """

    memory: Mapping[Meter, Memory]
    together: int
    host: HostShare


@dataclass(slots=True, kw_only=True, eq=False)
class Monitor:
    """Samples from entering to leaving its `with` block; `seen` holds the result afterwards."""

    meters: Sequence[Meter]
    seen: Monitored | None = None
    _together: int = 0
    _samples: dict[Meter, list[int]] = field(default_factory=dict)
    _began: tuple[float, _HostTimes, dict[object, float]] | None = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._began = (time.perf_counter(), _host_times(), self._own_cpu())
        self._thread = threading.Thread(target=self._run, name="monitor", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread is None or self._began is None:
            raise RuntimeError("a monitor was left that was not entered")
        self._thread.join()
        self._sample()
        began, before, own_before = self._began
        after, own_after = _host_times(), self._own_cpu()
        # A component that died meanwhile has no later reading; what it used counts as elsewhere.
        own = sum(max(0.0, s - own_before.get(who, 0.0)) for who, s in own_after.items())
        self.seen = Monitored(
            memory={m: _memory(values) for m, values in self._samples.items() if values},
            together=self._together,
            host=_shares(time.perf_counter() - began, before, after, own),
        )

    def _run(self) -> None:
        wait = 0.0
        while not self._stop.wait(wait):
            began = time.thread_time()
            self._sample()
            wait = max(INTERVAL_S, (time.thread_time() - began) / COST_SHARE)

    def _sample(self) -> None:
        held = 0
        for meter in self.meters:
            try:
                memory = exact_memory(meter)
            except EnvironmentFault:
                continue  # it died: the launcher says so, with the end of its log
            self._samples.setdefault(meter, []).append(memory)
            held += memory
        self._together = max(self._together, held)

    def _own_cpu(self) -> dict[object, float]:
        """Return CPU seconds so far: bakeoff with all its children as one, and each cgroup."""
        native = [meter.now() for meter in self.meters if meter.kind == "processes"]
        used = processes.read(frozenset({os.getpid()}).union(*(leaders(n.ref) for n in native)))
        orphaned_s = sum(now.orphaned_s for now in native)
        found: dict[object, float] = {"bakeoff": used[0] + orphaned_s if used else 0.0}
        for meter in self.meters:
            if meter.kind == "cgroup":
                try:
                    found[meter] = read(meter).cpu_s
                except EnvironmentFault:
                    continue
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _HostTimes:
    """Seconds of all cores together since the system started."""

    total: float
    idle: float
    steal: float


def _host_times() -> _HostTimes:
    times = psutil.cpu_times()._asdict()
    # The guests' time is contained in that of user and nice already.
    total = sum(seconds for name, seconds in times.items() if not name.startswith("guest"))
    idle = times["idle"] + times.get("iowait", 0.0)
    return _HostTimes(total=total, idle=idle, steal=times.get("steal", 0.0))


def _shares(seconds: float, before: _HostTimes, after: _HostTimes, own_s: float) -> HostShare:
    total = max(after.total - before.total, 1e-9)
    idle = min(max((after.idle - before.idle) / total, 0.0), 1.0)
    steal = min(max((after.steal - before.steal) / total, 0.0), 1.0 - idle)
    busy = 1.0 - idle - steal
    elsewhere = max(0.0, busy - own_s / total)
    return HostShare(seconds=seconds, busy=busy, idle=idle, steal=steal, elsewhere=elsewhere)


def _memory(values: list[int]) -> Memory:
    return Memory(mean=round(sum(values) / len(values)), peak=max(values), samples=len(values))
