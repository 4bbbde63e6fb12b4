"""What the audit counted while a component stood alone: lost, duplicates, hits, how well it ranked.

Kinds are those of its scenario. One whose name ends with `_milli` is a level in thousandths, all
others are amounts, which add up over sessions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.records import Record, Status
from reports.digest.cases import Case, Trials
from reports.digest.cells import missing, spread_line
from reports.terms.numbers import ONE, SECOND, Spread, middle_text, share, spread
from reports.terms.page import Cell, Group, Line, Row

COUNTED = "What the audit counted"
LEVEL = "_milli"
HITS, MISSES = "hits", "misses"


def counted_group(case: Case) -> Group:
    """Return a row for each kind that was counted, and how long it took to come back after a kill;
    no rows for stacks, whose books the audit compares with what clients were told.
    """
    rows = list[Row]()
    if case.alone:
        kinds = {kind: None for t in case.trials for r in _good(t) for kind in r.counted}
        rows += [_row(case, kind) for kind in kinds]
        if {HITS, MISSES} <= set(kinds):
            rows.append(Row(label="Hit share", cells=tuple(_hit_cell(t) for t in case.trials)))
    if any(recovery(t) for t in case.trials):
        cells = tuple(t.blank() or _recovery_cell(t) for t in case.trials)
        rows.append(Row(label="Back after being killed", unit=SECOND.sign, cells=cells))
    note = "Counted at the server over all slices, warm-up included; sums over sessions."
    return Group(title=COUNTED, rows=tuple(rows), note=note)


def recovery(trials: Trials) -> Spread | None:
    """Return the time from a deliberate kill to the first answer; None when none was killed."""
    return spread([r.recovery_s for r in _good(trials) if r.recovery_s is not None])


def counted_lines(record: Record) -> tuple[Line, ...]:
    """Return what was counted in one trial, a line for each kind."""
    lines = [Line(text=f"{_value(kind, number)} {name_of(kind)}") for kind, number in _of(record)]
    if HITS in record.counted and MISSES in record.counted:
        lines.append(Line(text=f"hit share {_hit_share([record.counted])}"))
    if record.recovery_s is not None:
        lines.append(Line(text=f"back {record.recovery_s:.2f} s after being killed"))
    return tuple(lines)


def name_of(kind: str) -> str:
    """Return a kind as words."""
    return kind.removesuffix(LEVEL).replace("_", " ")


def _good(trials: Trials) -> list[Record]:
    return [record for record in trials.records if record.status is Status.OK]


def _of(record: Record) -> Sequence[tuple[str, int]]:
    return tuple(record.counted.items())


def _row(case: Case, kind: str) -> Row:
    cells = tuple(t.blank() or _cell(t, kind) for t in case.trials)
    return Row(label=name_of(kind).capitalize(), cells=cells)


def _cell(trials: Trials, kind: str) -> Cell:
    found = [record.counted[kind] for record in _good(trials) if kind in record.counted]
    if not found:
        return missing("not counted")
    if kind.endswith(LEVEL):
        over = spread([number / 1_000 for number in found])
        return Cell(lines=(spread_line(over, ONE),)) if over else missing("not counted")
    return Cell(lines=(Line(text=f"{sum(found):,}"),))


def _value(kind: str, number: int) -> str:
    if kind.endswith(LEVEL):
        over = spread([number / 1_000])
        return middle_text(over, ONE) if over else ""
    return f"{number:,}"


def _hit_cell(trials: Trials) -> Cell:
    found = [r.counted for r in _good(trials) if {HITS, MISSES} <= set(r.counted)]
    blank = trials.blank()
    if blank or not found:
        return blank or missing("not counted")
    return Cell(lines=(Line(text=_hit_share(found)),))


def _hit_share(found: Sequence[Mapping[str, int]]) -> str:
    hits = sum(one[HITS] for one in found)
    return share(hits, hits + sum(one[MISSES] for one in found))


def _recovery_cell(trials: Trials) -> Cell:
    over = recovery(trials)
    return Cell(lines=(spread_line(over, SECOND),)) if over else missing("not killed")
