"""What producers were told and what consumers got, message by message, in a file of lines.

Each line is a letter and a message's id, written at once, so that it is there however the load
generator ends. The broker's own count comes to it afterwards: what was left there.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ACKNOWLEDGED, UNSURE, RECEIVED, LEFT = "A", "U", "R", "L"


def new() -> Path:
    """Return the file of new books; its folder goes when this process ends."""
    folder = Path(tempfile.mkdtemp(prefix="bakeoff-queue-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "books.txt"
    path.touch()
    return path


class Books:
    """Writes one file of books. Several may write to the same one."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)

    def note(self, kind: str, ids: Iterable[str]) -> None:
        """Note messages of a kind."""
        if text := "".join(f"{kind} {one}\n" for one in ids):
            self._file.write(text.encode())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Books as they stand: ids that were acknowledged, ids that may or may not have arrived, and
    how often each was received by a consumer or found left in the broker.
    """

    acknowledged: frozenset[str]
    unsure: frozenset[str]
    taken: Counter[str]

    @property
    def lost(self) -> int:
        """How many were acknowledged and are nowhere."""
        return len(self.acknowledged - self.taken.keys())

    @property
    def duplicates(self) -> int:
        """How many came again after the first time."""
        return self.taken.total() - len(self.taken)

    @property
    def never_sent(self) -> int:
        """How many came that nobody sent."""
        return len(self.taken.keys() - self.acknowledged - self.unsure)


def read(path: Path) -> Read:
    """Read books; a last line that was cut short is left out."""
    by_kind: dict[str, list[str]] = {ACKNOWLEDGED: [], UNSURE: [], RECEIVED: [], LEFT: []}
    for line in path.read_text("ascii").splitlines(keepends=True):
        if line.endswith("\n"):
            by_kind[line[0]].append(line[2:-1])
    return Read(
        acknowledged=frozenset(by_kind[ACKNOWLEDGED]),
        unsure=frozenset(by_kind[UNSURE]),
        taken=Counter(by_kind[RECEIVED] + by_kind[LEFT]),
    )
