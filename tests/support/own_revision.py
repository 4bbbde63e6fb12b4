"""A checkout of a third party's stack, and what its components run by."""

from __future__ import annotations

import os

import psutil

from harness.contract import Capability, Ledger, Stack
from harness.launch import Budget
from harness.launch.revision import Revision
from stacks.components.memcached import Memcached

CPU = max(os.sched_getaffinity(0))
ONE = Budget(cpus=(CPU,), world_cpus=(CPU,))
KINDS = ("users", "conversations", "messages", "usage_events")
PROJECT = (
    '[project]\nname = "own"\n[project.entry-points."bakeoff.stacks"]\nown = "ownstack:STACK"\n'
)
OWN = """
from dataclasses import dataclass, replace
from harness.contract import Capability, Ledger, Stack
from stacks.components.memcached import Memcached
from stacks.components.redis import Redis

@dataclass(frozen=True, slots=True, kw_only=True)
class Never(Memcached):
    def process(self, links):
        return replace(Memcached.process(self, links), command=("/bin/sleep", "300"))

STACK = Stack(
    name="own", title="Own", components=({parts}), entry="memcached",
    capabilities=frozenset(Capability),
    ledger=Ledger(component="memcached", statements=dict.fromkeys({kinds}, "")),
)
"""


HERE = Stack(
    name="own-base",
    title="Own",
    components=(Memcached(),),
    entry="memcached",
    capabilities=frozenset(Capability),
    ledger=Ledger(component="memcached", statements=dict.fromkeys(KINDS, "")),
)


def revision(folder, parts="Memcached(memory_mb=33), Redis()", **options):
    """Make a checkout of a third party's stack, and return a launcher of it."""
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "ownstack.py").write_text(OWN.format(parts=parts, kinds=KINDS))
    return Revision(folder=folder, stack="own", label="base", **options)


def leaders(placed, name):
    """Return the pids that the meter of a component names now."""
    return [int(pid) for pid in placed.components[name].meter.now().ref.split(",")]


def command(placed, name):
    """Return the words that a component runs by."""
    return psutil.Process(leaders(placed, name)[-1]).cmdline()
