"""A stack of another revision, brought up by that revision's own code."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx
import psutil
import pytest

from harness.contract import Capability, Ledger, Stack
from harness.errors import EnvironmentFault, LaunchFailed
from harness.launch import Budget, launched
from harness.launch.affinity import affinity, threads
from harness.launch.identity import identity
from harness.launch.processes import Processes
from harness.launch.revision import Revision
from harness.measure.usage import read
from harness.sides import side
from stacks.components.memcached import Memcached
from stacks.components.redis import Redis
from stacks.cost_optimized.stack import STACK as COST

ROOT = Path(__file__).parents[2]
CPU = max(os.sched_getaffinity(0))
ONE = Budget(cpus=(CPU,), world_cpus=(CPU,))
KINDS = ("users", "conversations", "messages", "usage_events")
PROJECT = (
    '[project]\nname = "own"\n[project.entry-points."bakeoff.stacks"]\nown = "ownstack:STACK"\n'
)
OWN = """
from dataclasses import dataclass, replace
from harness.contract import Capability, Ledger, Stack
from stacks.components.memcached import Memcached
from stacks.components.redis import Redis

@dataclass(frozen=True, slots=True, kw_only=True)
class Never(Memcached):
    def process(self, links):
        return replace(Memcached.process(self, links), command=("/bin/sleep", "300"))

STACK = Stack(
    name="own", title="Own", components=({parts}), entry="memcached",
    capabilities=frozenset(Capability),
    ledger=Ledger(component="memcached", statements=dict.fromkeys({kinds}, "")),
)
"""
KILLED = """
import json, time
from pathlib import Path
from harness.contract import Capability, Ledger, Stack
from harness.launch import Budget
from harness.launch.revision import Revision
from stacks.components.memcached import Memcached
kinds = ("users", "conversations", "messages", "usage_events")
stack = Stack(name="own-base", title="", components=(Memcached(),), entry="memcached",
    capabilities=frozenset(Capability),
    ledger=Ledger(component="memcached", statements=dict.fromkeys(kinds, "")))
placed = Revision(folder=Path("{folder}"), stack="own", label="base").up(stack, Budget())
meters = [part.meter.ref for part in placed.components.values()]
print(json.dumps([placed.child.process.pid, *map(int, meters)]), flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """Return a copy of this working tree, in which the cost-optimized app is another version."""
    listed = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    done = subprocess.run(listed, cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this is no checkout by git, whose list of files is copied")
    folder = tmp_path_factory.mktemp("base")
    for name in filter(None, done.stdout.decode().split("\0")):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    settings = folder / "stacks/cost_optimized/backend/config/settings.py"
    text = settings.read_text()
    assert 'APP_VERSION = "1.0.0"' in text
    settings.write_text(text.replace('APP_VERSION = "1.0.0"', 'APP_VERSION = "0.9.0"'))
    return folder


HERE = Stack(
    name="own-base",
    title="Own",
    components=(Memcached(),),
    entry="memcached",
    capabilities=frozenset(Capability),
    ledger=Ledger(component="memcached", statements=dict.fromkeys(KINDS, "")),
)


def revision(folder, parts="Memcached(memory_mb=33), Redis()", **options):
    """Make a checkout of a third party's stack, and return a launcher of it."""
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "ownstack.py").write_text(OWN.format(parts=parts, kinds=KINDS))
    return Revision(folder=folder, stack="own", label="base", **options)


@pytest.fixture
def own(tmp_path):
    """Return a function that makes a checkout of a third party's stack, and a launcher of it."""
    return lambda *parts, **options: revision(tmp_path / "own", *parts, **options)


@pytest.fixture(scope="module")
def placed(tmp_path_factory):
    """Return a stack of a revision that is up, for those who leave it as it is."""
    folder = tmp_path_factory.mktemp("up")
    settings = {"memcached": {"threads": 3, "colour": 1}, "postgresql": {"x": 1}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BAKEOFF_STATE", str(folder / "state"))
        with launched(HERE, revision(folder / "own", settings=settings), ONE) as placed:
            yield placed


def leaders(placed, name):
    """Return the pids that the meter of a component names now."""
    return [int(pid) for pid in placed.components[name].meter.now().ref.split(",")]


def command(placed, name):
    """Return the words that a component runs by."""
    return psutil.Process(leaders(placed, name)[-1]).cmdline()


def test_it_is_that_revisions_own_composition(placed):
    """Its components are there, with its settings, whatever this revision has."""
    assert (placed.stack.name, placed.launcher) == ("own-base", "processes")
    assert list(placed.components) == ["memcached", "redis"]
    assert placed.facts["only in that revision"] == "redis"
    assert placed.facts["revision"] == "base"
    assert "33" in command(placed, "memcached")


def test_a_component_of_this_revision_can_be_talked_to(placed):
    """By its own client; one that this revision lacks can be metered."""
    part = placed.components["memcached"]
    with closing(part.connect()) as client:
        assert client.version() == part.version
    assert read(placed.components["redis"].meter).memory > 0
    with pytest.raises(EnvironmentFault, match=r"redis .*is not in this revision"):
        placed.components["redis"].connect()


def test_nothing_is_left_at_the_end(own, own_state):
    """Neither its servers, nor the other bakeoff, nor notes."""
    with launched(HERE, own(), Budget()) as placed:
        pids = [placed.child.process.pid, *leaders(placed, "redis")]
        assert all(identity(pid) for pid in pids)
        placed.down()
    assert [identity(pid) for pid in pids] == [None, None]
    assert list(own_state.iterdir()) == []


def test_it_is_bound_when_asked(placed):
    """All at once, and a component that crashed comes back bound."""
    placed.pin()
    assert 0 < placed.components["memcached"].crash() < 30
    found = [affinity(t) for name in placed.components for t in threads(leaders(placed, name))]
    assert found == [{CPU}] * len(found)
    assert placed.fault() is None


def test_its_meter_goes_on_after_a_crash(placed):
    """Though another process wrote the sequel."""
    part = placed.components["memcached"]
    used = read(part.meter).cpu_s
    part.crash()
    assert read(part.meter).cpu_s > used


def test_a_component_that_died_is_reported_with_how(own):
    """By the one who started it."""
    with launched(HERE, own(), Budget()) as placed:
        assert placed.fault() is None
        os.kill(leaders(placed, "redis")[0], signal.SIGKILL)
        deadline = time.monotonic() + 5
        while placed.fault() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert "redis ended: killed by SIGKILL" in placed.fault()
        assert placed.components["redis"].fault().startswith("killed by SIGKILL")
        assert placed.components["memcached"].alive()


def test_a_count_that_is_not_possible_says_why(placed):
    """Memcached has nothing to count."""
    with pytest.raises(EnvironmentFault, match=r"own-base of base: .*no ability to count"):
        placed.count("users")


def test_the_end_of_the_other_bakeoff_is_a_fault(own, own_state):
    """Even a kill -9; what it leaves is removed."""
    with launched(HERE, own(), Budget()) as placed:
        pids = leaders(placed, "redis")
        placed.child.process.kill()
        placed.child.process.wait()
        assert "own-base of base ended (exit code -9)" in placed.fault()
        with pytest.raises(LaunchFailed, match="own-base of base ended"):
            placed.pin()
    assert [identity(pid) for pid in pids] == [None]
    assert list(own_state.iterdir()) == []


def test_an_order_that_is_not_known_there_is_refused(placed):
    """A later revision may ask for more."""
    with pytest.raises(LaunchFailed, match="does not know the order dance"):
        placed.child.ask(dance=True)


def test_settings_that_it_does_not_know_are_told(placed):
    """The others hold; those of other stacks do not matter."""
    words = command(placed, "memcached")
    assert words[words.index("-t") + 1] == "3"
    assert placed.facts["settings unknown there"] == "memcached.colour"


def test_a_launch_under_way_can_be_given_up(own, own_state):
    """Long before the server's time is over."""
    budget = Budget()
    threading.Timer(3, budget.cancelled.set).start()
    began = time.monotonic()
    with pytest.raises(LaunchFailed, match="own-base of base: given up"):
        own("Never(),").up(HERE, budget)
    assert time.monotonic() - began < 15
    assert list(own_state.iterdir()) == []


def test_it_ends_with_the_bakeoff_that_asked_for_it(own, own_state):
    """A kill -9 of that one closes the pipe."""
    own()
    with subprocess.Popen(
        [sys.executable, "-c", KILLED.format(folder=own_state.parent / "own")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    ) as parent:
        pids = json.loads(parent.stdout.readline())
        parent.kill()
    _, alive = psutil.wait_procs(map(psutil.Process, filter(psutil.pid_exists, pids)), timeout=20)
    assert alive == []
    assert list(own_state.iterdir()) == []


def test_a_stack_that_it_does_not_have_is_refused(own):
    """With what it said."""
    missing = replace(own(), stack="other")
    with pytest.raises(LaunchFailed, match=r"own-base of base ended .*there is no stack 'other'"):
        missing.prepare(HERE)


def test_a_stack_that_cannot_be_loaded_there_says_why(own):
    """The message names the entry point."""
    broken = own("1 / 0,")
    with pytest.raises(LaunchFailed, match="ownstack:STACK cannot be loaded: ZeroDivisionError"):
        broken.up(HERE, Budget())


def test_fetching_starts_nothing(own, own_state):
    """It ends when all is there."""
    own().prepare(HERE)
    assert not own_state.exists() or list(own_state.iterdir()) == []


def test_another_entry_is_refused(own):
    """Clients of the two would talk to different components."""
    other = replace(HERE, components=(Redis(), *HERE.components), entry="redis")
    with pytest.raises(LaunchFailed, match="clients talk to memcached"):
        own("Memcached(),").up(other, Budget())


@pytest.mark.e2e
def test_a_whole_stack_of_a_checkout_stands_beside_this_one(checkout, own_state):
    """Each is its own version with its own books, and both are bound to the same processors."""
    base = Revision(folder=checkout, stack=COST.name, label="HEAD~1")
    other = side(COST, "cost-optimized-base")
    with launched(COST, Processes(), ONE) as mine, launched(other, base, ONE) as theirs:
        said = [httpx.get(f"{one.url}/version").json()["app"] for one in (mine, theirs)]
        assert said == ["1.0.0", "0.9.0"]
        assert list(theirs.components) == list(mine.components)
        ada = {"name": "ada", "password": "correct horse"}
        httpx.post(f"{theirs.url}/v1/users", json=ada).raise_for_status()
        assert [one.count("users") for one in (mine, theirs)] == [0, 1]
        for one in (mine, theirs):
            one.pin()
            assert one.fault() is None
        bound = [affinity(t) for m in theirs.meters for t in threads(map(int, m.ref.split(",")))]
        assert bound == [{CPU}] * len(bound)
    assert list(own_state.iterdir()) == []


@pytest.mark.engine
def test_containers_of_a_revision_are_removed_with_it(own, images, own_state):
    """By its own launcher of containers; also after a kill -9 of the other bakeoff."""
    from harness.launch import engine  # noqa: PLC0415 - loads the engine's library

    base = own("Redis(), Memcached()", name="containers", images=dict(images))
    label = {"label": "bakeoff.stack=own-base"}
    with launched(HERE, base, ONE) as placed:
        placed.pin()
        running = engine.client().containers.list(filters=label)
        assert [one.attrs["HostConfig"]["CpusetCpus"] for one in running] == [str(CPU)] * 2
        assert read(placed.components["redis"].meter).memory > 0
        placed.child.process.kill()
    assert engine.client().containers.list(all=True, filters=label) == []
    assert list(own_state.iterdir()) == []


def test_a_revision_without_the_option_is_too_old(checkout):
    """The message says so, and what to do."""
    command = checkout / "harness/commands/up.py"
    text = command.read_text()
    command.write_text(text.replace('@click.option("--handover", is_flag=True, hidden=True)\n', ""))
    try:
        old = Revision(folder=checkout, stack="cost-optimized", label="v1")
        with pytest.raises(LaunchFailed, match="own-base of v1: this revision is too old"):
            old.prepare(HERE)
    finally:
        command.write_text(text)
