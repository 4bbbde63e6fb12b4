"""Records put in order: one case for each scenario, load and tier of durability, and in it the
trials of each stack, or of each component that stood alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.records import ComponentUse, Measurement, Record, Run, Status
from harness.stats.summary import generator_limited, unranked
from reports.terms.page import Cell, Line, State
from reports.terms.text import REASON, counted, isolated, listed, shortened

STAR = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """The trials of one stack in one case, by session. `slot` is the stack's place among colours.

    The title of one with a stand-in ends with an asterisk. Only trials that ended well are in
    `measured`. `unasked` says why there are no records.
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

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """Say which parts are not the products that they are named after."""
        return stand_ins(self.records)

    @property
    def limited(self) -> str:
        """Say why throughput is the load generator's; one session in which it was is enough."""
        good = [generator_limited(r) for r in self.records if r.status is Status.OK]
        reasons = [reason for reason in good if reason]
        if not reasons:
            return ""
        sessions = counted(len(good), "session")
        return f"in {len(reasons)} of {sessions}; {isolated(reasons[0], REASON)}"

    def unranked(self, *, timed: bool) -> str:
        """Say why it must not be set beside others (`timed`: in throughput or latency), or nothing;
        one session with a reason is enough.
        """
        good = (unranked(r, timed=timed) for r in self.records if r.status is Status.OK)
        return next((reason for reason in good if reason), "")

    @property
    def alone(self) -> bool:
        """Whether this is a component that stood alone, not a stack."""
        return is_alone(self.records)

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
    """One scenario under one load at one tier of durability, and what each stack did in it.

    `load` names load and tier, and is part of every caption: tiers are never in one table. `short`
    leaves out the tier where the whole run has only one.
    """

    key: str
    title: str
    load: str
    short: str
    trials: tuple[Trials, ...]

    @property
    def alone(self) -> bool:
        """Whether all that was measured are components that stood alone."""
        return bool(self.measured) and all(trials.alone for trials in self.measured)

    @property
    def footnote(self) -> str:
        """Say what the asterisks mean; empty when there are none."""
        return footnote({t.stack: t.records for t in self.trials})

    @property
    def records(self) -> tuple[Record, ...]:
        """Return all records of the case."""
        return tuple(record for trials in self.trials for record in trials.records)

    @property
    def measured(self) -> tuple[Trials, ...]:
        """Return the stacks that have at least one measurement that counts."""
        return tuple(trials for trials in self.trials if trials.measured)

    def how(self) -> tuple[str, str]:
        """Say how much load arrived, and in which way."""
        first = self.records[0]
        if any(record.capacity for record in self.records):
            return "each stack", " at the highest rate that kept its objective (open load)"
        if first.model == "open":
            return f"{first.rate:g} requests/s", " on a schedule that waits for nothing (open load)"
        return counted(first.users, "user"), ", each waiting for answers (closed load)"


def stacks_of(records: Sequence[Record]) -> tuple[str, ...]:
    """Return the stacks by name, so that each has the same colour on every page about them."""
    return tuple(sorted({record.key.stack for record in records}))


def cases(run: Run, records: Sequence[Record]) -> tuple[Case, ...]:
    """Return the cases in order of scenario and load."""
    places = sorted({(r.key.scenario, r.key.load, r.tier) for r in records}, key=_natural)
    tiers = {record.tier for record in records}
    return tuple(
        Case(
            key=f"case-{number}",
            title=isolated(scenario),
            load=_load(load, tier),
            short=load if len(tiers) == 1 else _load(load, tier),
            trials=tuple(
                Trials(
                    stack=stack,
                    title=starred(stack, [r for r in records if r.key.stack == stack]),
                    slot=slot,
                    records=_records(records, (scenario, load, tier), stack),
                    unasked=run.skips.get(f"{stack} on {scenario}", "no trial was recorded"),
                )
                for slot, stack in _columns(run, records, scenario)
            ),
        )
        for number, (scenario, load, tier) in enumerate(places, start=1)
    )


def _load(load: str, tier: str) -> str:
    return f"{load}, durability {tier or 'not known'}"


def stand_ins(records: Sequence[Record]) -> tuple[str, ...]:
    """Say which components in these records are not the products that they are named after."""
    found = {
        f"{isolated(part.name)} is {part.stand_in}": None
        for record in records
        for part in (record.measurement.components if record.measurement else ())
        if part.stand_in
    }
    return tuple(found)


def starred(stack: str, records: Sequence[Record]) -> str:
    """Return the name of a stack, with an asterisk when one of its parts is a stand-in."""
    return f"{isolated(stack)}{STAR if stand_ins(records) else ''}"


def footnote(records: Mapping[str, Sequence[Record]]) -> str:
    """Say what the asterisks behind the names of these stacks mean; empty when there are none."""
    said = [
        f"{'' if is_alone(found) else f'{isolated(stack)}: '}{listed(list(texts))}"
        for stack, found in records.items()
        if (texts := stand_ins(found))
    ]
    return f"{STAR} A stand-in, not the product itself. {'; '.join(said)}." if said else ""


def is_alone(records: Sequence[Record]) -> bool:
    """Tell whether these are trials of a component that stood alone."""
    parts = {
        tuple(part.name for part in record.measurement.components)
        for record in records
        if record.measurement
    }
    return parts == {(record.key.stack,) for record in records}


def _columns(run: Run, records: Sequence[Record], scenario: str) -> Iterator[tuple[int, str]]:
    """Yield the stacks that a scenario was meant for, with their place among colours.

    Components that stand alone have scenarios of their own, stacks have no part in those.
    """
    stacks = stacks_of(records)
    lone = {name for name in stacks if is_alone([r for r in records if r.key.stack == name])}
    tried = {r.key.stack for r in records if r.key.scenario == scenario}
    for slot, name in enumerate(stacks):
        whole = name not in lone and not tried & lone
        if name in tried or f"{name} on {scenario}" in run.skips or whole:
            yield slot, name


def _records(
    records: Sequence[Record], place: tuple[str, str, str], stack: str
) -> tuple[Record, ...]:
    found = (
        r for r in records if (r.key.scenario, r.key.load, r.tier) == place and r.key.stack == stack
    )
    return tuple(sorted(found, key=lambda record: record.key.session))


def _natural(place: tuple[str, str, str]) -> tuple[str, float, str, str]:
    """Order by scenario, then by the number that the load begins with."""
    scenario, load, tier = place
    first = load.partition(" ")[0]
    try:
        return scenario, float(first), load, tier
    except ValueError:
        return scenario, 0.0, load, tier
