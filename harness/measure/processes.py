"""Use of process trees, from /proc: members of sessions and their descendants.

Descendants count beside sessions because some servers (PostgreSQL) give every child a session of
its own. CPU of a live process is its own CPU clock, in nanoseconds and with its ended threads
(clock_getcpuclockid(3): the clock's id is computed from the pid); that of ended children is
cutime and cstime of their parents (proc(5)). A child whose parent ignores SIGCHLD is lost when it
ends, and so is one that leaves both its session and its parent.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
SCAN_LIFE_S = 0.05
CPU_CLOCK_OF_PROCESS = 2  # CPUCLOCK_SCHED in the kernel's posix-timers.h

# Parent and session of every process, by pid; shared by the meters of one sweep.
_scan: tuple[float, dict[int, tuple[int, int]]] = (-1.0, {})


def read(leaders: frozenset[int]) -> tuple[float, int, int] | None:
    """Return CPU seconds, bytes of memory and bytes written; None when no member is alive."""
    cpu_s, unshared, shared, written, alive = 0.0, 0, 0, 0, False
    for pid in members(leaders):
        try:
            fields = _stat(pid)
            own = _cpu(pid, fields)
            _, resident, common, *_ = _text(pid, "statm").split()
        except OSError:
            continue
        alive = alive or fields[0] != b"Z"
        cpu_s += own
        unshared += int(resident) - int(common)
        shared = max(shared, int(common))
        written += _written(pid)
    return (cpu_s, (unshared + shared) * PAGE, written) if alive else None


def cpu_of(pids: frozenset[int]) -> float:
    """Return CPU seconds of these processes alone, with those of their ended children."""
    used = 0.0
    for pid in pids:
        with suppress(OSError):
            used += _cpu(pid, _stat(pid))
    return used


def proportional_memory(leaders: frozenset[int]) -> int | None:
    """Return the sum of the members' PSS in bytes; None when the kernel does not let us see it."""
    total = 0
    for pid in members(leaders):
        try:
            rollup = _text(pid, "smaps_rollup")
        except PermissionError:
            return None
        except OSError:
            continue
        line = next((line for line in rollup.splitlines() if line.startswith(b"Pss:")), None)
        total += 0 if line is None else int(line.split()[1]) * 1024
    return total or None


def members(leaders: frozenset[int]) -> list[int]:
    """Return the pids in the leaders' sessions and all their descendants, ascending."""
    table = _processes(leaders)
    children: dict[int, list[int]] = {}
    found, left = set[int](), []
    for pid, (parent, session) in table.items():
        children.setdefault(parent, []).append(pid)
        if session in leaders or pid in leaders:
            left.append(pid)
    while left:
        pid = left.pop()
        if pid not in found:
            found.add(pid)
            left.extend(children.get(pid, ()))
    return sorted(found)


def _processes(leaders: frozenset[int]) -> dict[int, tuple[int, int]]:
    """Return the latest scan; a new one where it is old, or was made before a leader was."""
    global _scan  # noqa: PLW0603 - one scan serves all meters of a sweep
    now = time.monotonic()
    if now - _scan[0] > SCAN_LIFE_S or not leaders <= _scan[1].keys():
        table = {}
        for name in os.listdir("/proc"):  # noqa: PTH208 - ten times cheaper than Path.iterdir
            if name.isdigit():
                try:
                    fields = _stat(int(name))
                except OSError:
                    continue
                table[int(name)] = (int(fields[1]), int(fields[3]))
        _scan = (now, table)
    return _scan[1]


def _cpu(pid: int, fields: list[bytes]) -> float:
    own = time.clock_gettime((~pid << 3) | CPU_CLOCK_OF_PROCESS)
    return own + (int(fields[13]) + int(fields[14])) * TICK_S


def _stat(pid: int) -> list[bytes]:
    """Return the fields of /proc/PID/stat from the state on (field 3 of proc(5) is item 0)."""
    return _text(pid, "stat").rpartition(b")")[2].split()


def _written(pid: int) -> int:
    """Return bytes sent to the disk; 0 where the kernel does not let us see it."""
    try:
        text = _text(pid, "io")
    except OSError:
        return 0
    return int(text.partition(b"\nwrite_bytes: ")[2].split(b"\n", 1)[0] or 0)


def _text(pid: int, name: str) -> bytes:
    try:
        handle = os.open(f"/proc/{pid}/{name}", os.O_RDONLY)
    except ProcessLookupError:
        raise FileNotFoundError(pid) from None
    try:
        return os.read(handle, 8192)
    finally:
        os.close(handle)
