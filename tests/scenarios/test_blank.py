"""The blank: what the load generator can do, from a server that does nothing."""

import httpx
import pytest

from harness.contract import Acknowledged, Durability, Subject
from harness.drive import drive
from harness.drive.job import Job, PlannedSlice, Target
from harness.drive.results import Outcome
from harness.errors import ContractBroken
from harness.measure.samples import Samples
from scenarios.blank.scenario import SCENARIO
from stacks.components.blank import BODY, Blank


@pytest.fixture
def subject(served):
    """The blank, up and alone."""
    return Subject(name="blank", url=served(Blank()).url, durability=Durability.NONE)


def _told(answered, grown, unsure=0):
    return Acknowledged(
        answered={"ask": answered}, unsure={"ask": unsure} if unsure else {},
        before={"requests": 10}, after={"requests": 10 + grown},
    )  # fmt: skip


def test_every_answer_is_right_and_counted_by_the_server_too(subject, tmp_path):
    """Prepared, verified, driven by users over HTTP; the audit compares one by one."""
    data = SCENARIO.prepare(subject, 1)
    SCENARIO.verify(subject, data)
    before = SCENARIO.count(subject, data)
    one = PlannedSlice(index=0, block=0, stack="blank", duration_s=0.5, warmup=False, seed=1)
    target = Target(stack="blank", url=subject.url, data=data, meters=())
    job = Job(
        scenario="blank", locustfile=SCENARIO.locustfile, targets=(target,), slices=(one,),
        model="closed", users=4, rate=0.0, request_timeout_s=5.0, drain_s=5.0, seed=1, cpus=(),
        folder=tmp_path,
    )  # fmt: skip
    samples = Samples.read(drive(job))
    said, after = samples.acknowledged("blank"), SCENARIO.count(subject, data)
    assert samples.drive.faults == {}
    assert set(samples.rows["outcome"]) == {Outcome.ANSWERED}
    assert set(samples.rows["bytes"]) == {200}
    assert after["requests"] - before["requests"] == said.answered["ask"] > 100
    assert not SCENARIO.audit(
        Acknowledged(answered=said.answered, unsure=said.unsure, before=before, after=after)
    )


def test_looking_at_the_count_does_not_change_it(subject):
    """However often one looks; what others ask does."""
    counts = [SCENARIO.count(subject, {})["requests"] for _ in range(3)]
    httpx.get(subject.url)
    assert [*counts, counts[0] + 1] == [*[counts[0]] * 3, SCENARIO.count(subject, {})["requests"]]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (_told(answered=5, grown=5), ()),
        (_told(answered=5, grown=6, unsure=1), ()),
        (
            _told(answered=5, grown=4),
            ("requests grew by 4, but clients were told of 5: 1 lost.",),
        ),
        (
            _told(answered=5, grown=6),
            ("requests grew by 6, but clients were told of 5: 1 too many.",),
        ),
    ],
    ids=["the same", "one unsure", "one lost", "one too many"],
)
def test_the_audit_compares_one_by_one(told, said):
    """An answer that the server does not know of, and a request that no client counts."""
    assert SCENARIO.audit(told) == said


def test_another_answer_is_no_blank(subject):
    """It is always the same."""
    with pytest.raises(ContractBroken, match="200 bytes came where 200 are always the same"):
        SCENARIO.verify(subject, {"body": BODY.replace(".", "x")})
