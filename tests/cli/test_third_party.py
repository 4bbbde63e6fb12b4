"""Packages of others that are broken: every command says which one it is and what to do."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

ROOT = Path(__file__).resolve().parents[2]
Command = Callable[..., CompletedProcess[str]]
Install = Callable[..., dict[str, str]]


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Return a function that installs a package with a stack; it returns the environment."""
    site = tmp_path / "site"

    def install(package: str, *, stack: str, at: str, source: str = "") -> dict[str, str]:
        about = site / f"{package}-2.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 2.0\n")
        (about / "entry_points.txt").write_text(f"[bakeoff.stacks]\n{stack} = {at}\n")
        if source:
            (site / f"{package}.py").write_text(source)
        return {"PYTHONPATH": os.pathsep.join((str(ROOT), str(site)))}

    return install


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("", "ModuleNotFoundError: No module named 'theirs'"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("def f(:", "SyntaxError"),
        ("OTHER = 1", "has no attribute 'STACK'"),
        ("STACK = 1", "is a int, not a Stack"),
    ],
    ids=["no module", "fails at import", "not Python", "no such name", "wrong kind"],
)
def test_a_broken_package_is_named(
    bakeoff: Command, install: Install, source: str, reason: str
) -> None:
    """Exit 5, with the package, its version, the entry point and the reason."""
    done = bakeoff("stacks", **install("theirs", stack="own", at="theirs:STACK", source=source))

    assert done.returncode == 5
    assert "theirs:STACK of theirs 2.0 (entry point 'own' of bakeoff.stacks)" in done.stderr
    assert reason in done.stderr


def test_a_stack_that_could_not_start_names_its_package(bakeoff: Command, install: Install) -> None:
    """The stack's own complaint, and the way out."""
    source = (
        "from harness.contract import Stack\n"
        "STACK = Stack(name='own', title='', components=(), entry='web', capabilities=frozenset(),"
        " ledger=None)\n"
    )
    done = bakeoff("stacks", **install("theirs", stack="own", at="theirs:STACK", source=source))

    assert done.returncode == 5
    assert "stack own: entry is web, which is not in the stack" in done.stderr
    assert "mend the package theirs 2.0, or uninstall it" in done.stderr


def test_two_packages_cannot_share_a_name(bakeoff: Command, install: Install) -> None:
    """Which of them would be measured is not left to chance: exit 5, and both are named."""
    at = "stacks.primary.stack:STACK"
    done = bakeoff("stacks", **install("theirs", stack="primary", at=at))

    assert done.returncode == 5
    assert "bakeoff 0.1.0 and theirs 2.0 both register 'primary'" in done.stderr


@pytest.mark.parametrize("name", ["o" * 61, "o\u202en"], ids=["long", "backwards"])
def test_a_name_that_no_table_can_show_is_refused(
    bakeoff: Command, install: Install, name: str
) -> None:
    """Before anything is measured that could not be stored; sixty characters are fine."""
    source = (
        "from dataclasses import replace\nfrom stacks.cost_optimized.stack import STACK as COST\n"
        f"STACK = replace(COST, name={name!r})\nFINE = replace(COST, name={'o' * 60!r})\n"
    )
    fine = bakeoff("stacks", **install("fine", stack="o" * 60, at="fine:FINE", source=source))
    done = bakeoff("stacks", **install("theirs", stack=name, at="theirs:STACK", source=source))

    assert fine.returncode == 0
    assert done.returncode == 5
    assert "theirs:STACK of theirs 2.0" in done.stderr
    assert "needs another name" in done.stderr
    assert "at most 60 characters, all of them printable" in done.stderr
