"""Another revision of the repository that bakeoff is called in, as files in a folder of its own."""

from __future__ import annotations

import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.errors import EnvironmentFault, UsageError
from harness.launch.cleanup import scratch_folder

GIT_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """A revision's files: `folder` holds them, `commit` is its full hash, `label` what to call it.

    The working tree has the hash of the commit that it is based on, and says so in its label.
    """

    folder: Path
    commit: str
    label: str


def working_tree(folder: Path) -> Checkout:
    """Return the repository that `folder` is in, as it is now; raises UsageError outside of one."""
    top = Path(_git(folder, "rev-parse", "--show-toplevel"))
    commit = _git(top, "rev-parse", "HEAD")
    changed = " with changes" if _git(top, "status", "--porcelain") else ""
    return Checkout(folder=top, commit=commit, label=f"{commit[:12]}{changed}")


def revision_of(folder: Path) -> str:
    """Return what the repository that `folder` is in stands at; empty outside of one."""
    try:
        return working_tree(folder).label
    except (UsageError, EnvironmentFault):
        return ""


@contextmanager
def checkout(of: Checkout, reference: str) -> Iterator[Checkout]:
    """Have the files of another revision for as long as the context lasts.

    The repository itself is not touched. Submodules and large files kept elsewhere are not among
    them. Raises UsageError for a reference that does not exist, with how to fetch it.
    """
    try:
        commit = _git(
            of.folder, "rev-parse", "--verify", "--end-of-options", f"{reference}^{{commit}}"
        )
    except UsageError as error:
        raise UsageError(
            f"there is no revision {reference!r} in {of.folder}; a shallow clone, as CI makes it, "
            f"has only its own: git fetch origin {reference}"
        ) from error
    with scratch_folder("revision") as scratch:
        archive = scratch / "files.tar"
        _git(of.folder, "archive", "--format=tar", f"--output={archive}", commit)
        folder = scratch / "files"
        with tarfile.open(archive) as files:
            files.extractall(folder, filter="data")
        archive.unlink()
        yield Checkout(folder=folder, commit=commit, label=f"{reference} ({commit[:12]})")


def _git(folder: Path, *arguments: str) -> str:
    """Run git in `folder` and return what it said; raises UsageError when it refuses."""
    try:
        done = subprocess.run(
            ("git", "-C", str(folder), *arguments),
            capture_output=True,
            text=True,
            check=False,
            timeout=GIT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentFault(f"git cannot be run in {folder}: {error}") from error
    if done.returncode:
        raise UsageError(f"git {arguments[0]} in {folder}: {done.stderr.strip() or 'it failed'}")
    return done.stdout.strip()
