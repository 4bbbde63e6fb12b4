"""The figure of what response time costs: CPU per answered request against p95, case by case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from reports.digest.cases import Case, Trials, footnote
from reports.digest.cells import common_unit, number, over_sessions, spread_cell
from reports.digest.measures import response_p95, searched
from reports.digest.uses import cpu_per_request, total
from reports.figures.reasons import unmeasured
from reports.terms.figure import Field, Figure, Shape, Spot
from reports.terms.numbers import SPACE, Spread, Unit, middle_text
from reports.terms.page import Cell, Group, Head, Row, Table
from reports.terms.text import joined, listed, shortened

FEWEST = 2
cost = partial(total, cpu_per_request)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A stack with its CPU seconds per answered request and its p95 in seconds, over sessions."""

    trials: Trials
    cost: Spread
    p95: Spread
    front: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The stacks of a case that can be set side by side, their units, and who is left out."""

    case: Case
    places: tuple[Place, ...]
    cost: Unit
    p95: Unit
    left_out: str


def trade_off(found: Sequence[Case]) -> Figure | None:
    """Return CPU per answered request against p95 of response for each case under a common load;
    None where no case has two stacks to set side by side.
    """
    scenes = [scene for case in found if not searched(case) and (scene := _scene(case))]
    if not scenes:
        return None
    return Figure(
        key="trade-off",
        shape=Shape.TRADE_OFF,
        title="What response time costs: CPU per answered request against response p95",
        takeaway=joined(
            "Less is better on both axes; a mark is the median over sessions, its lines reach from "
            "the least to the greatest. On the dashed front are the stacks that no other betters "
            "in both.",
            _says(scenes),
            footnote({t.stack: t.records for s in scenes for t in s.case.trials}),
        ),
        fields=tuple(_field(scene) for scene in scenes),
        table=_table(scenes),
    )


def _scene(case: Case) -> Scene | None:
    """Return the stacks of a case; None for fewer than two."""
    places, left_out = list[Place](), list[str]()
    for trials in case.trials:
        why = _why_not(trials)
        used, p95 = over_sessions(trials, cost), over_sessions(trials, response_p95)
        if not why and used and p95:
            places.append(Place(trials=trials, cost=used, p95=p95))
        else:
            left_out.append(f"{trials.title} ({why or 'CPU time or response is not known'})")
    if len(places) < FEWEST:
        return None
    shown = [place.trials for place in places]
    return Scene(
        case=case,
        places=tuple(replace(place, front=_unbeaten(place, places)) for place in places),
        cost=common_unit(shown, [cost]),
        p95=common_unit(shown, [response_p95]),
        left_out=f"Left out: {'; '.join(left_out)}." if left_out else "",
    )


def _why_not(trials: Trials) -> str:
    """Say why a stack was not measured or may not be set beside others; empty where it may."""
    return unmeasured(trials) or shortened(trials.unranked(timed=True))


def _unbeaten(place: Place, places: Sequence[Place]) -> bool:
    """Tell whether no other is as good in both by the medians, and better in one."""
    mine = (place.cost.middle, place.p95.middle)
    others = ((other.cost.middle, other.p95.middle) for other in places)
    return not any(x <= mine[0] and y <= mine[1] and (x, y) != mine for x, y in others)


def _field(scene: Scene) -> Field:
    return Field(
        title=f"{scene.case.title}, {scene.case.short}",
        x_title="CPU per answered request",
        y_title="Response p95",
        x_unit=scene.cost.sign,
        y_unit=scene.p95.sign,
        spots=tuple(_spot(scene, place) for place in scene.places),
        left_out=scene.left_out,
    )


def _spot(scene: Scene, place: Place) -> Spot:
    x, y = scene.cost.size, scene.p95.size
    return Spot(
        name=place.trials.title,
        slot=place.trials.slot,
        x=place.cost.middle / x,
        y=place.p95.middle / y,
        x_range=(place.cost.low / x, place.cost.high / x),
        y_range=(place.p95.low / y, place.p95.high / y),
        front=place.front,
        text=f"CPU{SPACE}{_text(place.cost, scene.cost)}, p95{SPACE}{_text(place.p95, scene.p95)}",
    )


def _text(over: Spread, unit: Unit) -> str:
    return f"{middle_text(over, unit)}{SPACE}{unit.sign}"


def _says(scenes: Sequence[Scene]) -> str:
    """Say who is on the front of each case, those with the same front together."""
    by_front = dict[str, list[str]]()
    for scene in scenes:
        front = listed([place.trials.title for place in scene.places if place.front])
        by_front.setdefault(front, []).append(f"{scene.case.title}, {scene.case.short}")
    if len(by_front) == 1:
        return f"By the medians these are: {next(iter(by_front))}."
    said = (f"{front} ({'; '.join(cases)})" for front, cases in by_front.items())
    return f"By the medians these are: {'; '.join(said)}."


def _table(scenes: Sequence[Scene]) -> Table:
    return Table(
        caption="CPU per answered request against response p95",
        corner="Stack",
        heads=(Head(text="CPU per request"), Head(text="Response p95"), Head(text="On the front")),
        groups=tuple(
            Group(
                title=f"{scene.case.title}, {scene.case.short}",
                rows=tuple(_row(scene, place) for place in scene.places),
                note=scene.left_out,
            )
            for scene in scenes
        ),
        note="Median, least and greatest of one value per session.",
    )


def _row(scene: Scene, place: Place) -> Row:
    cells = (
        _with_unit(place.cost, scene.cost),
        _with_unit(place.p95, scene.p95),
        number("yes" if place.front else "no"),
    )
    return Row(label=place.trials.title, slot=place.trials.slot, cells=cells)


def _with_unit(over: Spread, unit: Unit) -> Cell:
    """Return a cell that names its unit, which may differ from case to case."""
    cell = spread_cell(over, unit, "not measured")
    (line,) = cell.lines
    return replace(cell, lines=(replace(line, text=f"{line.text}{SPACE}{unit.sign}"),))
