"""Kill what is under load in the middle of it, and start it again on its data.

Once for each subject of a round, in its first measured slice.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from harness.drive import Progress
from harness.drive.job import Job
from harness.errors import BakeoffError
from harness.launch import PlacedStack


@dataclass(slots=True, kw_only=True)
class Crashes:
    """Follows a drive by its progress; does nothing when `after_s` is 0.

    `again_s` is how long each subject took from the kill to its first answer, `failed` why one did
    not come back.
    """

    job: Job
    placed: Mapping[str, PlacedStack]
    after_s: float
    again_s: dict[str, float] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    threads: list[threading.Thread] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for crashes under way; none begins any more."""
        self.over.set()
        for thread in self.threads:
            thread.join()

    def progress(self, done: Progress) -> None:
        """Arrange the crash that belongs to the slice after the one that is done, if any."""
        later = [one for one in self.job.slices if one.index > done.slice]
        if not self.after_s or not later or later[0].warmup:
            return
        stack = later[0].stack
        if all(thread.name != stack for thread in self.threads):
            thread = threading.Thread(target=self._crash, args=(stack,), name=stack)
            self.threads.append(thread)
            thread.start()

    def _crash(self, stack: str) -> None:
        if self.over.wait(self.after_s):
            return
        placed = self.placed[stack]
        try:
            self.again_s[stack] = placed.components[placed.stack.entry].crash()
        except BakeoffError as error:
            self.failed[stack] = f"killed on purpose, and did not come back: {error}"
