"""A stack of another revision, brought up by that revision's own code."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from harness.errors import EnvironmentFault, LaunchFailed
from harness.launch import Budget, launched
from harness.launch.affinity import affinity, threads
from harness.launch.processes import Processes
from harness.launch.revision import Revision
from harness.measure.usage import read
from harness.sides import side
from own_revision import CPU, HERE, ONE, command, leaders, revision
from stacks.components.redis import Redis
from stacks.cost_optimized.stack import STACK as COST

ROOT = Path(__file__).parents[2]


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


@pytest.fixture(scope="module")
def placed(tmp_path_factory):
    """Return a stack of a revision that is up, for those who leave it as it is."""
    folder = tmp_path_factory.mktemp("up")
    settings = {"memcached": {"threads": 3, "colour": 1}, "postgresql": {"x": 1}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BAKEOFF_STATE", str(folder / "state"))
        with launched(HERE, revision(folder / "own", settings=settings), ONE) as placed:
            yield placed


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


def test_a_count_that_is_not_possible_says_why(placed):
    """Memcached has nothing to count."""
    with pytest.raises(EnvironmentFault, match=r"own-base of base: .*no ability to count"):
        placed.count("users")


def test_an_order_that_is_not_known_there_is_refused(placed):
    """A later revision may ask for more."""
    with pytest.raises(LaunchFailed, match="does not know the order dance"):
        placed.child.ask(dance=True)


def test_settings_that_it_does_not_know_are_told(placed):
    """The others hold; those of other stacks do not matter."""
    words = command(placed, "memcached")
    assert words[words.index("-t") + 1] == "3"
    assert placed.facts["settings unknown there"] == "memcached.colour"


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
