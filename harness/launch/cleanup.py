"""What launches leave behind when bakeoff itself is killed, and how it is found and removed.

Each launch writes a note into the state folder before it starts anything, and adds each process
as it starts it. A note whose writer is gone is a leftover. Processes are known by pid and start
time, by their session, and by a mark in their environment; containers and networks by a label.
Nothing else is ever touched.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import platformdirs

from harness.errors import LaunchFailed
from harness.launch.identity import Identity, boot, family, identity, marked

LABEL = "bakeoff.run"
MARK = "BAKEOFF_LAUNCH"
PREFIX = "bakeoff-"
GONE_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """The note of one launch: who started it, its scratch folder, its processes.

    `engine` tells whether it may have containers, labelled `bakeoff.run=<id>`.
    """

    id: str
    owner: Identity
    boot: str
    stack: str
    scratch: Path
    engine: bool
    processes: list[Identity] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock, repr=False)

    def add(self, pid: int) -> None:
        """Note a process that was just started."""
        with self.lock:
            if who := identity(pid):
                self.processes.append(who)
                self.write()

    def write(self) -> None:
        """Write the note, whole or not at all."""
        note = {
            "id": self.id,
            "owner": self.owner,
            "boot": self.boot,
            "stack": self.stack,
            "scratch": str(self.scratch),
            "engine": self.engine,
            "processes": self.processes,
        }
        part = _path(self.id).with_suffix(".part")
        part.write_text(json.dumps(note))
        part.replace(_path(self.id))

    def end(self) -> None:
        """Remove the scratch folder and the note: nothing is left of this launch."""
        if self.scratch.name.startswith(PREFIX):
            shutil.rmtree(self.scratch, ignore_errors=True)
        _path(self.id).unlink(missing_ok=True)


def state_folder() -> Path:
    """Return $BAKEOFF_STATE, else the user's state folder; raises LaunchFailed without a home."""
    if chosen := os.environ.get("BAKEOFF_STATE"):
        return Path(chosen).absolute()
    try:
        return platformdirs.user_state_path("bakeoff")
    except RuntimeError as error:
        raise LaunchFailed(f"{error}; or set BAKEOFF_STATE to a folder") from error


def begin(stack: str, *, engine: bool) -> Launch:
    """Make the scratch folder and the note of a new launch; raises LaunchFailed."""
    owner = identity(os.getpid())
    try:
        state_folder().mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{stack}-"))
        # Others may pass through to the folder that is theirs, but not look around.
        scratch.chmod(0o711)
        launch = Launch(
            id=secrets.token_hex(8),
            owner=owner or (os.getpid(), ""),
            boot=boot(),
            stack=stack,
            scratch=scratch,
            engine=engine,
        )
        launch.write()
    except OSError as error:
        raise LaunchFailed(
            f"cannot write {error.filename}: {error.strerror}; set BAKEOFF_STATE and TMPDIR to "
            "folders that you may write"
        ) from error
    return launch


@contextmanager
def scratch_folder(purpose: str) -> Iterator[Path]:
    """Lend a folder that is removed at the end, by `clean` if bakeoff is killed before it."""
    launch = begin(purpose, engine=False)
    try:
        yield launch.scratch
    finally:
        launch.end()


def leftovers(owner: Identity | None = None) -> tuple[Launch, ...]:
    """Return the launches whose bakeoff is gone (of `owner` alone if given), oldest first."""
    notes = sorted(state_folder().glob("*.json"), key=_written)
    found = [_read(path) for path in notes]
    return tuple(
        launch
        for launch in found
        if launch and not _owned(launch) and owner in (None, launch.owner)
    )


def clean(owner: Identity | None = None) -> tuple[str, ...]:
    """Remove all leftovers (of `owner` alone if given); return a sentence for each launch that
    says what was removed.

    Raises LaunchFailed when containers may be left and no engine answers.
    """
    return tuple(_remove(launch) for launch in leftovers(owner))


def kill(who: Iterable[Identity]) -> int:
    """Kill processes that still are who they were, wait for their end, return how many."""
    killed = []
    for pid, started in who:
        if identity(pid) == (pid, started):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed.append((pid, started))
    deadline = time.monotonic() + GONE_S
    while any(identity(pid) == (pid, s) for pid, s in killed) and time.monotonic() < deadline:
        time.sleep(0.01)
    return len(killed)


def _remove(launch: Launch) -> str:
    ended = kill(_processes(launch)) if launch.boot == boot() else 0
    removed = 0
    if launch.engine:
        from harness.launch import engine  # noqa: PLC0415 - costs a third of a second

        removed = engine.remove_labelled(f"{LABEL}={launch.id}")
    launch.end()
    return (
        f"{launch.stack} ({launch.id}): ended {ended} processes, removed {removed} containers and "
        f"networks, and {launch.scratch}"
    )


def _processes(launch: Launch) -> list[Identity]:
    """Return what is left of a launch: its processes with their families, and marked ones.

    When a leader is gone its pid cannot be given to another process while its session has
    members, so a session of that number whose leader is a stranger is not ours.
    """
    leaders = [pid for pid, started in launch.processes if identity(pid) in (None, (pid, started))]
    kin = [who for who in family(leaders) if _bears_trace(who[0], launch)]
    ours = [who for who in launch.processes if identity(who[0]) == who]
    descendants = family(pid for pid, _ in ours)
    return sorted({*ours, *descendants, *kin, *marked(f"{MARK}={launch.id}")})


def _bears_trace(pid: int, launch: Launch) -> bool:
    """Tell whether a member of an orphaned session works in the launch's folder."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink().is_relative_to(launch.scratch)
    except OSError:
        return False


def _owned(launch: Launch) -> bool:
    return launch.boot == boot() and identity(launch.owner[0]) == launch.owner


def _read(path: Path) -> Launch | None:
    try:
        note = json.loads(path.read_text())
        return Launch(
            id=note["id"],
            owner=(int(note["owner"][0]), str(note["owner"][1])),
            boot=note["boot"],
            stack=note["stack"],
            scratch=Path(note["scratch"]),
            engine=note["engine"],
            processes=[(int(pid), str(started)) for pid, started in note["processes"]],
        )
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _written(path: Path) -> float:
    """Return when a note was written, 0 when it has been removed meanwhile."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _path(name: str) -> Path:
    return state_folder() / f"{name}.json"
