"""Virtual environments made of hash-pinned lock files, one for each lock and interpreter."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from pathlib import Path

from harness.contract import Virtualenv
from harness.launch import cache
from harness.launch.fetching import fetch_with
from harness.launch.provided import Provided


def find(source: Virtualenv) -> Provided | None:
    """Return the environment if it is in the cache."""
    entry = cache.cached(_name(source)) if source.lock.is_file() else None
    return _provided(source, entry) if entry else None


def obstacle(source: Virtualenv) -> str:
    """Say why it cannot be made."""
    if not source.lock.is_file():
        return f"there is no {source.lock}"
    missing = [name for name in ("venv", "pip") if importlib.util.find_spec(name) is None]
    return f"this Python lacks {' and '.join(missing)} (Debian: python3-venv)" if missing else ""


def fetch(source: Virtualenv) -> Provided:
    """Make the environment; raises LaunchFailed with what pip said."""
    return _provided(source, cache.fetched(_name(source), lambda entry: _make(source, entry)))


def describe(source: Virtualenv) -> str:
    """Name the source for people."""
    return f"a virtual environment of {'/'.join(source.lock.parts[-3:])}"


def mend(source: Virtualenv) -> str:
    """Return the command that makes what is missing: the lock, or the environment by hand."""
    if not source.lock.is_file():
        return f"pip-compile --generate-hashes -o {source.lock} {source.lock.with_suffix('.in')}"
    return f"{sys.executable} -m venv venv && venv/bin/pip install -r {source.lock}"


def _name(source: Virtualenv) -> str:
    digest = hashlib.sha256(source.lock.read_bytes()).hexdigest()
    return (
        f"venv-{source.lock.parent.parent.name}-{cache.key(digest, sys.version, sys.base_prefix)}"
    )


def _make(source: Virtualenv, entry: Path) -> None:
    """Fill `entry` by this Python's own pip, which also refuses a lock that lacks something."""
    what = describe(source)
    fetch_with([sys.executable, "-m", "venv", "--without-pip", str(entry)], what=what, cwd=entry)
    pip = [sys.executable, "-m", "pip", "--python", str(entry / "bin/python"), "install"]
    fetch_with(
        [*pip, "-q", "--require-hashes", "--only-binary", ":all:", "-r", str(source.lock)],
        what=what,
        cwd=entry,
    )


def _provided(source: Virtualenv, entry: Path) -> Provided:
    digest = hashlib.sha256(source.lock.read_bytes()).hexdigest()[:12]
    return Provided(
        binary=entry / "bin/python",
        root=str(entry),
        source=f"{describe(source)} (sha256 {digest})",
        version=f"Python {sys.version.split()[0]}",
        stand_in=source.stand_in,
    )
