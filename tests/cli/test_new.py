"""`bakeoff new stack`: a package that is complete at once, or nothing."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from harness.errors import UsageError
from harness.registry import stacks
from harness.scaffold.naming import names
from harness.scaffold.origin import Origin, origin, servers, smallest
from harness.scaffold.package import make
from harness.scaffold.renaming import Renaming

ROOT = Path(__file__).resolve().parents[2]
LEFT_BY_TOOLS = {"__pycache__", "node_modules", "dist", ".venv"}
Command = Callable[..., CompletedProcess[str]]
registered = pytest.mark.parametrize("like", sorted(stacks()))


@pytest.fixture
def made(like: str, tmp_path: Path) -> Path:
    """The package of a stack like one that is registered, in a folder called `made`."""
    make(names(f"own-{like}", stacks()), origin(like), tmp_path / "made")
    return tmp_path / "made"


@pytest.fixture
def renaming() -> Renaming:
    """From the primary stack, whose name is a word that means other things too."""
    return Renaming(
        old="primary",
        new="mine",
        old_package="stacks.primary",
        new_package="bakeoff_mine",
        attribute="STACK",
    )


def source_files(known: Origin) -> set[str]:
    """Return the files of a stack's package that are not left there by tools."""
    paths = (p.relative_to(known.folder) for p in known.folder.rglob("*") if p.is_file())
    return {path.as_posix() for path in paths if not LEFT_BY_TOOLS & set(path.parts)}


@registered
def test_a_copy_of_any_stack_composes_under_its_own_name(
    like: str, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It imports from itself, is made of the same parts, and its programs use its name."""
    monkeypatch.syspath_prepend(made)
    package = names(f"own-{like}", ()).package
    stack = importlib.import_module(f"{package}.stack").STACK
    model = stacks()[like]

    assert stack.name == f"own-{like}"
    assert [part.name for part in stack.components] == [part.name for part in model.components]
    programs = [
        part for part in stack.components if hasattr(part, "backend") and part.role != "llm"
    ]
    assert {part.stack for part in programs} == {f"own-{like}"}
    assert all(part.backend.is_relative_to(made) for part in programs)


@registered
def test_a_copy_is_complete(like: str, made: Path) -> None:
    """Every file of the stack is there, lock files, migrations and hidden files among them."""
    package = made / names(f"own-{like}", ()).package
    copied = {p.relative_to(package).as_posix() for p in package.rglob("*") if p.is_file()}

    assert copied >= source_files(origin(like))
    assert {"README.md", "backend/Dockerfile", "stack.py", "__init__.py"} <= copied


@registered
def test_a_copy_does_not_speak_of_the_original(like: str, made: Path) -> None:
    """No import, literal or sentence of the composition is about the stack that it was."""
    known = origin(like)
    for path in (made / names(f"own-{like}", ()).package).glob("*.py"):
        text = path.read_text("utf-8")
        assert known.package not in text
        assert f'"{like}"' not in text
        assert f"The {like} stack" not in text


@registered
def test_a_copy_passes_its_own_tests(like: str, made: Path) -> None:
    """The tests in the package, all but the one that wants it installed."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests", "-k", "component"],
        cwd=made,
        env={"PYTHONPATH": f"{made}:{ROOT}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(stacks()[like].components)} passed" in done.stdout


def test_the_package_is_ready_to_install(bakeoff: Command, tmp_path: Path) -> None:
    """Its entry point, its licence and what to do next are there, with the text of the licence."""
    told = json.loads(bakeoff("new", "stack", "my-own", "--json").stdout)
    project = tomllib.loads((tmp_path / "my-own/pyproject.toml").read_text("utf-8"))["project"]

    assert project["entry-points"]["bakeoff.stacks"] == {"my-own": "bakeoff_my_own.stack:STACK"}
    assert project["license"] == "Apache-2.0"
    assert (tmp_path / "my-own/LICENSE").read_text("utf-8") == (ROOT / "LICENSE").read_text("utf-8")
    assert told["like"] == smallest(stacks())
    assert told["folder"] == str(tmp_path / "my-own")
    assert told["next"][1] == "bakeoff verify my-own --smoke"


def test_the_smallest_stack_is_the_one_to_begin_with() -> None:
    """The fewest servers, so that the least has to be had: an embedded database is none."""
    cost_optimized = stacks()["cost-optimized"]

    assert smallest(stacks()) == "cost-optimized"
    assert servers(cost_optimized) == len(cost_optimized.components) - 1


@pytest.mark.parametrize(
    "name", ["", "Mine", "my own", "-mine", "mine-", "a--b", "a/b", "..", "ä", "mine\n", "x" * 64]
)
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    """What becomes the name of a folder, a package and an image is checked first."""
    with pytest.raises(UsageError, match="use lower-case letters and digits"):
        names(name, ())


def test_a_refused_name_leaves_nothing(bakeoff: Command, tmp_path: Path) -> None:
    """Exit 2, and nothing is made."""
    assert bakeoff("new", "stack", "Mine").returncode == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["primary", "cost-optimized", "cost_optimized"])
def test_the_name_of_a_registered_stack_is_refused(name: str) -> None:
    """The name of a package is the same for - and _."""
    with pytest.raises(UsageError, match=r"there is a stack '.*' already; choose another"):
        names(name, stacks())


def test_a_folder_that_exists_is_left_alone(bakeoff: Command, tmp_path: Path) -> None:
    """Exit 2, and what is in it stays."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/kept.txt").write_text("kept")
    done = bakeoff("new", "stack", "mine")

    assert done.returncode == 2
    assert "mine exists already" in done.stderr
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["kept.txt"]


def test_a_folder_in_no_folder_is_refused(bakeoff: Command) -> None:
    """Exit 2, with the folder that is missing."""
    done = bakeoff("new", "stack", "mine", "--folder", "no/such/mine")

    assert done.returncode == 2
    assert "there is no folder no/such" in done.stderr


def test_an_unknown_stack_cannot_be_copied(bakeoff: Command) -> None:
    """Exit 2, and those that can."""
    done = bakeoff("new", "stack", "mine", "--like", "lamp")

    assert done.returncode == 2
    assert "there is no stack 'lamp'; there are: cost-optimized" in done.stderr


def test_nothing_is_left_when_writing_fails(tmp_path: Path) -> None:
    """No file may grow beyond 8 KiB here, so the copy breaks off: exit 3, an empty folder."""
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f 8; exec {sys.executable} -m harness new stack mine"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 3, done.stderr
    assert "mine cannot be written: " in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_only_what_names_the_stack_is_renamed(renaming: Renaming) -> None:
    """A word that is also the stack's name stays where it means something else."""
    text = (
        '"""The primary stack: its primary key."""\n'
        "from stacks.primary.app import App\n"
        "from stacks.primary_things import other\n"
        "STACK = Stack(name='primary', title=\"primary\", note='primary key')\n"
    )

    assert renaming.module(text) == (
        '"""The mine stack: its primary key."""\n'
        "from bakeoff_mine.app import App\n"
        "from stacks.primary_things import other\n"
        "STACK = Stack(name='mine', title=\"mine\", note='primary key')\n"
    )


def test_of_an_app_only_its_default_name_is_changed(renaming: Renaming) -> None:
    """In any language: the line that reads BAKEOFF_STACK, and nothing else."""
    text = "const stack = env.BAKEOFF_STACK ?? 'primary';\nconst read = 'primary';\n"

    assert renaming.program(text) == (
        "const stack = env.BAKEOFF_STACK ?? 'mine';\nconst read = 'primary';\n"
    )
