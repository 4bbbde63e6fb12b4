"""The launcher of native processes."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from pathlib import Path

import psutil
import pytest

from harness.contract import DebianPackages, OnPath
from harness.errors import LaunchFailed
from harness.launch import Budget, launched, leftovers
from harness.launch.identity import identity
from harness.launch.processes import Processes

FAST = Processes(ready_s=20)
SLEEP = ("/bin/sleep", "300")


def said(placed, name="tiny"):
    """Return the environment that a tiny server tells."""
    return placed.components[name].connect().said()


def test_a_component_is_ready_when_its_server_answers(tiny, stack_of):
    """The version is what the server reported, and the time to it was taken."""
    with launched(stack_of(tiny()), FAST, Budget()) as placed:
        component = placed.components["tiny"]
        assert component.version == f"pid {component.meter.ref}"
        assert 0 < component.ready_s < 20


def test_nothing_is_left_at_the_end(tiny, stack_of, own_state):
    """Processes, scratch folder and note are gone."""
    with launched(stack_of(tiny()), FAST, Budget()) as placed:
        pid, data = int(placed.components["tiny"].meter.ref), placed.components["tiny"].at.data
    assert identity(pid) is None
    assert not Path(data).parent.exists()
    assert list(own_state.iterdir()) == []


def test_nothing_is_left_after_an_error(tiny, stack_of):
    """An exception within the context does not keep the server alive."""
    seen = []

    def interrupted():
        with launched(stack_of(tiny()), FAST, Budget()) as placed:
            seen.append(int(placed.components["tiny"].meter.ref))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert identity(seen[0]) is None


def test_grandchildren_in_sessions_of_their_own_are_ended(tiny, stack_of):
    """A server's child that left its session, as PostgreSQL's do, ends with it."""
    forking = tiny(
        command=("sh", "-c", "setsid sleep 300 & exec python3 {data}/server.py {host} {port}")
    )
    with launched(stack_of(forking), FAST, Budget()) as placed:
        server = psutil.Process(int(placed.components["tiny"].meter.ref))
        child = server.children()[0].pid
        assert identity(child)
    assert identity(child) is None


def test_companions_live_as_long_as_the_server(tiny, stack_of):
    """They are metered with it and end with it."""
    with launched(stack_of(tiny(companions=(SLEEP,))), FAST, Budget()) as placed:
        companion, _ = placed.components["tiny"].meter.ref.split(",")
        assert identity(int(companion))
    assert identity(int(companion)) is None


def test_a_server_that_dies_ends_the_wait_with_its_log(tiny, stack_of):
    """Nobody waits for the dead."""
    dying = tiny(command=("sh", "-c", "echo cannot go on; exit 3"))
    began = time.monotonic()
    with pytest.raises(LaunchFailed, match=r"tiny ended .*exit code 3(.|\n)*cannot go on"):
        FAST.up(stack_of(dying), Budget())
    assert time.monotonic() - began < 10


def test_a_server_that_never_answers_fails_with_its_log(tiny, stack_of, own_state):
    """The message says how long was waited and what was tried."""
    mute = tiny(command=("sh", "-c", "echo starting; sleep 300"))
    with pytest.raises(LaunchFailed, match=r"not ready within 0.5 s(.|\n)*refused(.|\n)*starting"):
        Processes(ready_s=0.5).up(stack_of(mute), Budget())
    assert list(own_state.iterdir()) == []


def test_a_preparation_that_fails_is_quoted(tiny, stack_of):
    """A migration that fails says why."""
    broken = tiny(prepare=(("sh", "-c", "echo no such table; exit 1"),))
    with pytest.raises(LaunchFailed, match=r"preparing it with(.|\n)*no such table"):
        FAST.up(stack_of(broken), Budget())


def test_preparation_comes_before_the_server(tiny, stack_of):
    """What it leaves in the folder is there."""
    command = ("sh", "-c", "cat made && exec python3 {data}/server.py {host} {port}")
    prepared = tiny(prepare=(("sh", "-c", "echo yes > {data}/made"),), command=command)
    with launched(stack_of(prepared), FAST, Budget()) as placed:
        assert placed.components["tiny"].log.read_text() == "yes\n"


def test_one_failure_ends_the_others(tiny, stack_of, own_state):
    """A stack is up as a whole or not at all, and the message names the one at fault."""
    mute = tiny(name="mute", command=SLEEP)
    dying = tiny(command=("sh", "-c", "sleep 0.3; exit 1"))
    with pytest.raises(LaunchFailed, match="tiny ended"):
        FAST.up(stack_of(mute, dying), Budget())
    assert list(own_state.iterdir()) == []


def test_a_missing_binary_is_named_with_what_mends_it(tiny, stack_of):
    """The message lists each source and ends with a command."""
    sources = (OnPath(binary="no-such-server"),)
    with pytest.raises(
        LaunchFailed, match=r"no no-such-server on PATH(.|\n)*Mend it with: install"
    ):
        FAST.up(stack_of(tiny(sources=sources)), Budget())


def test_packages_that_do_not_exist_are_named_with_what_mends_it(
    tiny, stack_of, tmp_path, monkeypatch
):
    """What apt said is in the message."""
    monkeypatch.setenv("BAKEOFF_CACHE", str(tmp_path / "cache"))
    sources = (DebianPackages(packages=("no-such-package",), binary="bin/none"),)
    with pytest.raises(LaunchFailed, match="no-such-package"):
        FAST.up(stack_of(tiny(sources=sources)), Budget())


def test_a_port_that_is_taken_is_refused(tiny, stack_of):
    """Asking for a port that somebody uses fails before anything starts."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LaunchFailed, match=f"port {port} on 127.0.0.1 cannot be used"):
            FAST.up(stack_of(tiny()), Budget(), port=port)


def test_the_entry_gets_the_port_that_was_asked_for(tiny, stack_of):
    """And says so in its URL."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with launched(stack_of(tiny()), FAST, Budget(), port=port) as placed:
        assert placed.url == f"http://127.0.0.1:{port}"


def test_a_port_lost_to_another_program_is_tried_again(tiny, stack_of, tmp_path):
    """A server that finds its address in use gets another."""
    mark = tmp_path / "once"
    script = f"test -e {mark} || {{ touch {mark}; echo Address already in use; exit 1; }}; "
    late = tiny(command=("sh", "-c", script + "exec python3 {data}/server.py {host} {port}"))
    with launched(stack_of(late), FAST, Budget()) as placed:
        assert placed.components["tiny"].alive()


def test_a_component_gets_the_urls_of_what_it_needs(tiny, stack_of):
    """The links are the wiring."""
    with launched(
        stack_of(tiny(name="one"), tiny(name="two", needs=("one",))), FAST, Budget()
    ) as placed:
        assert said(placed, "two")["LINK_one"] == placed.components["one"].url


def test_the_environment_holds_nothing_of_the_callers(tiny, stack_of, monkeypatch):
    """A password in the caller's environment does not reach the servers."""
    monkeypatch.setenv("SOME_TOKEN", "hush")
    with launched(stack_of(tiny(env={"OWN": "{workers}"})), FAST, Budget(workers=3)) as placed:
        environment = said(placed)
    assert environment["OWN"] == "3"
    assert "SOME_TOKEN" not in environment


def test_the_secret_is_new_in_every_launch(tiny, stack_of):
    """32 letters and digits."""
    seen = set()
    for _ in range(2):
        with launched(stack_of(tiny(env={"KEY": "{secret}"})), FAST, Budget()) as placed:
            seen.add(said(placed)["KEY"])
    assert [len(secret) for secret in seen] == [32, 32]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_an_unprivileged_server_runs_as_nobody_when_bakeoff_is_root(tiny, stack_of):
    """Servers that refuse root get what they want."""
    python = (OnPath(binary="python3", also=("/usr/bin",)),)
    with launched(stack_of(tiny(unprivileged=True, sources=python)), FAST, Budget()) as placed:
        assert psutil.Process(int(placed.components["tiny"].meter.ref)).uids().real == 65534


def test_a_component_that_died_is_reported_with_how(tiny, stack_of):
    """Its name, its end, its log."""
    with launched(stack_of(tiny()), FAST, Budget()) as placed:
        assert placed.fault() is None
        os.kill(int(placed.components["tiny"].meter.ref), signal.SIGKILL)
        deadline = time.monotonic() + 5
        while placed.fault() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert "tiny ended: killed by SIGKILL" in placed.fault()


def test_nothing_listens_beyond_loopback(tiny, stack_of):
    """Every socket of the launch is on 127.0.0.1."""
    with launched(stack_of(tiny()), FAST, Budget()) as placed:
        server = psutil.Process(int(placed.components["tiny"].meter.ref))
        assert {c.laddr.ip for c in server.net_connections("inet")} == {"127.0.0.1"}


def test_down_may_be_called_again(tiny, stack_of):
    """The second time changes nothing."""
    placed = FAST.up(stack_of(tiny()), Budget())
    placed.down()
    placed.down()


def test_a_launch_under_way_can_be_given_up(tiny, stack_of):
    """Setting the budget's event ends the wait of an hour-long preparation."""
    budget = Budget()
    threading.Timer(0.5, budget.cancelled.set).start()
    slow = stack_of(tiny(prepare=(("sleep", "3600"),)))
    with pytest.raises(LaunchFailed, match="given up"), launched(slow, Processes(), budget):
        pytest.fail("it came up")
    assert leftovers() == ()
