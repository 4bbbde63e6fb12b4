"""Calibrate: a stack against itself, and against itself slowed by a known amount -> how far this
machine's verdicts can be trusted.

Every session has all sides at once: the stack, the stack again, and the stack with its app slowed
by shares of the processor time that a request costs it. Resampling sessions tells how often a gate
of so many would alarm; groups of sessions in the order of time, none used twice, show it without
any assumption.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.config import Gate
from harness.contract import Component, Role, Stack
from harness.errors import UsageError
from harness.gate import Sides, judgement, rule_of
from harness.pairs import Series, series
from harness.records import Record
from harness.stats.comparison import Comparison, compare
from harness.stats.looks import Looks
from harness.stats.power import Hypothesis, resampled_gate

SCHEMA = 1
SLOWDOWNS = (0.05, 0.10, 0.20)
NUMBERS = (8, 10, 12, 16, 20, 24, 30)  # and those of the plan
SEED = 1
SMALL = 0.05
"""Slowdowns up to this are looked for with half the margins: a change as large as the margin is
called only half the time.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """By how much one metric of an arm differs from the stack: the ratio with its 95 % interval
    (`high` is None where sessions are too few for one), and the robust standard deviation of its
    sessions' log-ratios.
    """

    metric: str
    part: str
    ratio: float
    low: float
    high: float | None
    spread: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """What gates of `sessions` come to, with `load_s` seconds of load on both sides together.

    `alarms` is the share of resampled gates that call the arm worse; of `groups` groups of sessions
    in time order `alarmed` did. `scale` multiplies the plan's margins.
    """

    sessions: int
    scale: float
    load_s: float
    alarms: float
    equivalent: float
    groups: int
    alarmed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One side against the stack: `injected` is the share by which its app was slowed, in
    `burn_us` microseconds of CPU per request.
    """

    name: str
    injected: float
    burn_us: float
    shifts: tuple[Shift, ...]
    powers: tuple[Power, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What `bakeoff calibrate` found on a machine: `facts` and `fingerprint` are the run's,
    `app_cpu_s` the CPU seconds that a request costs the app.
    """

    schema: int
    run: str
    made_at: str
    stack: str
    launcher: str
    facts: Mapping[str, str]
    fingerprint: str
    sessions: int
    app_cpu_s: float
    alpha: float
    margins: Mapping[str, float]
    arms: tuple[Arm, ...]


def slowed(stack: Stack, name: str, burn_us: float) -> Stack:
    """Return the stack under another name, its app burning so much CPU for every request.

    Raises UsageError for a stack whose app has no such knob.
    """
    parts = tuple(_burning(part, burn_us) for part in stack.components)
    if burn_us and parts == stack.components:
        raise UsageError(
            f"{stack.name} cannot be calibrated: none of its apps has the setting burn_us"
        )
    return replace(stack, name=name, components=parts)


def sides(
    stack: Stack, app_cpu_s: float, slowdowns: Sequence[float] = SLOWDOWNS
) -> dict[str, tuple[float, Stack]]:
    """Return every side by name with the share by which it is slowed: itself, itself again, and
    the slowed ones.
    """
    found = {stack.name: (0.0, stack)}
    again = f"{stack.name}-again"
    found[again] = (0.0, replace(stack, name=again))
    for share in slowdowns:
        name = f"{stack.name}-slower-{share * 100:g}"
        found[name] = (share, slowed(stack, name, share * app_cpu_s * 1e6))
    return found


def app_cost(records: Sequence[Record], stack: Stack) -> float:
    """Return the CPU seconds that a request costs the stack's apps, over all of its trials.

    Raises UsageError when nothing was measured.
    """
    apps = {part.name for part in stack.components if part.role is Role.APP}
    mine = (r.measurement for r in records if r.key.stack == stack.name)
    measured = [m for m in mine if m and m.counts.answered]
    spent = sum(u.cpu_s for m in measured for u in m.components if u.name in apps)
    answered = sum(m.counts.answered for m in measured)
    if not spent:
        raise UsageError(f"{stack.name} cannot be calibrated: the CPU of its app was not measured")
    return spent / answered


def arms(
    records: Sequence[Record],
    stack: Stack,
    injected: Mapping[str, float],
    gate: Gate,
    app_cpu_s: float,
) -> tuple[Arm, ...]:
    """Judge every side but the stack itself; `injected` is by name."""
    return tuple(
        Arm(
            name=name,
            injected=share,
            burn_us=share * app_cpu_s * 1e6,
            shifts=tuple(_shifts(series(records, stack.name, name))),
            powers=tuple(_powers(records, stack, name, share, gate)),
        )
        for name, share in injected.items()
        if name != stack.name
    )


def _shifts(found: Sequence[Series]) -> Iterator[Shift]:
    for one in found:
        rule = rule_of(one.metric.name, SMALL)
        told: Comparison = compare(one.sessions, rule, seed=SEED)
        yield Shift(
            metric=one.metric.name,
            part=one.metric.part,
            ratio=told.ratio,
            low=told.low,
            high=told.high if math.isfinite(told.high) else None,
            spread=told.spread,
        )


def _powers(
    records: Sequence[Record], stack: Stack, name: str, share: float, gate: Gate
) -> Iterator[Power]:
    scale = 0.5 if 0 < share <= SMALL else 1.0
    margins = {metric: margin * scale for metric, margin in gate.margins.items()}
    found = series(records, stack.name, name)
    most = max((len(s.sessions) for s in found), default=0)
    tested = [
        Hypothesis(
            sessions=s.sessions,
            rule=rule_of(s.metric.name, margins[s.metric.name]),
            family=s.metric.name,
            decides=not s.metric.part,
        )
        for s in found
        if len(s.sessions) == most and s.metric.name in margins
    ]
    for number in sorted({*NUMBERS, *gate.looks}):
        try:
            looks = Looks(sessions=(number,), alpha=gate.alpha)
        except UsageError:
            continue  # so few sessions can never alarm
        if not tested or number > most:
            continue
        shares = resampled_gate(tested, looks, seed=SEED, flip=not share)
        once = gate.model_copy(update={"looks": (number,), "margins": margins})
        groups = list(_groups(records, number))
        names = Sides(baseline=stack.name, again=f"{stack.name}-again", candidate=name)
        alarmed = sum(bool(judgement(group, names, once, 1).regressions) for group in groups)
        yield Power(
            sessions=number,
            scale=scale,
            load_s=number * _load_s(records, (stack.name, name)),
            alarms=shares.worse,
            equivalent=shares.equivalent,
            groups=len(groups),
            alarmed=alarmed,
        )


def _groups(records: Sequence[Record], number: int) -> Iterator[list[Record]]:
    """Yield the records of so many sessions at a time, in order."""
    sessions = sorted({r.key.session for r in records})
    for start in range(0, len(sessions) - number + 1, number):
        chosen = set(sessions[start : start + number])
        yield [r for r in records if r.key.session in chosen]


def _load_s(records: Sequence[Record], names: Sequence[str]) -> float:
    """Return the mean seconds of alternating load per session, of these sides together."""
    mine = [r for r in records if r.key.stack in names and r.measurement]
    total = sum(
        s.duration_s
        for r in mine
        for s in (r.measurement.slices if r.measurement else ())
        if not s.warmup and not s.confirm
    )
    return total / max(1, len({r.key.session for r in mine}))


def _burning(part: Component, burn_us: float) -> Component:
    if part.role is not Role.APP or not hasattr(part, "burn_us"):
        return part
    changed: Component = replace(part, burn_us=burn_us)  # type: ignore[call-arg]
    return changed
