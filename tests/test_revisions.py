"""Another revision of a repository, as files."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.revisions import checkout, revision_of, working_tree


def _git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
    done = subprocess.run(
        ("git", *who, *arguments), cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two commits of one file, called from a folder within it."""
    folder = tmp_path / "repository"
    (folder / "inner").mkdir(parents=True)
    _git(folder, "init", "-q", "-b", "main")
    for text in ("first", "second"):
        (folder / "inner/file").write_text(text)
        _git(folder, "add", "-A")
        _git(folder, "commit", "-q", "-m", text)
    return folder


def test_the_working_tree_is_the_repository_around_the_folder(repository: Path) -> None:
    """Wherever in it one stands."""
    found = working_tree(repository / "inner")

    assert found.folder == repository
    assert found.label == _git(repository, "rev-parse", "HEAD")[:12]


def test_changes_are_told(repository: Path) -> None:
    """What is not committed is measured too, and the label says so."""
    (repository / "inner/file").write_text("third")

    assert working_tree(repository).label.endswith("with changes")


def test_a_revision_has_its_own_files(repository: Path) -> None:
    """The repository itself stays as it is."""
    with checkout(working_tree(repository), "HEAD^") as before:
        assert (before.folder / "inner/file").read_text() == "first"
        folder = before.folder
    assert not folder.exists()
    assert (repository / "inner/file").read_text() == "second"
    assert _git(repository, "status", "--porcelain") == ""


@pytest.mark.parametrize("reference", ["no-such", "--output=/tmp/x", ""])
def test_an_unknown_revision_is_refused(repository: Path, reference: str) -> None:
    """With how to fetch it; nothing that looks like a flag is taken for one."""
    with (
        pytest.raises(UsageError, match="git fetch"),
        checkout(working_tree(repository), reference),
    ):
        pass


def test_outside_of_a_repository_nothing_can_be_compared(tmp_path: Path) -> None:
    """Git's own words are told."""
    with pytest.raises(UsageError, match="not a git repository"):
        working_tree(tmp_path)


def test_a_run_may_begin_anywhere(repository: Path, tmp_path: Path) -> None:
    """Where there is no repository there is no revision to tell."""
    assert revision_of(repository) == working_tree(repository).label
    assert revision_of(tmp_path) == ""
