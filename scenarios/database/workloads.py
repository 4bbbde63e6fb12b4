"""YCSB's core workloads, as in the files workloads/workloada to workloadf of
https://github.com/brianfrankcooper/YCSB; E, which scans, is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

READ, UPDATE, INSERT, MODIFY = "read", "update", "insert", "readModifyWrite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Reads, and a `share` of them replaced by something else. `latest`: what was inserted last is
    read most; otherwise popular messages lie anywhere.
    """

    letter: str
    other: Literal["update", "insert", "readModifyWrite"] = "update"
    share: float = 0.0
    latest: bool = False


WORKLOADS: Mapping[str, Workload] = {
    workload.letter: workload
    for workload in (
        Workload(letter="a", share=0.5),
        Workload(letter="b", share=0.05),
        Workload(letter="c"),
        Workload(letter="d", other="insert", share=0.05, latest=True),
        Workload(letter="f", other="readModifyWrite", share=0.5),
    )
}
