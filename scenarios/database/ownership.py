"""What one writer was told that it wrote, so that it notices when that is lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from scenarios.database.messages import LOADER


@dataclass(slots=True, kw_only=True)
class Own:
    """A writer's acknowledged versions by message.

    Others may overwrite them at any time, so only two things must never be read again: what was
    loaded, and an older version of the writer's own. Where a write was in doubt nothing is known.
    """

    writer: int
    versions: count[int] = field(default_factory=lambda: count(1))
    acknowledged: dict[int, int] = field(default_factory=dict)
    doubtful: set[int] = field(default_factory=set)

    def next(self) -> int:
        """Return the number of the next write."""
        return next(self.versions)

    def wrote(self, key: int, version: int, *, sure: bool) -> None:
        """Note a write that was acknowledged, or one that may or may not have been done."""
        if not sure:
            self.doubtful.add(key)
            self.acknowledged.pop(key, None)
        elif key not in self.doubtful:
            self.acknowledged[key] = version

    def lost(self, key: int, version: int, writer: int) -> str | None:
        """Say what is lost if a message was read that tells this version and writer; or None."""
        mine = self.acknowledged.get(key)
        if mine is None:
            return None
        if writer == LOADER:
            return "an acknowledged update is lost: the message is as it was loaded"
        if writer == self.writer and version < mine:
            return "an acknowledged update is lost: the message has an older version"
        return None
