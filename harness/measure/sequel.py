"""What became of a component that was killed and started again: its account goes on.

Its processes are others then, with counters that begin at zero. Whoever kills it writes a small
file, whose path is in its meter from the start, so that every reader in any process of bakeoff
goes on with the new processes, on top of what the former ones had used.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequel:
    """Where to look now (as Meter.ref; empty while it is down), and what had been used before.

    `orphaned_s` is the part of `cpu_s` of processes that bakeoff was no parent of: it is in no
    counter of bakeoff's own.
    """

    ref: str
    cpu_s: float = 0.0
    written: int = 0
    orphaned_s: float = 0.0


def read_sequel(ref: str, path: str) -> Sequel:
    """Return what is in the file at `path`; while there is none, `ref` is as it was."""
    try:
        text = Path(path).read_text() if path else ""
    except FileNotFoundError:
        text = ""
    return Sequel(**json.loads(text)) if text else Sequel(ref=ref)


def write_sequel(path: str, sequel: Sequel) -> None:
    """Write the file, whole or not at all."""
    part = Path(f"{path}.part")
    part.write_text(json.dumps(asdict(sequel)))
    part.replace(path)
