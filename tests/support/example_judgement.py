"""Comparisons, findings and judgements of a gate, with the figures of real ones."""

from __future__ import annotations

from harness.countings import Counting
from harness.gate import Finding, Judgement, Sides
from harness.pairs import HIGHER_IS_BETTER, Metric
from harness.records import Doubt
from harness.stats.comparison import Comparison
from harness.stats.verdict import Answer, Verdict

SIDES = Sides(baseline="primary", again="primary-again", candidate="primary-head")
MARGINS = {"throughput": 0.05, "p50": 0.05, "p95": 0.10, "cpu": 0.05}
HOSTILE = "a|`b`<img src=x>\x1b[2J\x00\u202e]]>&\ud800*x*[y](https://z.test)"


def comparison(percent: float, half: float, sessions: int = 18) -> Comparison:
    """Return a change in per cent, with its interval reaching as far to both sides."""
    ratio, low, high = (1 + p / 100 for p in (percent, percent - half, percent + half))
    return Comparison(
        sessions=sessions,
        pairs=24 * sessions,
        ratio=ratio,
        low=low,
        high=high,
        lower=low,
        upper=high,
        p=0.00002 if percent > half else 0.31,
        p_better=0.00002 if -percent > half else 0.42,
        spread=half / 50,
        pair_spread=half / 12,
        autocorrelation=0.04,
        ratios=(ratio,) * sessions,
    )


def finding(
    name: str,
    percent: float,
    half: float = 1.7,
    answer: Answer = Answer.EQUIVALENT,
    *,
    scenario: str = "chat",
    component: str = "",
    endpoint: str = "",
    more: int | None = None,
    again: float = 0.3,
    distrust: tuple[Doubt, ...] = (),
    doubts: tuple[Doubt, ...] = (),
) -> Finding:
    """Return what one metric says."""
    compared = comparison(percent, half)
    worse = (percent < 0) == (name in HIGHER_IS_BETTER)
    return Finding(
        metric=Metric(
            scenario=scenario, load="8 users", name=name, component=component, endpoint=endpoint
        ),
        margin=MARGINS.get(name, 0.05),
        comparison=compared,
        verdict=Verdict(
            answer=answer,
            direction="worse" if worse else "better",
            p=0.00002 if answer is Answer.DIFFERENT else 0.31,
            more_sessions=more,
        ),
        again=comparison(again, half),
        distrust=distrust,
        doubts=doubts,
    )


def judgement(*findings: Finding, **changes: object) -> Judgement:
    """Return a judgement on these findings, with members replaced as told."""
    size = Counting(
        name="size",
        scenario="",
        part="api",
        baseline=132e6,
        candidate=133.1e6,
        limit=0.1,
        beyond=0.0,
    )
    errors = Counting(
        name="errors",
        scenario="chat",
        part="",
        baseline=0.0,
        candidate=0.0,
        limit=0.001,
        beyond=0.0,
    )
    members: dict[str, object] = {
        "sides": SIDES,
        "sessions": 18,
        "look": 2,
        "looks": 3,
        "findings": findings,
        "counts": (errors, size),
        "faults": (),
    }
    return Judgement(**(members | changes))  # type: ignore[arg-type]
