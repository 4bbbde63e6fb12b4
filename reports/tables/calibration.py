"""A calibration as text: how often a gate would alarm for nothing here, and what it would find."""

from __future__ import annotations

from collections.abc import Iterator

from harness.calibration import Arm, Calibration, Power
from reports.terms.page import Fact

NAME = "Verdicts on this machine"
NONE = "not calibrated: how often a gate alarms for nothing here is not known; bakeoff calibrate"


def told(found: Calibration) -> str:
    """Return what was found, for a terminal."""
    return "\n".join(_lines(found))


def _lines(found: Calibration) -> Iterator[str]:
    yield (
        f"{found.stack} by {found.launcher}, {found.sessions} sessions; a request costs its app "
        f"{found.app_cpu_s * 1e3:.2f} ms of CPU"
    )
    yield ""
    yield "against itself     gate of   load of both   alarms, resampled   alarms, seen"
    for arm in found.arms:
        for power in arm.powers:
            yield _row(arm, power)
        if not arm.powers:
            yield f"{_slowed(arm):18} too few sessions for any verdict"
    yield ""
    yield "change measured, with its 95 % interval and the spread between sessions"
    for arm in found.arms:
        for shift in arm.shifts:
            what = f"{shift.metric} {shift.part}".strip()
            high = "?" if shift.high is None else f"{shift.high - 1:+.1%}"
            yield (
                f"{_slowed(arm):18} {what:28} {shift.ratio - 1:+7.1%}  "
                f"[{shift.low - 1:+.1%}, {high}]  spread {shift.spread:.1%}"
            )


def _row(arm: Arm, power: Power) -> str:
    margins = "" if power.scale == 1 else f"   (margins x {power.scale:g})"
    return (
        f"{_slowed(arm):18} {power.sessions:7d}   {power.load_s:10.0f} s   {power.alarms:17.2%}   "
        f"{power.alarmed:5d} of {power.groups}{margins}"
    )


def _slowed(arm: Arm) -> str:
    return f"app slowed {arm.injected:.0%}" if arm.injected else "unchanged"


def fact(found: Calibration | None) -> Fact:
    """Return what a calibration says of the machine, in a sentence or two, for a report."""
    if found is None:
        return Fact(name=NAME, text=NONE)
    said = [text for arm in found.arms if (text := _said(arm))]
    text = "; ".join(said) or "too few sessions for any verdict"
    made = f"calibrated on {found.made_at[:10]} with {found.stack}, {found.sessions} sessions"
    return Fact(name=NAME, text=f"{made}: {text}")


def _said(arm: Arm) -> str:
    """Return what the longest gate makes of one arm, empty where none was long enough."""
    if not arm.powers:
        return ""
    power = max(arm.powers, key=lambda one: one.sessions)
    share = f"{power.alarms:.1%}".replace("%", " %")
    seen = f"and in {power.alarmed} of {power.groups} in the order of time"
    gate = f"of gates of {power.sessions} sessions, resampled, {share}"
    if not arm.injected:
        return f"{gate} alarm for nothing, {seen}"
    halved = "" if power.scale == 1 else f" with margins x {power.scale:g}"
    return f"{gate} find an app slowed by {arm.injected * 100:g} %{halved}, {seen}"
