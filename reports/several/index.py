"""All stored runs on one page: what each was about, how it ended, and where its own page is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.records import Record, Run, Status
from reports.digest.cells import number, words
from reports.tables.setting import when
from reports.terms.page import Block, Cell, Group, Head, Line, Row, Sheet, Table
from reports.terms.text import counted, isolated, listed

HEADS = (
    Head(text="When"),
    Head(text="Plan"),
    Head(text="Launched as"),
    Head(text="Compared"),
    Head(text="Scenarios"),
    Head(text="Sessions"),
    Head(text="Trials that failed"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A run, and the name of its page's file beside the index."""

    run: Run
    page: str
    stacks: tuple[str, ...]
    scenarios: tuple[str, ...]
    sessions: int
    failed: int
    trials: int


def entry(run: Run, records: Sequence[Record], page: str) -> Entry:
    """Return what the index says of a run."""
    return Entry(
        run=run,
        page=page,
        stacks=tuple(sorted({record.key.stack for record in records})),
        scenarios=tuple(sorted({record.key.scenario for record in records})),
        sessions=len({record.key.session for record in records}),
        failed=sum(record.status is Status.FAILED for record in records),
        trials=len(records),
    )


def sheet(entries: Sequence[Entry], made_by: str) -> Sheet:
    """Return the page; the newest run comes first. Runs that may be compared share a group."""
    groups = dict.fromkeys(entry.run.fingerprint for entry in entries)
    table = Table(
        caption="Stored runs",
        corner="Run",
        heads=HEADS,
        groups=tuple(
            Group(
                title=f"Fingerprint {isolated(mark[:12]) or 'not known'}",
                rows=tuple(_row(one) for one in entries if one.run.fingerprint == mark),
            )
            for mark in groups
        ),
        note="Runs of one fingerprint had the same machine, launcher, engine and plan.",
        sortable=True,
    )
    return Sheet(
        title="All stored runs",
        text=f"{counted(len(entries), 'run')}." if entries else "No run is stored yet.",
        blocks=(Block(key="runs", title="Runs", tables=(table,) if entries else ()),),
        made_by=made_by,
    )


def _row(one: Entry) -> Row:
    failed = f"{one.failed:,} of {one.trials:,}"
    names = [isolated(name) for name in one.stacks]
    return Row(
        label=isolated(one.run.id),
        link=one.page,
        cells=(
            Cell(lines=(Line(text=when(one.run)),), prose=True),
            words(isolated(str(one.run.plan.get("name", "")))),
            words(isolated(one.run.launcher)),
            words(listed(names) if names else "nothing"),
            words(listed([isolated(name) for name in one.scenarios]) if one.scenarios else "none"),
            number(f"{one.sessions}"),
            words(failed),
        ),
    )
