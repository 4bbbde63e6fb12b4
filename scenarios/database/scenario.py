"""YCSB's core workloads on a table of messages: one scenario for each, with the same rows."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from harness.contract import Acknowledged, ComponentScenario, Effects, Subject
from harness.errors import ContractBroken
from scenarios.audit import contradictions
from scenarios.database.messages import fault, message
from scenarios.database.stores import PRODUCTS, opened
from scenarios.database.workloads import INSERT, WORKLOADS, Workload
from scenarios.passages import source

ROWS = 60_000
READ_BACK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Database(ComponentScenario):
    """Workload A on `rows` messages of a kilobyte; the other workloads extend it."""

    name: ClassVar[str] = "database"
    title: ClassVar[str] = "Database: half reads, half updates (YCSB A)"
    workload: ClassVar[Workload] = WORKLOADS["a"]
    components: ClassVar[frozenset[str]] = PRODUCTS
    crashable: ClassVar[bool] = True
    effects: ClassVar[Sequence[Effects]] = (Effects(endpoint=INSERT, stores={"messages": 1}),)
    locustfile: ClassVar[Path] = Path(__file__).with_name("locustfile.py")
    rows: int = ROWS

    def prepare(self, subject: Subject, seed: int) -> Mapping[str, object]:
        """Make the table anew and fill it; return {"workload", "rows", "seed"}."""
        text = source(seed)
        with opened(subject, "loading") as table:
            table.create()
            table.load(message(text, key) for key in range(self.rows))
        return {"workload": self.workload.letter, "rows": self.rows, "seed": seed}

    def verify(self, subject: Subject, data: Mapping[str, object]) -> None:
        """Count the rows, and read back the first, the last and some in between in full."""
        rows, seed = int(str(data["rows"])), int(str(data["seed"]))
        some = random.Random(seed).sample(range(rows), min(rows, READ_BACK))
        with opened(subject, "verifying") as table:
            if (found := table.count()) != rows:
                raise ContractBroken(f"{subject.name}: loaded {rows} messages, counted {found}")
            for key in (0, rows - 1, *some):
                if wrong := fault(source(seed), key, table.read(key)):
                    raise ContractBroken(f"{subject.name}: message {key} as loaded: {wrong}")

    def count(self, subject: Subject, data: Mapping[str, object]) -> Mapping[str, int]:
        """Count the messages."""
        del data
        with opened(subject, "counting") as table:
            return {"messages": table.count()}

    def audit(self, acknowledged: Acknowledged) -> tuple[str, ...]:
        """Each insert is a message more; reads and updates are none."""
        return contradictions(self.effects, acknowledged)


class DatabaseB(Database):
    """Workload B."""

    name: ClassVar[str] = "database-b"
    title: ClassVar[str] = "Database: 95 % reads, 5 % updates (YCSB B)"
    workload: ClassVar[Workload] = WORKLOADS["b"]


class DatabaseC(Database):
    """Workload C."""

    name: ClassVar[str] = "database-c"
    title: ClassVar[str] = "Database: reads only (YCSB C)"
    workload: ClassVar[Workload] = WORKLOADS["c"]


class DatabaseD(Database):
    """Workload D."""

    name: ClassVar[str] = "database-d"
    title: ClassVar[str] = "Database: 95 % reads of the newest, 5 % inserts (YCSB D)"
    workload: ClassVar[Workload] = WORKLOADS["d"]


class DatabaseF(Database):
    """Workload F."""

    name: ClassVar[str] = "database-f"
    title: ClassVar[str] = "Database: half reads, half read-modify-writes (YCSB F)"
    workload: ClassVar[Workload] = WORKLOADS["f"]


SCENARIO = Database()
BY_HAND = Database(rows=ROWS // 10)
SCENARIO_B = DatabaseB()
SCENARIO_C = DatabaseC()
SCENARIO_D = DatabaseD()
SCENARIO_F = DatabaseF()
