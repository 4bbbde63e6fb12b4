"""Open slices whose rate changes in the middle, and what follows an overload."""

from dataclasses import replace

import pytest

from harness.drive import drive
from harness.drive.job import Stage
from harness.drive.results import Outcome
from harness.errors import UsageError

STAGES = (Stage(duration_s=0.5, rate=200.0), Stage(duration_s=0.5, rate=40.0))


def staged(plan, stages=STAGES):
    """Return the job with these stages in its first slice."""
    first, *rest = plan.slices
    return replace(plan, slices=(replace(first, stages=stages), *rest))


def test_the_rate_changes_without_a_pause(serve, job):
    """200 a second for half a second, then 40 a second."""
    plan = job(serve().url, model="open", rate=10.0, arrivals="uniform", slices=[(0, 1.0)])
    done = drive(staged(plan))
    since = done.read_samples()["due"] - done.slices[0].start
    assert ((since < 0.5).sum(), (since >= 0.5).sum()) == (100, 20)


def test_slices_without_stages_have_the_rate_of_the_job(serve, job):
    """Each slice has its own."""
    plan = job(
        serve().url, model="open", rate=10.0, arrivals="uniform", slices=[(0, 1.0), (0, 1.0)]
    )
    samples = drive(staged(plan)).read_samples()
    assert [(samples["slice"] == n).sum() for n in (0, 1)] == [120, 10]


def test_stages_must_fill_their_slice(job):
    """Else some of it would be without load."""
    plan = job("http://127.0.0.1:1", model="open", rate=10.0, slices=[(0, 2.0)])
    with pytest.raises(UsageError, match=r"the stages of slice 0 do not add up to its 2 s"):
        staged(plan)


def test_an_overload_ends_with_its_slice(serve, job):
    """What a frozen stack was not sent is not sent in another's slice, nor in its own next one."""
    frozen, other = serve(freeze_at=1), serve()
    plan = job(
        *(frozen.url, other.url),
        model="open", rate=20.0, users=4, drain_s=0.3, slices=[(0, 0.5), (1, 0.5)],
    )  # fmt: skip
    samples = drive(plan).read_samples()
    first, second = (samples[samples["slice"] == n] for n in (0, 1))
    assert set(first["outcome"]) >= {Outcome.UNSENT}
    assert set(second["outcome"]) == {Outcome.ANSWERED}
    assert set(second["stack"]) == {1}
