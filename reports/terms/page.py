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
    ALARM = "alarm"


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

    `prose` cells hold words rather than numbers and may be long. `place` is the tier that the stack
    has by this number, such as "1st, tied"; `sort` what a column is sorted by, None going last.
    """

    lines: tuple[Line, ...]
    state: State = State.VALUE
    note: str = ""
    marks: tuple[str, ...] = ()
    prose: bool = False
    place: str = ""
    sort: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of a column; `slot` is the stack's place among the colours, None for others."""

    text: str
    unit: str = ""
    slot: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table: its head, the unit of its numbers, and its cells.

    `link` is where the head leads: a file beside the page, empty for nowhere.
    """

    label: str
    cells: tuple[Cell, ...]
    unit: str = ""
    slot: int | None = None
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows that belong together; the title may be empty."""

    title: str
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with its caption; `corner` is the head of the column of row heads.

    Rows of a `sortable` one may be put in another order within their group.
    """

    caption: str
    corner: str
    heads: tuple[Head, ...]
    groups: tuple[Group, ...]
    note: str = ""
    sortable: bool = False


class Told(StrEnum):
    """How much can be said in an answer."""

    DECIDED = "decided"
    INDICATED = "indicated"
    TIED = "tied"
    OPEN = "open"
    FAILED = "failed"
    FINE = "fine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What an answer says of one case: `who` with their colours' `slots`, and by how much.

    `where` names the case and may be empty.
    """

    where: str
    who: str
    slots: tuple[int, ...]
    says: str
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one question: in a few words, and case by case. `link` is the id of what shows
    it on the page, empty where nothing does.
    """

    key: str
    question: str
    head: str
    findings: tuple[Finding, ...]
    link: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One scenario under one load: what came out in sentences, its table and details."""

    key: str
    title: str
    load: str
    sentences: tuple[Fact, ...]
    table: Table
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
class Part:
    """A stack or component that was compared: its title, colour, and what it is made of."""

    name: str
    slot: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything that a report says."""

    run_id: str
    title: str
    subjects: str
    made_of: tuple[Part, ...]
    asked: tuple[Fact, ...]
    caveat: str
    answers: tuple[Answer, ...]
    board: Table | None
    charts: tuple[Figure, ...]
    sections: tuple[Section, ...]
    footprint: Table | None
    components: Table | None
    environment: tuple[Fact, ...]
    plan: str
    durability: tuple[Fact, ...]
    warnings: tuple[Caution, ...]
    not_run: tuple[Fact, ...]
    method: tuple[Fact, ...]
    made_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of a sheet under a heading: words, facts, tables, figures; `folded` away at first."""

    key: str
    title: str
    text: str = ""
    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    folded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page about several runs. `alarm` is what forbids something, and stands above all else."""

    title: str
    text: str
    blocks: tuple[Block, ...]
    made_by: str
    alarm: tuple[str, ...] = ()
