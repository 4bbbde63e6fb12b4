"""Facts about the machine that a result depends on, and the fingerprint of those that matter."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import socket
from collections.abc import Mapping
from pathlib import Path

import psutil

from harness.records import SCHEMA, Run
from harness.serial import to_json

UNKNOWN = "unknown"

MATTER = (
    "cpu",
    "cores",
    "memory",
    "kernel",
    "distribution",
    "python",
    "governor",
    "virtualisation",
    "clocksource",
    "cgroups",
    "engine",
    "cpusets",
)
"""Two results can be compared only when these facts are equal; the others are told, not judged."""


def facts(*, engine: str = "", cpusets: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the facts by name, "unknown" where the system does not say.

    `engine` is the container engine with its version, `cpusets` says who may run on which cores.
    The host's name is kept only as a hash, so that results can be published.
    """
    load = " ".join(f"{value:.2f}" for value in os.getloadavg())
    return {
        "host": hashlib.sha256(f"bakeoff {socket.gethostname()}".encode()).hexdigest()[:12],
        "cpu": _cpu_model(),
        "cores": f"{len(_usable_cores())} usable of {os.cpu_count()}",
        "memory": f"{psutil.virtual_memory().total / 2**30:.1f} GiB",
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "distribution": _distribution(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "governor": _line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        "virtualisation": _virtualisation(),
        "clocksource": _line("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
        "cgroups": _cgroups(),
        "engine": engine or "none",
        "cpusets": ", ".join(f"{who}: {cores}" for who, cores in sorted((cpusets or {}).items())),
        "load_at_start": load,
    }


def fingerprint(found: Mapping[str, str], *, launcher: str, plan: Mapping[str, object]) -> str:
    """Return the SHA-256 of the facts that matter, the launcher, the plan and the schema."""
    matter = {name: found.get(name, UNKNOWN) for name in MATTER}
    whole = {"facts": matter, "launcher": launcher, "plan": to_json(plan), "schema": SCHEMA}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def differences(one: Run, other: Run) -> tuple[str, ...]:
    """Say in what two runs differ that must be equal, one sentence each; empty if comparable."""
    found = [
        (name, one.facts.get(name, UNKNOWN), other.facts.get(name, UNKNOWN)) for name in MATTER
    ]
    found += [
        ("launcher", one.launcher, other.launcher),
        ("schema", str(one.schema), str(other.schema)),
    ]
    for key in sorted({*one.plan, *other.plan}):
        first, second = (json.dumps(run.plan.get(key), sort_keys=True) for run in (one, other))
        found.append((f"plan's {key}", first, second))
    return tuple(f"{name}: {a} in {one.id}, {b} in {other.id}" for name, a, b in found if a != b)


def _usable_cores() -> tuple[int, ...]:
    if hasattr(os, "sched_getaffinity"):
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def _cpu_model() -> str:
    for line in _text("/proc/cpuinfo").splitlines():
        name, _, value = line.partition(":")
        if name.strip() in ("model name", "Model", "cpu model"):
            return value.strip()
    return platform.processor() or platform.machine() or UNKNOWN


def _distribution() -> str:
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return platform.platform(terse=True)
    return release.get("PRETTY_NAME", release.get("NAME", UNKNOWN))


def _virtualisation() -> str:
    """Return a hint: the hypervisor's name where the firmware tells, and whether in a container."""
    says = []
    flags = next((x for x in _text("/proc/cpuinfo").splitlines() if x.startswith("flags")), "")
    if "hypervisor" in flags.split():
        vendor = _line("/sys/class/dmi/id/sys_vendor")
        says.append("virtual machine" if vendor == UNKNOWN else f"virtual machine ({vendor})")
    if any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv")):
        says.append("container")
    return ", ".join(says) or "none seen"


def _cgroups() -> str:
    if Path("/sys/fs/cgroup/cgroup.controllers").exists():
        return "2"
    controllers = ("cpuacct", "memory")
    if any(Path("/sys/fs/cgroup", name).exists() for name in controllers):
        return "1 and 2" if Path("/sys/fs/cgroup/unified").exists() else "1"
    return UNKNOWN


def _line(path: str) -> str:
    return _text(path).strip() or UNKNOWN


def _text(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
