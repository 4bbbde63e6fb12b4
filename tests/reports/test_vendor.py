"""What is put into pages from elsewhere is what was published, and only where it is needed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import reports

VENDOR = Path(reports.__file__).parent / "html/vendor"
HASHES = {
    "uPlot.iife.min.js": "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
    "uPlot.min.css": "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
}


@pytest.mark.parametrize("name", sorted(HASHES))
def test_a_file_is_as_it_was_published(name):
    """Nobody has touched it."""
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == HASHES[name]


def test_nothing_else_is_there():
    """But the license and what says where it is from."""
    assert {path.name for path in VENDOR.iterdir()} == {*HASHES, "LICENSE", "README.md"}


def test_a_page_without_series_over_time_does_without(make_run, example):
    """Fifty kilobytes are for those that can be zoomed."""
    assert "uPlot" not in reports.build(make_run(), [])
    assert "uPlot" in reports.build(*example)
