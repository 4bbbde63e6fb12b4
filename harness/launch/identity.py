"""Tell processes apart for certain: a pid alone may be used again by a stranger."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

_BOOT = Path("/proc/sys/kernel/random/boot_id")
Identity = tuple[int, str]


def boot() -> str:
    """Return what changes when the machine starts anew, "" where the system does not say."""
    return _BOOT.read_text().strip() if _BOOT.exists() else ""


def identity(pid: int) -> Identity | None:
    """Return the pid with the moment the process started, None when there is no such process.

    On Linux the moment is in ticks since boot, which no change of the clock moves.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return _identity_elsewhere(pid) if not Path("/proc/self/stat").exists() else None
    return None if stat[0] in b"ZX" else (pid, stat[19].decode())


def family(leaders: Iterable[int]) -> list[Identity]:
    """Return the members of the leaders' sessions and all their descendants."""
    wanted, children, left = set(leaders), dict[int, list[int]](), list[int]()
    for process in psutil.process_iter():
        with suppress(OSError, psutil.Error):
            children.setdefault(process.ppid(), []).append(process.pid)
            if process.pid in wanted or os.getsid(process.pid) in wanted:
                left.append(process.pid)
    found = set[int]()
    while left:
        pid = left.pop()
        if pid not in found:
            found.add(pid)
            left.extend(children.get(pid, ()))
    return [who for pid in sorted(found) if (who := identity(pid))]


def marked(mark: str) -> list[Identity]:
    """Return the processes whose environment holds `mark`, a text `NAME=value`."""
    wanted, found = mark.encode(), []
    for pid in psutil.pids():
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if wanted in environment and pid != os.getpid() and (who := identity(pid)):
            found.append(who)
    return found


def _identity_elsewhere(pid: int) -> Identity | None:
    try:
        return pid, f"{psutil.Process(pid).create_time():.3f}"
    except psutil.Error:
        return None
