"""Use of a container, from its control group: versions 1, 2 and the mixture of both.

Files and units: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/ in the kernel's source.
Bytes written are those that reached a block device; 0 where no controller counts them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CONTROLLERS = ("cpuacct", "memory", "blkio")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Folders of one control group: `unified` of version 2, `v1` by controller; either may miss."""

    unified: Path | None
    v1: tuple[tuple[str, Path], ...]

    def folder(self, controller: str) -> Path | None:
        """Return the folder of a version 1 controller, None where version 2 has it."""
        return dict(self.v1).get(controller)


@cache
def find(pid: int, container: str) -> Group | None:
    """Return the group of the process `pid`; None when it is gone or not in `container`'s group.

    The container's id guards against a pid that was given to another process since.
    """
    try:
        lines = Path(f"/proc/{pid}/cgroup").read_text().splitlines()
    except OSError:
        return None
    if container and not any(container in line for line in lines):
        return None
    return locate(lines, mounts(Path("/proc/self/mountinfo").read_text()))


def locate(lines: list[str], mounted: dict[str, tuple[str, Path]]) -> Group:
    """Return the group for the lines of /proc/PID/cgroup, given what is mounted where."""
    v1, unified = [], None
    for line in lines:
        _, names, path = line.split(":", 2)
        for name in names.split(",") if names else [""]:
            if name not in mounted:
                continue
            root, point = mounted[name]
            inside = path if root == "/" else path.removeprefix(root)
            folder = point / inside.lstrip("/")
            if name:
                v1.append((name, folder))
            else:
                unified = folder
    return Group(unified=unified, v1=tuple((n, f) for n, f in v1 if n in CONTROLLERS))


def mounts(mountinfo: str) -> dict[str, tuple[str, Path]]:
    """Return controller -> (root of the mount, where it is); version 2 is under ""."""
    found: dict[str, tuple[str, Path]] = {}
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields, (kind, _, options) = before.split(), after.split(" ", 2)
        place = (fields[3], Path(fields[4]))
        if kind == "cgroup2":
            found.setdefault("", place)
        elif kind == "cgroup":
            for option in options.split(","):
                found.setdefault(option, place)
    return found


def read(group: Group) -> tuple[float, int, int] | None:
    """Return CPU seconds, bytes of memory and bytes written; None when the group is gone."""
    try:
        return _cpu(group), _memory(group), _written(group)
    except OSError:
        return None


def _cpu(group: Group) -> float:
    if (folder := group.folder("cpuacct")) is not None:
        return int((folder / "cpuacct.usage").read_text()) / 1e9
    return _number((_unified(group) / "cpu.stat").read_text(), "usage_usec") / 1e6


def _memory(group: Group) -> int:
    if (folder := group.folder("memory")) is not None:
        charged = int((folder / "memory.usage_in_bytes").read_text())
        idle = _number((folder / "memory.stat").read_text(), "total_inactive_file")
    else:
        folder = _unified(group)
        charged = int((folder / "memory.current").read_text())
        idle = _number((folder / "memory.stat").read_text(), "inactive_file")
    return max(0, charged - idle)


def _written(group: Group) -> int:
    if (folder := group.folder("blkio")) is not None:
        for suffix in ("_recursive", ""):
            counter = folder / f"blkio.throttle.io_service_bytes{suffix}"
            if counter.exists():
                text = counter.read_text()
                return sum(map(int, re.findall(r"^\d+:\d+ Write (\d+)$", text, re.MULTILINE)))
        return 0
    stat = _unified(group) / "io.stat"
    return sum(map(int, re.findall(r"wbytes=(\d+)", stat.read_text()))) if stat.exists() else 0


def _unified(group: Group) -> Path:
    if group.unified is None:
        raise FileNotFoundError("no cgroup2 hierarchy")
    return group.unified


def _number(text: str, name: str) -> int:
    found = re.search(rf"^{name} (\d+)$", text, re.MULTILINE)
    return int(found[1]) if found else 0
