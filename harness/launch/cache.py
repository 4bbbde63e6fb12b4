"""The folder where fetched binaries, environments and packages stay, shared by parallel starts."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

from harness.errors import LaunchFailed

DONE = ".complete"


def cache_folder() -> Path:
    """Return $BAKEOFF_CACHE, else /var/cache/bakeoff for root, else the user's cache folder.

    Root's own cache folder would be closed to the servers that root starts as nobody. Raises
    LaunchFailed when the user has no home.
    """
    if chosen := os.environ.get("BAKEOFF_CACHE"):
        return Path(chosen).absolute()
    if os.geteuid() == 0:
        return Path("/var/cache/bakeoff")
    try:
        return platformdirs.user_cache_path("bakeoff")
    except RuntimeError as error:
        raise LaunchFailed(f"{error}; or set BAKEOFF_CACHE to a folder") from error


def key(*parts: str) -> str:
    """Return a short name that is the same only for the same parts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def cached(name: str) -> Path | None:
    """Return the finished entry called `name`, or None."""
    entry = cache_folder() / name
    return entry if (entry / DONE).is_file() else None


def fetched(name: str, fetch: Callable[[Path], None]) -> Path:
    """Return the entry called `name`, which `fetch` fills (an empty folder) if it is not there.

    Whoever comes at the same time waits. An entry counts only when `fetch` came to its end, so a
    fetch that was killed is done again. Raises LaunchFailed when the cache cannot be written.
    """
    entry = cache_folder() / name
    if found := cached(name):
        return found
    try:
        _make_folder(entry.parent)
        with _locked(entry.with_name(entry.name + ".lock")):
            if cached(name) is None:
                shutil.rmtree(entry, ignore_errors=True)
                entry.mkdir()
                entry.chmod(0o755)
                fetch(entry)
                (entry / DONE).touch()
    except OSError as error:
        raise LaunchFailed(
            f"cannot write {error.filename}: {error.strerror}; set BAKEOFF_CACHE to a folder that "
            "you may write"
        ) from error
    return entry


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Let one process or thread at a time do what is called `name`; the others wait."""
    _make_folder(cache_folder())
    with _locked(cache_folder() / f"{name}.lock"):
        yield


def _make_folder(folder: Path) -> None:
    """Make a folder with its parents, which others may pass whatever the caller's umask."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
