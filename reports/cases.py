"""Records put in order: one case for each scenario and load, and in it the trials of each stack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.records import ComponentUse, Measurement, Record, Run, Status
from reports.page import Cell, Line, State
from reports.text import counted, isolated, shortened


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """The trials of one stack in one case, by session. `slot` is the stack's place among colours.

    Only trials that ended well are in `measured`. `unasked` says why there are no records.
    """

    stack: str
    title: str
    slot: int
    records: tuple[Record, ...]
    unasked: str

    @property
    def measured(self) -> tuple[Measurement, ...]:
        """Return the measurements that count."""
        return tuple(r.measurement for r in self.records if r.status is Status.OK and r.measurement)

    @property
    def components(self) -> tuple[ComponentUse, ...]:
        """Return the stack's components as the first measurement lists them."""
        return self.measured[0].components if self.measured else ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return why trials failed or were skipped, each reason once."""
        return tuple(dict.fromkeys(r.reason for r in self.records if r.status is not Status.OK))

    def blank(self) -> Cell | None:
        """Return the cell that stands for a number when no trial ended well, else None."""
        if self.measured:
            return None
        if not self.records:
            return Cell(
                lines=(Line(text="not run"),),
                state=State.MISSING,
                note=self.unasked,
            )
        failed = any(r.status is Status.FAILED for r in self.records)
        return Cell(
            lines=(Line(text="failed" if failed else "skipped"),),
            state=State.FAILED if failed else State.SKIPPED,
            note="; ".join(shortened(reason) for reason in self.reasons),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One scenario under one load, and what each stack did in it."""

    key: str
    title: str
    load: str
    trials: tuple[Trials, ...]

    @property
    def records(self) -> tuple[Record, ...]:
        """Return all records of the case."""
        return tuple(record for trials in self.trials for record in trials.records)

    @property
    def measured(self) -> tuple[Trials, ...]:
        """Return the stacks that have at least one measurement that counts."""
        return tuple(trials for trials in self.trials if trials.measured)

    def how(self) -> str:
        """Say how load arrived, in words."""
        first = self.records[0]
        if first.model == "open":
            return f"{first.rate:g} requests/s on a schedule that waits for nothing (open load)"
        return f"{counted(first.users, 'user')}, each waiting for answers (closed load)"


def composed(run: Run, name: str) -> str:
    """Return the name of a stack and what it is made of, safe within a sentence."""
    return ": ".join(isolated(part) for part in (name, run.titles.get(name, "")) if part)


def stacks_of(records: Sequence[Record]) -> tuple[str, ...]:
    """Return the stacks by name, so that each has the same colour on every page about them."""
    return tuple(sorted({record.key.stack for record in records}))


def cases(run: Run, records: Sequence[Record]) -> tuple[Case, ...]:
    """Return the cases in order of scenario and load."""
    stacks = stacks_of(records)
    pairs = sorted({(record.key.scenario, record.key.load) for record in records}, key=_natural)
    return tuple(
        Case(
            key=f"case-{number}",
            title=isolated(scenario),
            load=load,
            trials=tuple(
                Trials(
                    stack=stack,
                    title=isolated(stack),
                    slot=slot,
                    records=_records(records, scenario, load, stack),
                    unasked=run.skips.get(f"{stack} on {scenario}", "no trial was recorded"),
                )
                for slot, stack in enumerate(stacks)
            ),
        )
        for number, (scenario, load) in enumerate(pairs, start=1)
    )


def _records(records: Sequence[Record], scenario: str, load: str, stack: str) -> tuple[Record, ...]:
    found = (
        r for r in records if (r.key.scenario, r.key.load, r.key.stack) == (scenario, load, stack)
    )
    return tuple(sorted(found, key=lambda record: record.key.session))


def _natural(pair: tuple[str, str]) -> tuple[str, float, str]:
    """Order by scenario, then by the number that the load begins with."""
    scenario, load = pair
    first = load.partition(" ")[0]
    try:
        return scenario, float(first), load
    except ValueError:
        return scenario, 0.0, load
