"""Start processes that end with bakeoff, from the one thread that lives as long as it does."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from harness.launch.affinity import kept_to

NOBODY = 65_534


@cache
def _thread() -> ThreadPoolExecutor:
    """Return the thread that starts all processes.

    The kernel sends the parent-death signal when the *thread* that started the child ends
    (prctl(2)), so a thread of a pool that comes and goes would kill what it started.
    """
    return ThreadPoolExecutor(1, thread_name_prefix="spawn")


def spawn(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    log: Path,
    unprivileged: bool,
    cpus: tuple[int, ...],
    note: Callable[[int], None],
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, its output added to `log`; `note` gets its pid.

    It runs on `cpus` only (none: all), as nobody if `unprivileged` and bakeoff is root, and is
    killed by the kernel when bakeoff ends, where the system has the tools for that.
    """
    as_nobody: dict[str, Any] = {}
    if unprivileged and os.geteuid() == 0:
        as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []}

    def start() -> subprocess.Popen[bytes]:
        with log.open("ab") as output, kept_to(cpus):
            process = subprocess.Popen(
                [*_before(), *command],
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=0o022,
                **as_nobody,
            )
        note(process.pid)
        return process

    return _thread().submit(start).result()


def limits() -> dict[str, str]:
    """Return what this machine can enforce on processes, for the record."""
    return {
        "cpu affinity": "of every thread, set when all is ready and verified",
        "memory limit": "none: native processes share the machine's memory",
        "parent death": "setpriv" if shutil.which("setpriv") else "none: bakeoff clean removes",
    }


def _before() -> list[str]:
    """Return the command that sets limits and then becomes the server.

    Not preexec_fn: it may deadlock in a program with threads.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []
