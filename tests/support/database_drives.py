"""Short drives of database scenarios against databases that stand alone."""

from itertools import accumulate

from harness.contract import Acknowledged, Durability, Subject
from harness.drive import drive
from harness.drive.job import Job, PlannedSlice, Target
from harness.drive.results import Outcome
from harness.measure.samples import Samples
from scenarios.subjects import told
from stacks.components.cassandra import Cassandra
from stacks.components.mongodb import MongoDB
from stacks.components.postgresql import PostgreSQL
from stacks.components.sqlite import SQLite

DATABASES = {
    "cassandra": Cassandra, "mongodb": MongoDB, "postgresql": PostgreSQL, "sqlite": SQLite
}  # fmt: skip


def alone(served, name):
    """Return a database of a product, served alone."""
    return Subject(name=name, url=served(DATABASES[name]()).url, durability=Durability.PROCESS)


def driven(scenario, subject, data, folder, **other):
    """Return what a short drive of a scenario left behind."""
    users = {**data, "subject": told(subject)}
    one = PlannedSlice(index=0, block=0, stack=subject.name, duration_s=2.0, warmup=False, seed=1)
    target = Target(stack=subject.name, url=subject.url, data=users, meters=())
    members = {"model": "closed", "users": 4, "rate": 0.0} | other
    job = Job(
        scenario=scenario.name, locustfile=scenario.locustfile, targets=(target,), slices=(one,),
        request_timeout_s=20.0, drain_s=10.0, seed=1, cpus=(), folder=folder, **members,
    )  # fmt: skip
    return Samples.read(drive(job))


def audit(scenario, subject, data, samples, before):
    """Return what the scenario's books say against its acknowledgements."""
    said, after = samples.acknowledged(subject.name), scenario.count(subject, data)
    return scenario.audit(
        Acknowledged(answered=said.answered, unsure=said.unsure, before=before, after=after)
    )


def at_once(samples):
    """Return how many calls at most were under way at the same moment."""
    starts = [(at, 1) for at in samples.rows["sent"].tolist()]
    ends = [(at, -1) for at in samples.rows["end"].tolist()]
    return max(accumulate(step for _, step in sorted(starts + ends)))


def errors(samples):
    """Return the texts of wrong answers."""
    wrong = samples.rows[samples.rows["outcome"] == Outcome.WRONG]
    return {samples.drive.errors[number] for number in wrong["error"]}
