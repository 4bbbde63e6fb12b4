"""Numbers for people: units, honest digits, the middle and the range over sessions.

Durations come in seconds and sizes in bytes; this is the only place that converts them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

SIGNIFICANT = 3
FINEST = -99
NEARLY_NONE, NEARLY_ALL = 0.01, 99.99
SPACE = "\u00a0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit by its sign, and its size in the base unit (second, byte, or one)."""

    sign: str
    size: float


MICROSECOND = Unit(sign="µs", size=1e-6)
MILLISECOND = Unit(sign="ms", size=1e-3)
SECOND = Unit(sign="s", size=1.0)
MEBIBYTE = Unit(sign="MiB", size=float(2**20))
PER_SECOND = Unit(sign="1/s", size=1.0)
ONE = Unit(sign="", size=1.0)
OF_A_CORE = Unit(sign="% of a core", size=0.01)
TIMES = (SECOND, MILLISECOND, MICROSECOND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """One value per session, as median, least and greatest; `sessions` says how many."""

    middle: float
    low: float
    high: float
    sessions: int


def spread(values: Sequence[float]) -> Spread | None:
    """Return the median and range of one value per session, or None when none is finite."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return None
    return Spread(middle=median(finite), low=min(finite), high=max(finite), sessions=len(finite))


def time_unit(seconds: Iterable[float]) -> Unit:
    """Return the unit in which the greatest duration has one to three digits before the point."""
    greatest = max((abs(value) for value in seconds if math.isfinite(value)), default=0.0)
    return next((unit for unit in TIMES if rounded(greatest, SECOND) >= unit.size), MICROSECOND)


def rounded(value: float, unit: Unit) -> float:
    """Return `value` in `unit`, rounded to the significant digits that the histograms hold."""
    shown = value / unit.size
    return round(shown, -last_place(shown)) if shown else 0.0


def figure(value: float, unit: Unit, finest: int = FINEST) -> str:
    """Return `value` in `unit` without its sign, to three significant digits.

    No digit is finer than the place 10**finest; what would round to zero says so, as "< 0.01".
    """
    if not math.isfinite(value):
        return "not a number"
    shown = value / unit.size
    place = max(last_place(shown), finest)
    decimals = max(0, -place)
    text = f"{round(shown, -place) + 0.0:,.{decimals}f}"
    hidden = value and not float(text.replace(",", ""))
    return f"< {10.0**place:,.{decimals}f}" if hidden else text


def middle_text(over: Spread, unit: Unit, finest: int = FINEST) -> str:
    """Return the median with no digit that the range over sessions does not support."""
    return figure(over.middle, unit, max(_supported(over, unit), finest))


def range_text(over: Spread, unit: Unit, finest: int = FINEST) -> str:
    """Return "least to greatest" over the sessions, or nothing when there was only one."""
    if over.sessions == 1:
        return ""
    place = max(_supported(over, unit), finest)
    return f"{figure(over.low, unit, place)} to {figure(over.high, unit, place)}"


def measured(value: float, unit: Unit) -> str:
    """Return a number with its unit, kept on one line."""
    return f"{figure(value, unit)}{SPACE}{unit.sign}"


def duration(seconds: float) -> str:
    """Return a duration with the unit that suits it."""
    return measured(seconds, time_unit([seconds]))


def share(part: float, whole: float) -> str:
    """Return a share in per cent that says 0 only for none, and 100 only for all."""
    if not whole:
        return "no share"
    if part in (0, whole):
        return f"{0 if not part else 100}{SPACE}%"
    percent = 100 * part / whole
    if percent < NEARLY_NONE:
        return f"< {NEARLY_NONE}{SPACE}%"
    if percent > NEARLY_ALL:
        return f"> {NEARLY_ALL}{SPACE}%"
    near_an_end = not 1 <= percent <= 99  # noqa: PLR2004 - where the second decimal tells something
    return f"{percent:.{2 if near_an_end else 1}f}{SPACE}%"


def last_place(shown: float) -> int:
    """Return the power of ten of the last of the significant digits of `shown`."""
    if not shown:
        return 0
    first = math.floor(math.log10(abs(shown)))
    place = first - SIGNIFICANT + 1
    if abs(round(shown, -place)) >= 10 ** (first + 1):
        place += 1
    return place


def _supported(over: Spread, unit: Unit) -> int:
    """Return the place of the last digit that makes sense: one below the first of the range."""
    width = (over.high - over.low) / unit.size
    return math.floor(math.log10(width)) - 1 if width > 0 else FINEST
