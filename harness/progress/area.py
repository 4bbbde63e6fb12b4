"""What stands still at the foot of a terminal during a run: a bar with the time left, the stage
under way with its own, and the interim numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.text import Text

from harness.progress.interim import Case
from harness.progress.pace import Pace, clock, span
from harness.progress.table import lines
from reports.terms.text import plain, shortened

BAR_MOST, BAR_LEAST = 30, 8
OTHER_LINES = 5
"""Bar, stage, the cursor's own line, and two that are left to what was said last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stage under way: its word, on what, how many seconds are planned for it, and its start."""

    name: str
    text: str
    planned_s: float | None
    began: float

    def clock(self, now: float) -> str:
        """Say how long it will take yet, or how long it has taken if that is not known."""
        since = now - self.began
        if self.planned_s is None:
            return f"for {span(since)}"
        if since <= self.planned_s:
            return f"about {span(self.planned_s - since)} left"
        return f"{span(since - self.planned_s)} longer than planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The interim numbers to show: cases in their order, and sessions so far of how many."""

    cases: tuple[Case, ...] = ()
    so_far: int = 0
    sessions: int = 0

    @property
    def title(self) -> str:
        """Say that these are no result."""
        return f"Interim numbers, not a result: sessions so far {self.so_far} of {self.sessions}"


@dataclass(slots=True, kw_only=True)
class Area:
    """A rich renderable. Its parts are frozen and replaced as a whole, because another thread draws
    them; lines of the table are drawn anew only where they or the terminal's size have changed.
    """

    now: Callable[[], float]
    pace: Pace
    stage: Stage | None = None
    told: Snapshot = field(default_factory=Snapshot)
    drawn: tuple[tuple[Snapshot, int, int], list[list[Segment]]] | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width, now = options.max_width, self.now()
        yield _bar(self.pace, now, width, ascii_only=options.ascii_only)
        if self.stage is not None:
            yield _stage(self.stage, now, width)
        for line in self._table(console, options):
            yield from line
            yield Segment.line()

    def table(self, width: int, height: int) -> list[Text]:
        """Return the lines of the interim numbers."""
        return lines(self.told.cases, self.told.title, width=width, height=height)

    def _table(self, console: Console, options: ConsoleOptions) -> list[list[Segment]]:
        height = options.size.height - OTHER_LINES
        key = (self.told, options.max_width, height)
        if self.drawn is None or self.drawn[0] != key:
            found = [
                segments
                for line in self.table(options.max_width, height)
                for segments in console.render_lines(line, options, pad=False)
            ]
            self.drawn = (key, found)
        return self.drawn[1]


def _bar(pace: Pace, now: float, width: int, *, ascii_only: bool) -> Text:
    """Return the bar and the times; on a narrow terminal the times alone, what is left first."""
    elapsed = f"{clock(pace.elapsed_s(now))} elapsed"
    if not pace.expected_s:
        return _line(Text(elapsed), width)
    share, left = pace.share(now), f"about {clock(pace.left_s(now))} left"
    said = f"  {share * 100:.0f} %  {elapsed}, {left}"
    cells = min(BAR_MOST, width - len(said))
    if cells < BAR_LEAST:
        return _line(Text(f"{left}, {elapsed}"), width)
    full = round(share * cells)
    done, rest = ("#", "-") if ascii_only else ("━", "─")
    return Text.assemble((done * full, "bar.complete"), (rest * (cells - full), "bar.back"), said)


def _stage(stage: Stage, now: float, width: int) -> Text:
    text = plain(shortened(stage.text, width)).replace("\t", " ")
    said = Text.assemble((stage.name, "bold"), f", {stage.clock(now)}: ", (text, "dim"))
    return _line(said, width)


def _line(text: Text, width: int) -> Text:
    text.no_wrap = True
    text.truncate(width, overflow="ellipsis")
    return text
