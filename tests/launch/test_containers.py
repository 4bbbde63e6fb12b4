"""The launcher of containers."""

from __future__ import annotations

import socket
import sqlite3
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from harness.contract import Build
from harness.errors import LaunchFailed
from harness.launch import Budget, launched
from harness.launch.containers import Containers
from stacks.components.sqlite import SQLite

pytestmark = pytest.mark.engine


@pytest.fixture
def context(tmp_path):
    """Return an empty folder to build an image from."""
    folder = tmp_path / "context"
    folder.mkdir()
    return folder


@pytest.fixture
def fast(images):
    """Return a launcher that does not wait long."""
    return Containers(images=images, ready_s=30)


def inspected(placed, name="tiny"):
    """Return what the engine tells about a component's container."""
    container = placed.components[name].running.container
    container.reload()
    return container.attrs


def test_a_component_is_ready_when_its_server_answers(tiny, stack_of, fast):
    """It is reached on loopback, and its source is the image with its digest."""
    with launched(stack_of(tiny()), fast, Budget()) as placed:
        component = placed.components["tiny"]
        assert component.version.startswith("pid ")
        assert component.url.startswith("http://127.0.0.1:")
        assert component.source.startswith("image bakeoff-test/python:1 (sha256:")


def test_nothing_is_left_at_the_end(tiny, stack_of, fast, own_state):
    """Containers, the network, the scratch folder and the note are gone."""
    with launched(stack_of(tiny()), fast, Budget()) as placed:
        container = placed.components["tiny"].running.container
        network = next(iter(container.attrs["NetworkSettings"]["Networks"]))
    assert container.id not in [c.id for c in container.client.containers.list(all=True)]
    assert network not in [n.name for n in container.client.networks.list()]
    assert list(own_state.iterdir()) == []


def test_ports_are_published_on_loopback_only(tiny, stack_of, fast):
    """Nobody on the network reaches a stack under test."""
    with launched(stack_of(tiny()), fast, Budget()) as placed:
        bindings = inspected(placed)["NetworkSettings"]["Ports"]["8000/tcp"]
    assert {binding["HostIp"] for binding in bindings} == {"127.0.0.1"}


def test_components_reach_each_other_by_name(tiny, stack_of, fast):
    """The links hold names of the stack's own network."""
    pair = stack_of(tiny(name="one"), tiny(name="two", needs=("one",)))
    with launched(pair, fast, Budget()) as placed:
        link = placed.components["two"].connect().said()["LINK_one"]
        fetch = ["python3", "-c", f"import urllib.request as u; u.urlopen({link!r})"]
        code, _ = placed.components["two"].running.container.exec_run(fetch)
    assert (link, code) == ("http://one:8000", 0)


def test_the_budget_limits_the_containers(tiny, stack_of, fast):
    """Processors, memory, and no swap beyond it."""
    with launched(stack_of(tiny()), fast, Budget(cpus=(0,), memory=256 * 2**20)) as placed:
        placed.pin()
        limits = inspected(placed)["HostConfig"]
    assert limits["CpusetCpus"] == "0"
    assert limits["Memory"] == limits["MemorySwap"] == 256 * 2**20


def test_a_container_that_ends_ends_the_wait_with_its_log(tiny, stack_of, fast):
    """Nobody waits for the dead."""
    dying = tiny(command=("sh", "-c", "echo cannot go on; exit 3"))
    began = time.monotonic()
    with pytest.raises(LaunchFailed, match=r"tiny ended .*exit code 3(.|\n)*cannot go on"):
        fast.up(stack_of(dying), Budget())
    assert time.monotonic() - began < 20


def test_a_task_that_fails_is_quoted(tiny, stack_of, fast, own_state):
    """A migration that fails says why, and leaves nothing."""
    broken = tiny(prepare=(("sh", "-c", "echo no such table; exit 1"),))
    with pytest.raises(LaunchFailed, match=r"preparing it with(.|\n)*no such table"):
        fast.up(stack_of(broken), Budget())
    assert list(own_state.iterdir()) == []


def test_an_image_that_cannot_be_had_is_named_with_what_mends_it(tiny, stack_of, fast):
    """The message has the image, the command and the setting."""
    absent = stack_of(tiny(image="localhost:1/no-such-image:1"))
    with pytest.raises(
        LaunchFailed,
        match=r"localhost:1/no-such-image:1 cannot be had(.|\n)*docker pull(.|\n)*\[images\] tiny",
    ):
        fast.up(absent, Budget())


def test_a_port_that_is_taken_is_refused(tiny, stack_of, fast):
    """Asking for a port that somebody uses fails before anything starts."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LaunchFailed, match=f"port {port} on 127.0.0.1 cannot be used"):
            fast.up(stack_of(tiny()), Budget(), port=port)


def test_the_entry_gets_the_port_that_was_asked_for(tiny, stack_of, fast):
    """And says so in its URL."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with launched(stack_of(tiny()), fast, Budget(), port=port) as placed:
        assert placed.url == f"http://127.0.0.1:{port}"


def test_an_embedded_component_is_a_folder_that_both_sides_see(tiny, stack_of, fast):
    """What a container writes there can be counted from outside; tasks and server share it."""
    write = "import sqlite3; sqlite3.connect('/data/app.db').executescript('create table t(x)')"
    app = tiny(needs=("sqlite",), prepare=(("python3", "-c", write),))
    with launched(stack_of(SQLite(), app), fast, Budget()) as placed:
        assert placed.components["sqlite"].version.startswith("3.")
        assert placed.components["tiny"].connect().said()["LINK_sqlite"] == "sqlite:////data/app.db"
        path = Path(placed.components["sqlite"].at.data) / "app.db"
        assert sqlite3.connect(path).execute("select count(*) from t").fetchone() == (0,)


def test_an_image_is_built_once_on_the_base_that_images_names(tiny, stack_of, fast, context):
    """The folder is left as it was, and the second launch builds nothing."""

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Built(tiny):
        def container(self, links):
            build = Build(context=context, base_name="python", base="no-such-base:1")
            return replace(tiny.container(self, links), image="bakeoff-test-built", build=build)

    (context / "Dockerfile").write_text("ARG BASE\nFROM ${BASE}\nENV BUILT=yes\n")
    seen = []
    for _ in range(2):
        with launched(stack_of(Built()), fast, Budget()) as placed:
            seen.append(placed.components["tiny"].source)
            assert placed.components["tiny"].connect().said()["BUILT"] == "yes"
    assert seen[0] == seen[1]
    assert [path.name for path in context.iterdir()] == ["Dockerfile"]


def test_a_build_that_fails_quotes_its_log(tiny, stack_of, fast, context):
    """The last lines of the builder are in the message."""

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Built(tiny):
        def container(self, links):
            build = Build(context=context, base_name="python", base="no-such-base:1")
            return replace(tiny.container(self, links), image="bakeoff-test-broken", build=build)

    (context / "Dockerfile").write_text("ARG BASE\nFROM ${BASE}\nRUN echo out of luck; exit 4\n")
    with pytest.raises(LaunchFailed, match=r"cannot be built(.|\n)*out of luck"):
        fast.prepare(stack_of(Built()))
