"""Servers that want a name for the user they run as."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from harness.contract import OnPath, ProcessSpec
from harness.launch.username import name_environment, needs_name

NAMELESS = 54_321


def spec(*, named_user):
    """Return the spec of a server that runs as whoever bakeoff is."""
    return ProcessSpec(sources=(OnPath(binary="sh"),), command=("sh",), named_user=named_user)


def test_a_user_with_a_name_keeps_it(tmp_path):
    """Nothing is fetched or preloaded."""
    assert not needs_name(spec(named_user=True))
    assert name_environment(spec(named_user=True), tmp_path) == {}


@pytest.mark.skipif(shutil.which("apt-get") is None, reason="not a Debian system")
def test_a_user_without_a_name_is_given_one(tmp_path, monkeypatch):
    """The server sees it when it asks the system."""
    monkeypatch.setenv("BAKEOFF_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(os, "geteuid", lambda: NAMELESS)
    assert not needs_name(spec(named_user=False))
    environment = name_environment(spec(named_user=True), tmp_path)
    said = subprocess.run(
        ["getent", "passwd", str(NAMELESS)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )
    assert said.stdout.startswith(f"bakeoff:x:{NAMELESS}:")
