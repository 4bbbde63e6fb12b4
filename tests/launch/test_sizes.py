"""How much room a component's program takes."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.launch import Budget, launched
from harness.launch.processes import Processes
from harness.launch.provided import Provided
from harness.launch.sizes import size_of


@pytest.fixture
def entry(tmp_path, monkeypatch):
    """Return an entry of a cache of its own, with a program of a megabyte under two names."""
    monkeypatch.setenv("BAKEOFF_CACHE", str(tmp_path))
    folder = tmp_path / "wheel-server" / "bin"
    folder.mkdir(parents=True)
    (folder / "server").write_bytes(os.urandom(2**20))
    os.link(folder / "server", folder / "client")
    return folder.parent


def test_a_file_with_two_names_counts_once(entry):
    """All that was unpacked counts, as it is on the disk."""
    size = size_of(Provided(binary=entry / "bin/server", root=str(entry), source=""))
    assert size.total == pytest.approx(2**20, rel=0.05)
    assert size.text == "all of wheel-server in the cache"


def test_a_program_in_another_entry_counts_with_it(entry):
    """Jars are run by a Java that was unpacked elsewhere."""
    jars = entry.with_name("jars")
    jars.mkdir()
    (jars / "a.jar").write_bytes(os.urandom(2**20))
    size = size_of(Provided(binary=entry / "bin/server", root=str(jars), source=""))
    assert size.total == pytest.approx(2**21, rel=0.05)
    assert size.text == "all of jars in the cache and all of wheel-server in the cache"


def test_a_program_of_nobody_is_its_file(tmp_path):
    """Built from source, say."""
    (tmp_path / "server").write_bytes(b"x" * 12345)
    size = size_of(Provided(binary=tmp_path / "server", root="", source=""))
    assert (size.total, size.text) == (12345, "the file server alone")


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="this is no Debian")
def test_an_installed_program_is_its_package():
    """What the package manager says that the package takes."""
    size = size_of(Provided(binary=Path("/usr/bin/env"), root="", source=""))
    show = ["dpkg-query", "--show", "--showformat=${Installed-Size}", "coreutils"]
    kib = int(subprocess.run(show, capture_output=True, check=True).stdout)
    assert (size.total, size.text) == (kib * 1024, "the installed Debian package coreutils")


def test_a_component_says_its_size(tiny, stack_of):
    """When it is up."""
    with launched(stack_of(tiny()), Processes(ready_s=20), Budget()) as placed:
        component = placed.components["tiny"]
        assert component.size > 0
        assert component.size_of
