"""Why a stack has nothing to draw, in a few words."""

from __future__ import annotations

from reports.digest.cases import Trials
from reports.terms.text import shortened


def unmeasured(trials: Trials) -> str:
    """Say that a stack failed, was skipped or not run, and why; empty where it was measured."""
    blank = trials.blank()
    if blank is None:
        return ""
    said = blank.lines[0].text
    return f"{said}: {shortened(blank.note)}" if blank.note else said
