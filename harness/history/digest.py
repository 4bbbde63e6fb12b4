"""A run and its records -> what trends need of them, so that many runs fit into memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.comparable import servers
from harness.history.trend import Part
from harness.records import Record, Run, Status
from harness.stats.summary import generator_limited
from harness.stored import Ratios, ratios

NO_BLANK = "not measured beside a blank"
NOT_OK = "no trial of it was ok"
NO_FIGURES = "no session has both it and the blank"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One stack in one run: log-ratios to the blank, and what the stack was made of.

    `missing` says why there are no ratios. Of trials whose speed was the load generator's, only CPU
    is taken; `limited` is how many there were. `blank` are the versions of the blank's server, and
    `stand_ins` what stood in for the stack's own, by component.
    """

    ratios: Ratios
    parts: Mapping[str, Part]
    stand_ins: Mapping[str, str]
    blank: Mapping[str, str]
    missing: str
    limited: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A run, and what it measured by stack."""

    run: Run
    stacks: Mapping[str, Measured]


def digest(run: Run, records: Sequence[Record]) -> Digest:
    """Return what a run says of every stack in it but the blank."""
    blank = str(run.plan.get("blank") or "")
    names = dict.fromkeys(record.key.stack for record in records if record.key.stack != blank)
    return Digest(run=run, stacks={name: _measured(records, name, blank) for name in names})


def _measured(records: Sequence[Record], stack: str, blank: str) -> Measured:
    ok = [record for record in records if record.status is Status.OK and record.measurement]
    mine = [record for record in ok if record.key.stack == stack]
    theirs = [record for record in ok if record.key.stack == blank]
    own = [record for record in mine if not generator_limited(record)]
    untimed = {m: r for m, r in ratios([*mine, *theirs], stack, blank).items() if m.name == "cpu"}
    timed = {m: r for m, r in ratios([*own, *theirs], stack, blank).items() if m.name != "cpu"}
    found = {**untimed, **timed}
    missing = NOT_OK if not mine else NO_BLANK if not theirs else "" if found else NO_FIGURES
    return Measured(
        ratios=found,
        parts={
            use.name: Part(version=use.version, source=use.source)
            for record in mine
            for use in (record.measurement.components if record.measurement else ())
        },
        stand_ins={name: stand_in for (_, name), (_, stand_in) in servers(mine).items()},
        blank={name: version for (_, name), (version, _) in servers(theirs).items()},
        missing=missing,
        limited=len(mine) - len(own),
    )
