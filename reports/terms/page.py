"""What a report says, as pure data: no HTML and no numbers left to format.

A page is made by `reports.model` and shown by `reports.html` and `reports.markdown`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reports.terms.figure import Figure


class State(StrEnum):
    """Why a cell says what it says."""

    VALUE = "value"
    FAILED = "failed"
    SKIPPED = "skipped"
    MISSING = "missing"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One value within a cell: the value and its range over sessions.

    `label` names the component, with a `tag` such as "stand-in"; `mark` is the letter of a doubt.
    """

    text: str
    extent: str = ""
    label: str = ""
    tag: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table: `note` is the reason where there is no value, `marks` letters of doubts.

    `prose` cells hold words rather than numbers and may be long.
    """

    lines: tuple[Line, ...]
    state: State = State.VALUE
    note: str = ""
    marks: tuple[str, ...] = ()
    prose: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of a column; `slot` is the stack's place among the colours, None for others."""

    text: str
    unit: str = ""
    slot: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table: its head, the unit of its numbers, and its cells."""

    label: str
    cells: tuple[Cell, ...]
    unit: str = ""
    slot: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows that belong together; the title may be empty."""

    title: str
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with its caption; `corner` is the head of the column of row heads."""

    caption: str
    corner: str
    heads: tuple[Head, ...]
    groups: tuple[Group, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One scenario under one load: what came out in sentences, its table, charts and details."""

    key: str
    title: str
    load: str
    sentences: tuple[Fact, ...]
    table: Table
    curve: Figure | None
    seconds: Figure | None
    endpoints: Table | None
    errors: Table | None
    sessions: Table
    capacity: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Where a doubt was seen, how often, and with which detail."""

    where: str
    detail: str
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """A doubt that occurred: its letter, short name, how grave it is, meaning, and where it was
    seen.
    """

    mark: str
    label: str
    severity: str
    meaning: str
    seen: tuple[Seen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A name and what there is to say about it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything that a report says."""

    title: str
    asked: tuple[Fact, ...]
    caveat: str
    sections: tuple[Section, ...]
    resources: tuple[Figure, ...]
    footprint: Table | None
    components: Table | None
    environment: tuple[Fact, ...]
    plan: str
    durability: tuple[Fact, ...]
    warnings: tuple[Caution, ...]
    not_run: tuple[Fact, ...]
    method: tuple[Fact, ...]
    made_by: str
