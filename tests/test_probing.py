"""The slices of probes and of the curve."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

import pytest

from harness.probing import CURVE, FIRST_BLOCK, curve_slices, probe_slices
from harness.stats.capacity import Step

STEPS = {"a": Step(rate=100.0, thorough=False), "b": Step(rate=40.0, thorough=True)}


def test_each_stack_is_probed_at_its_own_rate_and_length() -> None:
    """Two short trials, or three that are twice as long."""
    slices = [s for s in probe_slices(STEPS, probe_s=3.0, seed=1) if not s.warmup]
    seen = Counter((s.stack, s.duration_s, s.stages[0].rate) for s in slices)

    assert seen == {("a", 3.0, 100.0): 2, ("b", 6.0, 40.0): 3}


def test_probes_take_turns() -> None:
    """Each block holds a stack once, in a random order that the seed fixes."""
    steps = {name: Step(rate=10.0, thorough=True) for name in "abcd"}
    slices = probe_slices(steps, probe_s=1.0, seed=7)
    blocks = [[s.stack for s in part] for _, part in groupby(slices, key=lambda s: s.block)]

    assert all(sorted(block) == list("abcd") for block in blocks)
    assert len({tuple(block) for block in blocks}) > 1
    assert slices == probe_slices(steps, probe_s=1.0, seed=7)


def test_the_curve_ascends_and_ends_in_half_the_load_after_an_overload() -> None:
    """Without a pause between the two."""
    slices = [
        s
        for s in curve_slices({"a": 100.0}, probe_s=3.0, seed=1, beyond=frozenset("a"))
        if not s.warmup
    ]

    assert [s.stages[0].rate for s in slices[:-1]] == pytest.approx([100 * c for c in CURVE])
    assert [s.block - FIRST_BLOCK for s in slices] == list(range(len(CURVE) + 1))
    assert [stage.rate for stage in slices[-1].stages] == [130.0, 50.0]


def test_nobody_is_loaded_past_a_limit_that_is_the_generators() -> None:
    """Its capacity is not known."""
    slices = curve_slices({"a": 100.0}, probe_s=3.0, seed=1, beyond=frozenset())

    assert max(stage.rate for s in slices for stage in s.stages) == 100.0
