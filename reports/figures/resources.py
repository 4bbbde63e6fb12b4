"""Figures of what stacks used: CPU per request and memory, as bars stacked by component."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from reports.digest.cases import Case, Trials, footnote
from reports.digest.cells import over_sessions
from reports.digest.uses import (
    MODEL_SERVER,
    ROLES,
    Use,
    cpu_per_request,
    memory_peak,
    of_component,
    total,
)
from reports.terms.figure import Bar, BarGroup, Figure, Segment, Shape
from reports.terms.numbers import MEBIBYTE, MILLISECOND, SPACE, Unit, figure, last_place, measured
from reports.terms.text import joined


def resources(found: Sequence[Case]) -> tuple[Figure, ...]:
    """Return the figures for CPU per request and for memory; none when nothing was measured."""
    if not any(case.measured for case in found):
        return ()
    return (
        _figure(
            found,
            "cpu",
            "CPU time per answered request, by component",
            cpu_per_request,
            MILLISECOND,
        ),
        _figure(found, "memory", "Peak memory, by component", memory_peak, MEBIBYTE),
    )


def _figure(found: Sequence[Case], key: str, title: str, use: Use, unit: Unit) -> Figure:
    groups = tuple(
        BarGroup(
            title=f"{case.title}, {case.short}", bars=tuple(_bar(t, use, unit) for t in case.trials)
        )
        for case in found
    )
    return Figure(
        key=key,
        shape=Shape.BARS,
        title=title,
        takeaway=joined(
            "Medians over sessions, without the model server. The numbers with their ranges are in "
            "the tables above.",
            footnote({t.stack: t.records for case in found for t in case.trials}),
        ),
        groups=groups,
        unit=unit.sign,
    )


def _bar(trials: Trials, use: Use, unit: Unit) -> Bar:
    over = over_sessions(trials, partial(total, use))
    if over is None:
        blank = trials.blank()
        note = blank.lines[0].text if blank else "not measured"
        return Bar(name=trials.title, slot=trials.slot, segments=(), text="", note=note)
    return Bar(
        name=trials.title,
        slot=trials.slot,
        segments=tuple(_segments(trials, use, unit, last_place(over.middle / unit.size))),
        text=measured(over.middle, unit),
    )


def _segments(trials: Trials, use: Use, unit: Unit, finest: int) -> list[Segment]:
    """Return the components' medians in the order of their roles."""
    order = {role: place for place, role in enumerate(ROLES)}
    parts = [c for c in trials.components if c.role != MODEL_SERVER]
    segments = list[Segment]()
    for part in sorted(parts, key=lambda c: order.get(c.role, len(order))):
        over = over_sessions(trials, partial(of_component, part.name, use))
        if over is not None:
            name = f"{part.name} (stand-in)" if part.stand_in else part.name
            text = f"{figure(over.middle, unit, finest)}{SPACE}{unit.sign}"
            if not part.memory_peak:
                text = "within the app"  # a library has no process of its own
            value = over.middle / unit.size
            segments.append(Segment(name=name, role=part.role, value=value, text=text))
    return segments
