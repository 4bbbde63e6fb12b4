"""How long to warm up and how long slices are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.drive.job import PlannedSlice
from harness.drive.pacing import Window, slice_s, steady, stretched


def _windows(*costs_ms: float, answered: int = 1_000) -> list[Window]:
    return [
        Window(cpu_s=cost * answered / 1e3, answered=answered, p99=0.01, duration_s=1.0)
        for cost in costs_ms
    ]


def _plan(blocks: int, confirms: int = 1) -> list[PlannedSlice]:
    lengths = [1.0, *[0.25] * blocks, *[2.0] * confirms]
    return [
        PlannedSlice(
            index=2 * block + n, block=block, stack=stack, duration_s=seconds,
            warmup=block == 0, confirm=block > blocks, seed=block,
        )
        for block, seconds in enumerate(lengths)
        for n, stack in enumerate(("a", "b"))
    ]  # fmt: skip


def test_five_even_windows_are_steady() -> None:
    """Small scatter around the same cost is a steady state."""
    assert steady(_windows(9.0, 2.02, 1.99, 2.0, 2.03, 1.98))


def test_four_windows_do_not_tell() -> None:
    """Fewer than five windows are never enough."""
    assert not steady(_windows(2.0, 2.0, 2.0, 2.0))


def test_a_falling_cost_is_not_steady() -> None:
    """A trend within the tolerance is still a trend."""
    assert not steady(_windows(2.08, 2.06, 2.04, 2.02, 2.0))


def test_one_window_far_off_is_not_steady() -> None:
    """One of the last five that costs a fifth more says that it goes on."""
    assert not steady(_windows(2.0, 2.0, 2.4, 2.0, 2.0))


def test_few_requests_are_given_their_scatter() -> None:
    """Windows of fifty requests may differ more than those of a thousand."""
    uneven = (2.0, 2.2, 1.9, 2.1, 2.0)
    assert steady(_windows(*uneven, answered=50))
    assert not steady(_windows(*uneven))


def test_what_cannot_be_read_is_not_called_steady() -> None:
    """Without CPU times nobody knows."""
    blind = [Window(cpu_s=None, answered=100, p99=0.01, duration_s=1.0)] * 6
    assert not steady(blind)


@pytest.mark.parametrize(
    ("answered", "p99", "wanted"), [(1_000, 0.01, 0.25), (200, 0.01, 0.5), (1_000, 0.2, 1.0)]
)
def test_a_slice_holds_enough_requests_and_outlasts_the_slow_ones(
    answered: int, p99: float, wanted: float
) -> None:
    """A quarter of a second, a hundred requests, five times p99: the longest of them."""
    last = [Window(cpu_s=1.0, answered=answered, p99=p99, duration_s=1.0)]
    assert slice_s(0.25, last) == pytest.approx(wanted)


def test_the_slowest_stack_sets_the_length_for_all() -> None:
    """Slices of a block are equally long."""
    fast = Window(cpu_s=1.0, answered=1_000, p99=0.01, duration_s=1.0)
    slow = Window(cpu_s=1.0, answered=50, p99=0.01, duration_s=1.0)
    assert slice_s(0.25, [fast, slow]) == pytest.approx(2.0)


@given(blocks=st.integers(1, 64), wanted=st.floats(0.1, 20))
def test_stretching_keeps_blocks_whole_and_never_adds_load(blocks: int, wanted: float) -> None:
    """Each block left has a slice for every stack, all equally long; load does not grow."""
    made = [s for s in stretched(_plan(blocks), wanted) if not s.warmup and not s.confirm]

    assert len({s.duration_s for s in made}) == 1
    assert len(made) == 2 * len({s.block for s in made})
    assert sum(s.duration_s for s in made) <= 2 * blocks * 0.25 + 1e-9
    assert len(made) >= 2 * min(blocks, 4)


def test_stretching_leaves_warm_up_and_confirming_slices() -> None:
    """Only the alternating slices change."""
    plan = _plan(32)
    made = stretched(plan, 0.9)

    assert [s for s in made if s.warmup or s.confirm] == [s for s in plan if s.warmup or s.confirm]
    assert {s.duration_s for s in made if not s.warmup and not s.confirm} == {1.0}
    assert sum(not s.warmup and not s.confirm for s in made) == 2 * 8
