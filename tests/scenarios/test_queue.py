"""The queue scenario against real brokers, also when they are killed."""

import json
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from harness.contract import Acknowledged, Durability, Subject
from harness.drive import drive
from harness.drive.job import Job, PlannedSlice, Target
from harness.drive.results import Outcome
from harness.measure.samples import Samples
from scenarios.queue import books
from scenarios.queue.broker import broker, message
from scenarios.queue.scenario import SCENARIO as QUEUE
from scenarios.subjects import told
from stacks.components.kafka import Kafka
from stacks.components.rabbitmq import RabbitMQ

ROOT = Path(__file__).parents[2]
BROKERS = {"rabbitmq": RabbitMQ, "kafka": Kafka}
EACH = pytest.mark.parametrize("name", sorted(BROKERS))
KILL_AFTER_S, GO_ON_WITHIN_S, AT_MOST_S = 2.0, 60.0, 120.0


def _subject(served, name, tier=Durability.PROCESS):
    at_server = Durability.MACHINE if tier is Durability.MACHINE else Durability.PROCESS
    placed = served(BROKERS[name](durability=at_server))
    return placed, Subject(name=name, url=placed.url, durability=tier)


def _job(subject, data, folder, durations):
    slices = tuple(
        PlannedSlice(
            index=n, block=n, stack=subject.name, duration_s=seconds, warmup=n == 0, seed=n
        )
        for n, seconds in enumerate(durations)
    )
    users = {**data, "subject": told(subject)}
    target = Target(stack=subject.name, url=subject.url, data=users, meters=())
    return Job(
        scenario="queue", locustfile=QUEUE.locustfile, targets=(target,), slices=slices,
        model="closed", users=4, rate=0.0, request_timeout_s=30.0, drain_s=2.0, seed=1, cpus=(),
        folder=folder,
    )  # fmt: skip


def _audited(subject, data, done, before):
    """Return the last count and its contradictions, as patiently as the harness is."""
    said = Samples.read(done).acknowledged(subject.name)
    for _ in range(20):
        after = QUEUE.count(subject, data)
        found = QUEUE.audit(
            Acknowledged(answered=said.answered, unsure=said.unsure, before=before, after=after)
        )
        if not found:
            break
    return after, found


@EACH
def test_a_broker_passes(served, name, tmp_path):
    """Made, verified, driven without a fault, and the books agree."""
    _, subject = _subject(served, name)
    data = QUEUE.prepare(subject, 1)
    QUEUE.verify(subject, data)
    before = QUEUE.count(subject, data)
    done = drive(_job(subject, data, tmp_path, (1.0, 3.0)))
    after, found = _audited(subject, data, done, before)
    assert (found, done.faults, after["lost"], after["duplicates"]) == ((), {}, 0, 0)
    assert set(done.read_samples()["outcome"]) == {Outcome.ANSWERED}
    assert set(done.endpoints) >= {"publish", "deliver"}


@EACH
def test_messages_left_in_the_broker_count_as_delivered_once(served, name):
    """Counting again changes nothing."""
    _, subject = _subject(served, name)
    data = QUEUE.prepare(subject, 1)
    path = Path(str(data["books"]))
    ids = ["1.0", "1.1", "1.2"]
    with closing(books.Books(path)) as writer, closing(broker(subject).publisher()) as publisher:
        for one in ids:
            publisher.send(data["later_queue"], message(one, data["filler"]))
        writer.note(books.ACKNOWLEDGED, ids)
        counted = [QUEUE.count(subject, data) for _ in range(2)]
    assert counted[0] == counted[1]
    assert (counted[0]["delivered"], counted[0]["lost"], counted[0]["duplicates"]) == (3, 0, 0)


@pytest.mark.parametrize("tier", Durability)
@EACH
def test_a_kill_loses_nothing_that_was_promised(served, name, tier, tmp_path):
    """Killed under load and started again on its data: users go on, and losses are counted."""
    placed, subject = _subject(served, name, tier)
    data = QUEUE.prepare(subject, 1)
    before = QUEUE.count(subject, data)
    crashes, back, answered = list[threading.Timer](), list[float](), list[int]()

    def crash():
        placed.components[name].crash(timeout_s=AT_MOST_S)
        back.append(time.monotonic())

    def begin(slice_over):
        if not crashes:
            crashes.append(threading.Timer(KILL_AFTER_S, crash))
            crashes[0].start()
        elif back:
            answered.append(slice_over.answered)

    def enough(_):
        # The first slice that ends after the broker is back may have begun before it was killed,
        # and a client tries to connect the more rarely the longer it was away.
        late = back and time.monotonic() - back[0] > GO_ON_WITHIN_S
        return "seen enough" if late or any(answered[1:]) else None

    job = _job(subject, data, tmp_path, (1.0,) * int(AT_MOST_S))
    done = drive(job, alive=enough, progress=begin)
    crashes[0].join()
    after, found = _audited(subject, data, done, before)
    print(name, tier, after)  # noqa: T201 - shown with -s and on failure
    assert back
    assert (found, done.faults) == ((), {})
    assert any(answered[1:])


@EACH
def test_it_runs_by_hand(served, name):
    """Users under the plain Locust command make queues themselves."""
    _, subject = _subject(served, name)
    command = [
        sys.executable, "-m", "locust", "-f", "scenarios/queue/locustfile.py", "--host",
        subject.url, "--headless", "--users", "2", "--spawn-rate", "2", "--run-time", "8s",
        "--json",
    ]  # fmt: skip
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    entries = json.loads(ran.stdout)
    assert (ran.returncode, sum(entry["num_failures"] for entry in entries)) == (0, 0)
    assert {entry["name"] for entry in entries} >= {"publish", "deliver"}
