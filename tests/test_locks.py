"""The lock files are made with one Python and used with others, such as Debian's 3.11.2."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11.0", "3.11.2", "3.11.3", "3.12.0", "3.13.0", "3.14.0")


def locked(name):
    """Return the names that a lock file pins."""
    lines = re.findall(r"^([\w.-]+)==", (ROOT / name).read_text("utf-8"), re.MULTILINE)
    return {canonicalize_name(line) for line in lines}


def needed(distribution, python):
    """Return what an installed distribution needs with another Python on this system."""
    about = {"python_full_version": python, "python_version": python.rpartition(".")[0]}
    found = map(Requirement, metadata.requires(distribution) or [])
    wanted = (r for r in found if r.marker is None or r.marker.evaluate({**about, "extra": ""}))
    return {canonicalize_name(requirement.name) for requirement in wanted}


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_holds_all_that_each_python_needs(name, python):
    """Also what only another Python than the one that made the lock needs."""
    pinned = locked(name)
    missing = {(one, other) for one in pinned for other in needed(one, python) - pinned}
    assert missing == set()
