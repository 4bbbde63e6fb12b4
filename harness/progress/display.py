"""The live area on a terminal: when there is one, how it opens, and that it closes.

It is drawn once a second and whenever something is said, by nothing that takes time from the load.
"""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from typing import TextIO, cast

from rich.console import Console
from rich.file_proxy import FileProxy
from rich.live import Live

from harness.progress.area import Area

PER_SECOND = 1


def animated(console: Console) -> bool:
    """Tell whether something may stand still and change there: not where output is kept (a file, a
    pipe, a CI job's log), even if it may have colours, nor on a terminal that cannot move its
    cursor.
    """
    if os.environ.get("CI") or console.is_dumb_terminal or not console.is_interactive:
        return False
    return console.is_terminal and ("FORCE_COLOR" not in os.environ or console.file.isatty())


class Above(FileProxy):
    """A stream whose lines appear above the area. It has an encoding, which the library's own has
    not: without one click takes it for misconfigured, and writes past it.
    """

    encoding = "utf-8"


@dataclass(slots=True, kw_only=True)
class Display:
    """The area on its console. What others write to the terminal meanwhile appears above it."""

    console: Console
    area: Area
    live: Live | None = None
    streams: ExitStack = field(default_factory=ExitStack)

    def open(self) -> None:
        """Begin to show the area; nothing happens where it could not be shown."""
        if self.live is not None or not animated(self.console):
            return
        self.live = Live(
            self.area,
            console=self.console,
            refresh_per_second=PER_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        above = cast("TextIO", Above(self.console, self.console.file))
        try:
            self.streams.enter_context(redirect_stderr(above))
            if sys.stdout.isatty():
                self.streams.enter_context(redirect_stdout(above))
            self.live.start(refresh=True)
        except BaseException:  # whoever enters a context in vain does not leave it
            self.close()
            raise

    def refresh(self) -> None:
        """Show what has changed."""
        if self.live is not None:
            self.live.refresh()

    def close(self) -> None:
        """Take the area away, give the cursor back, and leave the interim numbers behind."""
        if self.live is None:
            return
        try:
            self.live.stop()
        finally:
            self.live = None
            self.streams.close()
            self.console.show_cursor(True)
        size = self.console.size
        for line in self.area.table(size.width, size.height):
            self.console.print(line)
