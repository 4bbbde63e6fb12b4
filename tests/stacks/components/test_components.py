"""Every component, by both launchers: it is up, says what it is, stays private, and goes."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import psutil

from harness.contract import Client, Component, Endpoint
from harness.launch import Budget, launched
from harness.launch.identity import family, identity
from harness.measure.usage import read

COMPONENTS = Path(__file__).parents[3] / "stacks/components"
SHARED = {"__init__", "http", "chat_app", "chat_worker"}
AT = Endpoint(host="127.0.0.1", port=1, data="/data", secret="hush")


def leaders(placed):
    """Return the pids of everything that was started."""
    return [int(pid) for meter in placed.meters for pid in meter.ref.partition(":")[0].split(",")]


def test_every_module_is_tested(parts):
    """A component that is added here is tested here."""
    assert {path.stem for path in COMPONENTS.glob("*.py")} - SHARED == set(parts)


def test_the_server_says_its_version(up, name):
    """A number with at least one dot, from the server itself."""
    assert re.match(r"(\w+ )?\d+\.\d+", up(name).components[name].version)


def test_the_record_says_where_it_came_from(up, name):
    """A path, a package, an image."""
    assert up(name).components[name].source


def test_it_is_the_real_product_or_said_to_stand_in_for_it(up, name):
    """None of them is a stand-in but MongoDB's, of which no package carries the product itself; it
    never goes by the product's name.
    """
    placed = up(name).components[name]
    if name == "mongodb" and placed.version.startswith("SecantusDB "):
        assert placed.stand_in == "secantusdb 0.7 for MongoDB"
    else:
        assert placed.stand_in == ""


def test_its_use_can_be_metered(up, name):
    """CPU and memory of everything that was started are above nothing."""
    for meter in up(name).meters:
        reading = read(meter)
        assert reading.cpu_s > 0
        assert reading.memory > 100_000


def test_nothing_listens_beyond_loopback(up, name, launcher):
    """Every socket of its processes is on loopback; containers publish there only."""
    placed = up(name)
    if launcher.name == "processes":
        listening = {
            connection.laddr.ip.removeprefix("::ffff:")  # Java's way to write an IPv4 address
            for pid, _ in family(leaders(placed))
            for connection in psutil.Process(pid).net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        }
    else:
        listening = {
            binding["HostIp"]
            for part in placed.components.values()
            if part.meter
            for bindings in part.running.container.attrs["NetworkSettings"]["Ports"].values()
            for binding in bindings or ()
        }
    assert listening <= {"127.0.0.1", "::1"}


def test_its_client_can_be_closed_and_opened_again(up, name):
    """Connections come and go."""
    for _ in range(2):
        with closing(up(name).components[name].connect()) as client:
            assert isinstance(client, Client)
            assert client.version()


def test_its_end_leaves_nothing(launcher, name, stack_for):
    """No process, no container, no folder."""
    with launched(stack_for(name), launcher, Budget()) as placed:
        started = family(leaders(placed))
        folders = [Path(part.at.data) for part in placed.components.values() if part.meter is None]
    assert [pid for pid, _ in started if identity(pid) in started] == []
    assert not any(folder.exists() for folder in folders)


def test_its_url_tells_host_and_port(parts, name):
    """Or, for a library, its file."""
    component: Component = parts[name][-1] if name == "nginx" else parts[name][0]
    assert re.search(r"127\.0\.0\.1:1|/data/app\.db", component.url(AT))
