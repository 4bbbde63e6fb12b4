"""The folder of fetched things."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.errors import LaunchFailed
from harness.launch import cache


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """Give each test a cache of its own."""
    monkeypatch.setenv("BAKEOFF_CACHE", str(tmp_path / "cache"))


def test_what_is_wanted_by_many_at_once_is_fetched_once():
    """The others wait for the first."""
    fetches = []

    def fetch(entry):
        fetches.append(entry)
        (entry / "server").write_text("here")

    with ThreadPoolExecutor(8) as pool:
        entries = set(pool.map(lambda _: cache.fetched("thing", fetch), range(8)))
    assert len(fetches) == len(entries) == 1
    assert (entries.pop() / "server").read_text() == "here"


def test_a_fetch_that_did_not_end_is_done_again():
    """Half an entry is none."""

    def fails(entry):
        (entry / "half").touch()
        raise LaunchFailed("the network is gone")

    with pytest.raises(LaunchFailed):
        cache.fetched("thing", fails)
    assert cache.cached("thing") is None
    entry = cache.fetched("thing", lambda entry: (entry / "whole").touch())
    assert sorted(path.name for path in entry.iterdir()) == [".complete", "whole"]


def test_a_cache_that_cannot_be_made_says_what_to_do(tmp_path, monkeypatch):
    """The message names the variable."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("BAKEOFF_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(LaunchFailed, match="BAKEOFF_CACHE"):
        cache.fetched("thing", lambda entry: entry.touch())


def test_a_user_without_a_home_is_told_what_to_set(monkeypatch):
    """As in a container that was started with any number as its user."""
    monkeypatch.delenv("BAKEOFF_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(os, "geteuid", lambda: 54_321)
    monkeypatch.setattr(os, "getuid", lambda: 54_321)
    with pytest.raises(LaunchFailed, match=r"HOME.*BAKEOFF_CACHE"):
        cache.cache_folder()
