"""The virtual environment that everything else is installed into."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness import bootstrap

SCRIPT = bootstrap.__file__


def said(*command):
    """Return the exit code of a command and what it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_environment_has_pip(tmp_path):
    """It is made without a word."""
    assert said(sys.executable, "-I", SCRIPT, str(tmp_path / "venv")) == (0, "")
    assert "pip " in said(tmp_path / "venv/bin/python", "-m", "pip", "--version")[1]


@pytest.mark.skipif(shutil.which("apt-get") is None, reason="not a Debian system")
def test_debian_s_pip_is_had_without_installing_its_package(tmp_path):
    """The wheel in it runs as it is."""
    wheel = bootstrap._debian_pip(tmp_path)
    assert "pip " in said(sys.executable, f"{wheel}/pip", "--version")[1]


def test_what_cannot_be_made_says_what_to_do_and_leaves_nothing(tmp_path):
    """The message ends with the command that mends it."""
    folder = tmp_path / "file" / "venv"
    folder.parent.touch()
    code, text = said(sys.executable, SCRIPT, str(folder))
    assert (code, "apt-get install python3-venv" in text) == (3, True)
    assert [path.name for path in Path(tmp_path).iterdir()] == ["file"]
