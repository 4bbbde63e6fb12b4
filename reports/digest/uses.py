"""What components used, and the rows that show it: a sum per stack, then a row for each role."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from harness.records import ComponentUse, Measurement
from reports.digest.cases import Case, Trials
from reports.digest.cells import Measure, number_row, over_sessions, spread_line
from reports.digest.doubts import Marks
from reports.terms.numbers import last_place
from reports.terms.page import Cell, Line, Row, State

MODEL_SERVER = "llm"
WITHIN = "not known: a library within the load generator"
ROLES = ("gateway", "frontend", "app", "worker", "database", "cache", "queue", "search")
Use = Callable[[ComponentUse, Measurement], float | None]


def cpu_per_request(use: ComponentUse, measurement: Measurement) -> float | None:
    """Return CPU seconds of a component for each answered request, None when none was answered."""
    answered = measurement.counts.answered
    return use.cpu_s / answered if answered else None


def memory_peak(use: ComponentUse, measurement: Measurement) -> float:
    """Return the peak memory of a component in bytes."""
    del measurement
    return use.memory_peak


def total(use: Use, measurement: Measurement) -> float | None:
    """Return the sum over a stack's components without the model server.

    None if one is unknown, or if all of them are libraries within the load generator.
    """
    own = [c for c in measurement.components if c.role != MODEL_SERVER]
    if not any(c.memory_peak or c.cpu_s for c in own):
        return None
    values = [use(c, measurement) for c in own]
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def of_component(name: str, use: Use, measurement: Measurement) -> float | None:
    """Return the value of the component called `name`, None if this trial has none."""
    found = (use(c, measurement) for c in measurement.components if c.name == name)
    return next(found, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class UseRows:
    """The rows of one use of a case; components show no digit finer than the least sum does."""

    case: Case
    use: Use
    measure: Measure
    marks: Marks

    def rows(self) -> tuple[Row, ...]:
        """Return the sum, then a row for each role that a stack fills, the model server last."""
        if not self.case.measured:
            return ()
        trials = self.case.trials
        value = partial(total, self.use)
        label = "The component" if self.case.alone else "Sum"
        rows = [number_row(replace(self.measure, label=label), trials, value, self.marks)]
        if self.case.alone:
            return tuple(rows)
        for role in _roles(trials):
            label = "model server" if role == MODEL_SERVER else role
            cells = tuple(t.blank() or self._cell(t, role) for t in trials)
            unit = self.measure.unit.sign
            rows.append(Row(label=label.capitalize(), unit=unit, cells=cells))
        return tuple(rows)

    def _cell(self, trials: Trials, role: str) -> Cell:
        """Return the values of the components that fill a role, one line for each."""
        parts = [c for c in trials.components if c.role == role]
        if not parts:
            return Cell(lines=(Line(text="no such part"),), state=State.ABSENT)
        return Cell(lines=tuple(self._line(trials, part) for part in parts))

    def _line(self, trials: Trials, part: ComponentUse) -> Line:
        over = over_sessions(trials, partial(of_component, part.name, self.use))
        unit, tag = self.measure.unit, "stand-in" if part.stand_in else ""
        if over is None:
            return Line(text=self.measure.why, label=part.name, tag=tag)
        return replace(spread_line(over, unit, self._finest()), label=part.name, tag=tag)

    def _finest(self) -> int:
        sums = (over_sessions(t, partial(total, self.use)) for t in self.case.measured)
        return min(last_place(s.middle / self.measure.unit.size) for s in sums if s)


def _roles(trials: Sequence[Trials]) -> list[str]:
    """Return the roles that any stack fills, in their usual order."""
    found = {c.role for t in trials for c in t.components}
    others = sorted(found - set(ROLES) - {MODEL_SERVER})
    last = [MODEL_SERVER] if MODEL_SERVER in found else []
    return [role for role in ROLES if role in found] + others + last
