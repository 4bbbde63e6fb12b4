"""The cache scenario against real caches."""

import json
import subprocess
import sys
from pathlib import Path

import pymemcache
import pytest
import redis

from harness.contract import Acknowledged, Durability, Subject
from harness.drive import drive
from harness.drive.job import Job, PlannedSlice, Target
from harness.drive.results import Outcome
from harness.errors import ContractBroken, EnvironmentFault, UsageError
from harness.measure.samples import Samples
from scenarios.cache.answers import LONGEST, SHORTEST, Answers
from scenarios.cache.caches import opened, product
from scenarios.cache.scenario import Cache
from scenarios.subjects import told
from stacks.components.memcached import Memcached
from stacks.components.redis import Redis

CACHES = {"memcached": Memcached, "redis": Redis}
EACH = pytest.mark.parametrize("name", sorted(CACHES))
ROOT = Path(__file__).parents[2]
MEMORY_MB, ANSWERS = 8, 10_000


def _subject(served, name):
    url = served(CACHES[name](memory_mb=MEMORY_MB)).url
    return Subject(name=name, url=url, durability=Durability.NONE)


def _driven(subject, data, folder):
    users = {**data, "subject": told(subject)}
    one = PlannedSlice(index=0, block=0, stack=subject.name, duration_s=2.0, warmup=False, seed=1)
    target = Target(stack=subject.name, url=subject.url, data=users, meters=())
    job = Job(
        scenario="cache", locustfile=Cache.locustfile, targets=(target,), slices=(one,),
        model="closed", users=4, rate=0.0, request_timeout_s=20.0, drain_s=10.0, seed=1, cpus=(),
        folder=folder,
    )  # fmt: skip
    return Samples.read(drive(job))


def _told(answered, unsure=(), **grown):
    before = dict.fromkeys(("hits", "misses", "sets", "keys", "keys_dropped"), 10)
    after = {kind: count + grown.get(kind, 0) for kind, count in before.items()}
    return Acknowledged(answered=answered, unsure=dict(unsure), before=before, after=after)


@EACH
def test_a_cache_passes_and_its_hits_are_those_that_clients_saw(served, name, tmp_path):
    """Filled beyond its memory, verified, driven; the server counted hits and misses alike."""
    subject, scenario = _subject(served, name), Cache(keys=ANSWERS)
    data = scenario.prepare(subject, 1)
    scenario.verify(subject, data)
    before = scenario.count(subject, data)
    samples = _driven(subject, data, tmp_path)
    said, after = samples.acknowledged(name), scenario.count(subject, data)
    assert samples.drive.faults == {}
    assert set(samples.rows["outcome"]) == {Outcome.ANSWERED}
    assert scenario.audit(
        Acknowledged(answered=said.answered, unsure=said.unsure, before=before, after=after)
    ) == ()  # fmt: skip
    hits, misses = (after[kind] - before[kind] for kind in ("hits", "misses"))
    assert (hits, misses) == (said.answered["getHit"], said.answered["getMiss"])
    assert 0.5 < hits / (hits + misses) < 0.99


@EACH
def test_a_cache_keeps_less_than_there_is(served, name):
    """The data set is beyond its memory, so it chose what to keep."""
    subject = _subject(served, name)
    data = Cache(keys=ANSWERS).prepare(subject, 1)
    held = Cache().count(subject, data)["keys"]
    assert 0.3 * ANSWERS < held < 0.8 * ANSWERS


@EACH
def test_what_was_set_is_got(served, name):
    """A miss is None; clearing drops everything."""
    with opened(_subject(served, name), "testing") as cache:
        cache.clear()
        cache.set("a", b"1" * LONGEST)
        assert (cache.get("a"), cache.get("b")) == (b"1" * LONGEST, None)
        cache.clear()
        assert cache.get("a") is None


@EACH
def test_verification_finds_a_cache_that_holds_something_else(served, name):
    """The message quotes what was stored and what was read."""
    subject, scenario = _subject(served, name), Cache(keys=50)
    data = scenario.prepare(subject, 1)
    with opened(subject, "testing") as cache:
        cache.set(Answers(seed=1, keys=50).key(3), b"something else")
    with pytest.raises(ContractBroken, match=r"was stored as b'3 .* but read as b'something else'"):
        scenario.verify(subject, data)


@EACH
def test_verification_finds_a_cache_that_keeps_nothing(served, name):
    """Half of what was stored last must be there."""
    subject, scenario = _subject(served, name), Cache(keys=50)
    data = scenario.prepare(subject, 1)
    with opened(subject, "testing") as cache:
        cache.clear()
    with pytest.raises(ContractBroken, match="holds 0 of the 50 values stored last"):
        scenario.verify(subject, data)


def test_a_wrong_value_is_found_under_load(served, tmp_path):
    """Every value that is read is compared in full."""
    subject, scenario = _subject(served, "redis"), Cache(keys=50)
    data = scenario.prepare(subject, 1)
    with redis.Redis.from_url(subject.url) as link:
        link.append(Answers(seed=1, keys=50).key(0), "?")
    samples = _driven(subject, data, tmp_path)
    wrong = samples.rows[samples.rows["outcome"] == Outcome.WRONG]
    assert len(wrong)
    assert {samples.drive.errors[n] for n in wrong["error"]} == {"not the value that was set"}


def test_answers_are_as_long_as_answers_are():
    """The same for the same seed; their median is a kilobyte."""
    answers = Answers(seed=1, keys=2_000)
    sizes = sorted(len(answers.value(n)) for n in range(2_000))
    assert answers.value(7) == Answers(seed=1, keys=2_000).value(7) != answers.value(8)
    assert SHORTEST <= sizes[0] < 400
    assert sizes[1_000] == pytest.approx(1_000, rel=0.1)
    assert 2_500 < sizes[-1] <= LONGEST


def test_counters_that_agree_have_no_contradictions():
    """A lookup without an answer may have been a hit or a miss; dropped keys are no loss."""
    answered, unsure = {"getHit": 7, "getMiss": 2, "set": 2}, {"get": 1}
    agreeing = _told(answered, unsure, hits=8, misses=2, sets=2, keys=-1, keys_dropped=3)
    assert Cache().audit(agreeing) == ()


@pytest.mark.parametrize(
    ("grown", "sentence"),
    [
        ({"hits": 6}, "hits grew by 6, but clients were told of 7: 1 lost."),
        ({"sets": 3}, "sets grew by 3, but clients were told of 2: 1 too many."),
        ({"keys": 3}, "3 keys came, but clients were told of 2 sets."),
        ({"keys": -4, "keys_dropped": 1}, "4 keys are gone, but the server dropped only 1."),
    ],
)
def test_contradictions_are_named(grown, sentence):
    """One at a time."""
    answered = {"getHit": 7, "getMiss": 2, "set": 2}
    counted = {"hits": 7, "misses": 2, "sets": 2} | grown
    assert Cache().audit(_told(answered, **counted)) == (sentence,)


def test_a_set_waits_for_the_answer(served):
    """Memcached's client would not, unless told so: a value that is refused is noticed."""
    subject = _subject(served, "memcached")
    with opened(subject, "testing") as cache, pytest.raises(pymemcache.MemcacheError):
        cache.set("large", b"x" * 2**21)


def test_the_locustfile_runs_by_hand(served):
    """One user fills the cache for all; Locust's statistics have no failure."""
    command = [
        sys.executable, "-m", "locust", "-f", "scenarios/cache/locustfile.py",
        "--host", _subject(served, "redis").url, "--headless", "--users", "3",
        "--spawn-rate", "3", "--run-time", "6s", "--json",
    ]  # fmt: skip
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    entries = json.loads(ran.stdout)
    assert (ran.returncode, sum(entry["num_failures"] for entry in entries)) == (0, 0)
    assert {entry["name"] for entry in entries} <= {"getHit", "getMiss", "set"}
    assert sum(entry["num_requests"] for entry in entries) >= 3


def test_a_server_that_is_not_there_is_an_environment_fault():
    """It says what was being done, where."""
    subject = Subject(name="redis", url="redis://127.0.0.1:1/0", durability=Durability.NONE)
    with pytest.raises(EnvironmentFault, match="counting redis: ConnectionError"):
        Cache().count(subject, {})


def test_an_unknown_product_is_refused():
    """By name."""
    subject = Subject(name="x", url="x://127.0.0.1:1", durability=Durability.NONE)
    with pytest.raises(UsageError, match="no client for x://, which is none of: memcached, redis"):
        product(subject)
