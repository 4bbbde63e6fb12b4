"""The search scenario against real engines."""

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from harness.contract import Acknowledged, Durability, Subject
from harness.drive import drive
from harness.drive.job import Job, PlannedSlice, Target
from harness.drive.results import Outcome
from harness.errors import ContractBroken
from harness.measure.samples import Samples
from scenarios.search.engine import product
from scenarios.search.scenario import SCENARIO as SEARCH
from scenarios.subjects import told
from stacks.components.elasticsearch import Elasticsearch
from stacks.components.postgresql import PostgreSQL
from stacks.components.sqlite import SQLite

ENGINES = {"elasticsearch": Elasticsearch, "postgresql": PostgreSQL, "sqlite": SQLite}
GOOD = 950
ROOT = Path(__file__).parents[2]


def _subject(served, name):
    placed = served(ENGINES[name]())
    return Subject(name=name, url=placed.url, durability=Durability.PROCESS)


def _driven(subject, data, folder):
    users = {**data, "subject": told(subject)}
    one = PlannedSlice(index=0, block=0, stack=subject.name, duration_s=3.0, warmup=False, seed=1)
    target = Target(stack=subject.name, url=subject.url, data=users, meters=())
    return drive(
        Job(
            scenario="search", locustfile=SEARCH.locustfile, targets=(target,), slices=(one,),
            model="closed", users=4, rate=0.0, request_timeout_s=30.0, drain_s=10.0, seed=1,
            cpus=(), folder=folder,
        )
    )  # fmt: skip


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_an_engine_passes(served, name, tmp_path):
    """Loaded, verified, driven without a wrong answer, the documents counted, the ranking good."""
    subject = _subject(served, name)
    data = SEARCH.prepare(subject, 1)
    SEARCH.verify(subject, data)
    before = SEARCH.count(subject, data)
    done = _driven(subject, data, tmp_path)
    said, after = Samples.read(done).acknowledged(name), SEARCH.count(subject, data)
    assert set(done.read_samples()["outcome"]) == {Outcome.ANSWERED}
    assert done.faults == {}
    assert min(before["ndcg_milli"], after["ndcg_milli"]) > GOOD
    assert SEARCH.audit(
        Acknowledged(answered=said.answered, unsure=said.unsure, before=before, after=after)
    ) == ()  # fmt: skip


def test_verification_finds_an_answer_that_is_missing(served):
    """One of the documents with both words is no longer found."""
    subject = _subject(served, "sqlite")
    data = SEARCH.prepare(subject, 1)
    with closing(product(subject).connect(data["index"])) as engine:
        number = engine.find(["exact0first", "exact0second"], every=True)[0].id
        emptied = f"UPDATE {data['index']} SET body = 'x' WHERE rowid = ?"  # noqa: S608 - ours
        engine.link.execute(emptied, (number,))
    with pytest.raises(ContractBroken, match="1 of 5 documents were not found"):
        SEARCH.verify(subject, data)


def test_a_document_that_is_not_there_is_named():
    """One of 61 is missing; how good the ranking is may change."""
    told = Acknowledged(
        answered={"index": 61}, unsure={},
        before={"documents": 4000, "ndcg_milli": 1000}, after={"documents": 4060, "ndcg_milli": 9},
    )  # fmt: skip
    (said,) = SEARCH.audit(told)
    assert said.startswith("documents grew by 60, but clients were told of 61")


def test_it_runs_by_hand(tmp_path):
    """Users under the plain Locust command load a file themselves."""
    command = [
        sys.executable, "-m", "locust", "-f", "scenarios/search/locustfile.py", "--host",
        f"sqlite:///{tmp_path}/app.db", "--headless", "--users", "2", "--spawn-rate", "2",
        "--run-time", "8s", "--json",
    ]  # fmt: skip
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    entries = json.loads(ran.stdout)
    assert (ran.returncode, sum(entry["num_failures"] for entry in entries)) == (0, 0)
    assert sum(entry["num_requests"] for entry in entries) >= 1
