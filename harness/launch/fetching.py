"""Run a tool that fetches something; its failure becomes a LaunchFailed that quotes it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.errors import LaunchFailed

FETCH_S = 900.0
QUOTED = 12


def fetch_with(
    command: Sequence[str],
    *,
    what: str,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    inherit: bool = True,
) -> str:
    """Run `command` with the caller's environment (proxies, certificates) and return its output;
    with `env` alone where it is not to `inherit` that.

    What it makes can be read by everybody, whatever the caller's umask: root starts servers as
    nobody.
    Raises LaunchFailed naming `what`, with the last lines the tool said.
    """
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**(os.environ if inherit else {}), **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=FETCH_S,
            umask=0o022,
            check=False,
        )
    except FileNotFoundError as error:
        raise LaunchFailed(f"{what}: {command[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise LaunchFailed(f"{what}: {command[0]} took more than {FETCH_S:g} s") from error
    if done.returncode:
        said = "\n".join(done.stdout.strip().splitlines()[-QUOTED:])
        raise LaunchFailed(f"{what} cannot be fetched; {command[0]} said:\n{said}")
    return done.stdout
