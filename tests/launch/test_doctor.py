"""What doctor finds."""

from contextlib import suppress

import pytest

from harness.contract import DebianPackages, OnPath
from harness.errors import LaunchFailed
from harness.launch.doctor import State, doctor


def found(stack, launcher, images=None):
    """Return the finding about the stack's one component."""
    findings = doctor([stack], images=images)
    return next(finding for finding in findings if finding.launcher == launcher)


def test_what_is_installed_is_ready(tiny, stack_of):
    """With its path."""
    finding = found(stack_of(tiny(sources=(OnPath(binary="sh"),))), "processes")
    assert finding.state is State.READY
    assert "/sh" in finding.using


def test_what_can_be_fetched_is_said_without_fetching_it(tiny, stack_of, tmp_path, monkeypatch):
    """The cache stays empty."""
    monkeypatch.setenv("BAKEOFF_CACHE", str(tmp_path / "cache"))
    sources = (DebianPackages(packages=("memcached",), binary="usr/bin/memcached"),)
    finding = found(stack_of(tiny(sources=sources)), "processes")
    assert (finding.state, finding.using) == (State.FETCH, "the Debian packages memcached")
    assert not (tmp_path / "cache").exists()


def test_what_is_missing_has_a_command_that_mends_it(tiny, stack_of):
    """One command, ready to be run."""
    finding = found(stack_of(tiny(sources=(OnPath(binary="no-such-server"),))), "processes")
    assert (finding.state, finding.mend) == (
        State.MISSING,
        "install no-such-server, so that it is on PATH",
    )


@pytest.mark.engine
def test_an_image_that_is_here_is_ready(tiny, stack_of, images):
    """Under the name that [images] gives."""
    finding = found(
        stack_of(tiny(image="no-such-image:1")), "containers", {"tiny": images["python"]}
    )
    assert (finding.state, finding.using) == (State.READY, images["python"])


@pytest.mark.engine
def test_an_image_that_cannot_be_had_has_a_command_and_a_setting(tiny, stack_of, images):
    """Pull it, or name another."""
    del images
    finding = found(stack_of(tiny(image="localhost:1/none:1")), "containers")
    assert (finding.state, finding.mend) == (State.MISSING, "docker pull localhost:1/none:1")
    assert "[images] tiny" in finding.using


def test_without_an_engine_containers_are_missing(tiny, stack_of, monkeypatch):
    """And the reason is where it was looked for."""
    from harness.launch import engine  # noqa: PLC0415 - loads the engine's library

    with suppress(LaunchFailed):
        engine.client().close()
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    engine.client.cache_clear()
    finding = found(stack_of(tiny()), "containers")
    engine.client.cache_clear()
    assert finding.state is State.MISSING
    assert "/nonexistent/docker.sock" in finding.using
