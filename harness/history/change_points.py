"""Change points of trends, by Apache Otava in an environment and process of its own.

The method is that of Hunter (Fleming et al., ICPE 2023): e-divisive splits in windows, merged by
t-tests (harness/history/detect.py). Otava pins versions of NumPy and SciPy that bakeoff does not
have, so it is never imported.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.contract import Virtualenv
from harness.errors import EnvironmentFault, SchemaError
from harness.history.neighbours import persistence
from harness.history.trend import LEAST_RUNS, Change, History, Part, Trend, Value
from harness.launch import virtualenvs
from harness.launch.provision import provide
from harness.serial import from_json

FOLDER = Path(__file__).parent
OTAVA = Virtualenv(lock=FOLDER / "otava.lock")
WINDOW, PVALUE = 50, 0.001
DETECTION_S = 300.0
QUOTED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What Otava says of one change point: the new level begins at `index`, with both means."""

    index: int
    before: float
    after: float
    pvalue: float


def at_hand() -> bool:
    """Tell whether the environment is in the cache already."""
    return virtualenvs.find(OTAVA) is not None


def long_enough(history: History) -> tuple[Trend, ...]:
    """Return the trends of at least ten runs, in order."""
    every = (trend for of in history.stacks for trend in of.trends)
    return tuple(trend for trend in every if len(trend.values) >= LEAST_RUNS)


def with_changes(history: History, least: Mapping[str, float]) -> History:
    """Return the history with the change points of every trend of at least ten runs.

    `least` is the relative change that matters, by the metric's name. Raises EnvironmentFault when
    the environment cannot be had or Otava fails.
    """
    long = long_enough(history)
    if not long:
        return replace(history, unsearched=f"change points need at least {LEAST_RUNS} runs")
    python = provide("Apache Otava", (OTAVA,)).binary
    found = iter(_detected(python, [(t.ratios, least[t.metric.name]) for t in long]))
    return replace(
        history,
        stacks=tuple(
            replace(
                of,
                trends=tuple(
                    searched(trend, next(found)) if len(trend.values) >= LEAST_RUNS else trend
                    for trend in of.trends
                ),
            )
            for of in history.stacks
        ),
    )


def searched(trend: Trend, points: Sequence[Point]) -> Trend:
    """Return the trend with what was found in it."""
    steps = [point.index for point in points]
    edges = (0, *steps, len(trend.values))
    changes = (
        _change(point, trend.values, edges[number], edges[number + 2])
        for number, point in enumerate(points)
    )
    return replace(
        trend,
        searched=True,
        changes=tuple(changes),
        persistence=persistence(trend.ratios, steps),
    )


def _change(point: Point, values: Sequence[Value], begin: int, end: int) -> Change:
    """Return a change point between the levels from `begin` and up to `end`."""
    last, first = values[point.index - 1], values[point.index]
    return Change(
        index=point.index,
        run=first.run,
        started_at=first.started_at,
        revision=first.revision,
        before=point.before,
        after=point.after,
        runs_before=point.index - begin,
        runs_after=end - point.index,
        size=point.after / point.before - 1,
        pvalue=point.pvalue,
        parts=_exchanged(last.parts, first.parts),
    )


def _exchanged(
    then: Mapping[str, Part], now: Mapping[str, Part]
) -> dict[str, tuple[Part | None, Part | None]]:
    both = {name: (then.get(name), now.get(name)) for name in sorted({*then, *now})}
    return {name: pair for name, pair in both.items() if pair[0] != pair[1]}


def _detected(
    python: Path, series: Sequence[tuple[Sequence[float], float]]
) -> tuple[tuple[Point, ...], ...]:
    """Have Otava look at series, each with the least change that matters."""
    asked = {
        "window_len": WINDOW,
        "max_pvalue": PVALUE,
        "series": [{"values": list(v), "min_magnitude": least} for v, least in series],
    }
    said = _run(python, json.dumps(asked, allow_nan=False))
    try:
        return from_json(tuple[tuple[Point, ...], ...], json.loads(said))
    except (ValueError, SchemaError) as error:
        raise EnvironmentFault(f"Apache Otava's answer cannot be read: {error}") from error


def _run(python: Path, asked: str) -> str:
    try:
        done = subprocess.run(
            [str(python), "-I", "-B", str(FOLDER / "detect.py")],
            input=asked,
            capture_output=True,
            text=True,
            timeout=DETECTION_S,
            check=False,
        )
    except OSError as error:
        raise EnvironmentFault(f"{python} cannot be run: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise EnvironmentFault(f"Apache Otava took more than {DETECTION_S:g} s") from error
    if done.returncode:
        last = "\n".join(done.stderr.strip().splitlines()[-QUOTED:])
        raise EnvironmentFault(f"Apache Otava failed (exit code {done.returncode}):\n{last}")
    return done.stdout
