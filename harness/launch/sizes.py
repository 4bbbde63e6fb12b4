"""How much room on disk the program of a component takes, and what was counted for that."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from harness.launch.cache import cache_folder
from harness.launch.provided import Provided

KIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Bytes on disk, and of what, in a few words."""

    total: int
    text: str


def size_of(provided: Provided) -> Size:
    """Return the size of what was unpacked for the component, and of its program if that is
    elsewhere: of the package that it belongs to.

    A Java or Python that runs it counts where it is a program of its own: what only links to the
    machine's one does not count that. Nor does what installed packages depend on.
    """
    parts = [_unpacked(Path(provided.root))] if provided.root else []
    if not provided.root or not provided.binary.is_relative_to(provided.root):
        parts.append(_program(provided.binary))
    return Size(
        total=sum(part.total for part in parts), text=" and ".join(part.text for part in parts)
    )


@cache
def _unpacked(root: Path) -> Size:
    """Return the size of a folder, each file once however often it is linked."""
    seen = {(s.st_dev, s.st_ino): s.st_blocks * 512 for s in _files(root)}
    return Size(total=sum(seen.values()), text=f"all of {_named(root)}")


@cache
def _program(binary: Path) -> Size:
    """Return the size of what a program came in: an entry of the cache, a package, or a file."""
    real = binary.resolve()
    if real.is_relative_to(cache_folder()):
        return _unpacked(cache_folder() / real.relative_to(cache_folder()).parts[0])
    if package := _package(real):
        return package
    return Size(total=real.stat().st_size, text=f"the file {binary.name} alone")


def _files(root: Path) -> Iterator[os.stat_result]:
    for folder, _, names in os.walk(root):
        for name in names:
            yield os.lstat(Path(folder) / name)


def _named(root: Path) -> str:
    """Return a name for a folder of the cache without where the cache is."""
    if root.is_relative_to(cache_folder()):
        return f"{root.relative_to(cache_folder()).parts[0]} in the cache"
    return root.name


def _package(program: Path) -> Size | None:
    """Return the installed size of the Debian package that owns a file, None if none does."""
    owner = _asked("--search", str(program)).partition(":")[0]
    said = _asked("--show", "--showformat=${Package} ${Installed-Size}", owner) if owner else ""
    name, _, kib = said.partition(" ")
    if not kib.isdigit():
        return None
    return Size(total=int(kib) * KIB, text=f"the installed Debian package {name}")


def _asked(*words: str) -> str:
    try:
        return subprocess.run(
            ["dpkg-query", *words], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
