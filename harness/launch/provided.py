"""A binary that was found: where it is and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Provided:
    """A binary on this machine. `root` is where it was unpacked to, "" when it is installed.

    `env` is what it needs to find its libraries; `source` goes into the records.
    """

    binary: Path
    root: str
    source: str
    version: str = ""
    stand_in: str = ""
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def bin(self) -> Path:
        """Return the folder of the binary."""
        return self.binary.parent
