"""Binaries that are installed on this machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from harness.contract import OnPath
from harness.errors import LaunchFailed
from harness.launch.provided import Provided

SYSTEM = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def find(source: OnPath) -> Provided | None:
    """Return the binary from the folders `also` (the highest version first), else from PATH."""
    root = Path("/")
    also = [str(f) for pattern in source.also for f in root.glob(pattern.lstrip("/"))]
    folders = sorted(also, key=_by_number, reverse=True)
    path = os.pathsep.join([*folders, os.environ.get("PATH", ""), SYSTEM])
    found = shutil.which(source.binary, path=path)
    if found is None:
        return None
    binary = _beside_its_companions(Path(found).absolute())
    owner = _package(binary)
    name = f"{binary} ({owner})" if owner else str(binary)
    return Provided(binary=binary, root="", source=name, version=owner.partition(" ")[2])


def obstacle(source: OnPath) -> str:
    """Say that it is not there: what is installed is never fetched."""
    return f"no {source.binary} on PATH" + "".join(f", nor in {folder}" for folder in source.also)


def fetch(source: OnPath) -> Provided:
    """Refuse: raises LaunchFailed."""
    raise LaunchFailed(obstacle(source))


def describe(source: OnPath) -> str:
    """Name the source for people."""
    return f"{source.binary} on PATH"


def mend(source: OnPath) -> str:
    """Say what to do: which package holds it is not known here."""
    return f"install {source.binary}, so that it is on PATH"


def _beside_its_companions(found: Path) -> Path:
    """Follow a link to the folder where the program's own tools are, unless it changes the name
    (one binary that serves under several).
    """
    real = found.resolve()
    return real if real.name == found.name else found


def _by_number(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


def _package(binary: Path) -> str:
    """Return the Debian package and version that installed the binary, "" where unknown."""
    try:
        said = subprocess.run(
            ["dpkg-query", "--search", str(binary)], capture_output=True, text=True, check=True
        ).stdout
        package = said.partition(":")[0]
        shown = subprocess.run(
            ["dpkg-query", "--show", "--showformat=${Package} ${Version}", package],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return shown.stdout
