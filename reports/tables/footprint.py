"""The table of what each stack takes: to be there, while nobody asks it, and at most under load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.records import ComponentUse, Record, Run
from reports.digest.cases import STAR, footnote, is_alone
from reports.digest.cells import missing, number, spread_cell
from reports.digest.uses import MODEL_SERVER
from reports.tables.composition import groups_of
from reports.terms.numbers import MEBIBYTE, OF_A_CORE, SECOND, SPACE, Unit, figure, spread
from reports.terms.page import Cell, Group, Head, Line, Row, State, Table
from reports.terms.text import joined

HEADS = (
    Head(text="Ready after", unit=SECOND.sign),
    Head(text="Size on disk", unit=MEBIBYTE.sign),
    Head(text="Memory when idle", unit=MEBIBYTE.sign),
    Head(text="CPU when idle", unit=OF_A_CORE.sign),
    Head(text="Memory, peak", unit=MEBIBYTE.sign),
)
RULES = (
    "Medians over sessions; small: least to greatest. Peaks are the greatest of all trials. The "
    "sum leaves out the model server, counts what several parts run from once, and has the slowest "
    "part's time, because parts start side by side."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What the components of one stack were in one session, and in each of its trials."""

    parts: tuple[ComponentUse, ...]
    trials: tuple[tuple[ComponentUse, ...], ...]


def footprint(run: Run, records: Sequence[Record]) -> Table | None:
    """Return for each stack its sum and its components; None when nothing was measured."""
    groups, by_stack = list[Group](), dict[str, Sequence[Record]]()
    for title, found in groups_of(records):
        sessions = _sessions(found)
        if sessions:
            by_stack[found[0].key.stack] = found
            groups.append(Group(title=title, rows=_rows(sessions, alone=is_alone(found))))
    if not groups:
        return None
    most = f"{figure(run.memory_peak, MEBIBYTE)}{SPACE}{MEBIBYTE.sign}"
    together = f"All that was up at once held at most {most} at one instant."
    return Table(
        caption="Ready, size, idle",
        corner="Component",
        heads=HEADS,
        groups=tuple(groups),
        note=joined(RULES, together if run.memory_peak else "", footnote(by_stack)),
    )


def _sessions(records: Sequence[Record]) -> list[Session]:
    by_session: dict[int, list[tuple[ComponentUse, ...]]] = {}
    for record in records:
        if record.measurement and record.measurement.components:
            trials = by_session.setdefault(record.key.session, [])
            trials.append(record.measurement.components)
    return [Session(parts=trials[0], trials=tuple(trials)) for trials in by_session.values()]


def _rows(sessions: Sequence[Session], *, alone: bool) -> tuple[Row, ...]:
    parts = {part.name: part for one in sessions for part in one.parts}
    ordered = sorted(parts.values(), key=lambda part: part.role == MODEL_SERVER)
    rows = tuple(_row(part, sessions) for part in ordered)
    return rows if alone else (_sum(sessions), *rows)


def _row(part: ComponentUse, sessions: Sequence[Session]) -> Row:
    """Return one component; what is a part of its app has nothing of its own."""
    uses = [use for one in sessions for use in one.parts if use.name == part.name]
    trials = (use for one in sessions for trial in one.trials for use in trial)
    peak = max(use.memory_peak for use in trials if use.name == part.name)
    name = f"{part.name}{STAR if part.stand_in else ''}"
    if not part.ready_s and not peak:
        absent = Cell(lines=(Line(text="no process"),), state=State.ABSENT)
        return Row(label=name, cells=(absent,) * len(HEADS))
    return Row(
        label=name,
        cells=(
            _cell([use.ready_s for use in uses], SECOND),
            _cell([use.size for use in uses], MEBIBYTE) if part.size else missing("not known"),
            _cell([use.memory_idle for use in uses], MEBIBYTE),
            _cell([use.idle_cpu for use in uses], OF_A_CORE),
            number(figure(peak, MEBIBYTE)),
        ),
    )


def _sum(sessions: Sequence[Session]) -> Row:
    """Return what a stack takes as a whole, without the model server."""
    own = [_own(one.parts) for one in sessions]
    trials = [_own(trial) for one in sessions for trial in one.trials]
    peak = max(sum(use.memory_peak for use in trial) for trial in trials)
    return Row(
        label="Sum",
        cells=(
            _cell([max((use.ready_s for use in parts), default=0.0) for parts in own], SECOND),
            _cell([_size(parts) for parts in own], MEBIBYTE),
            _cell([sum(use.memory_idle for use in parts) for parts in own], MEBIBYTE),
            _cell([sum(use.idle_cpu for use in parts) for parts in own], OF_A_CORE),
            number(figure(peak, MEBIBYTE)),
        ),
    )


def _cell(values: Sequence[float], unit: Unit) -> Cell:
    """Return one value per session as median and range; what is always the same has no range."""
    different = values if len(set(values)) > 1 else values[:1]
    return spread_cell(spread(different), unit, "not measured")


def _own(parts: Sequence[ComponentUse]) -> list[ComponentUse]:
    return [use for use in parts if use.role != MODEL_SERVER]


def _size(parts: Sequence[ComponentUse]) -> int:
    """Add up sizes, each thing that is run once, also if several parts run from it."""
    return sum({(use.source, use.size_of): use.size for use in parts}.values())
