"""Every command that the README shows is run, in the order in which it stands there."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from harness.plan_files import load_plan

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
# The sh blocks but `make bench`, which tests/e2e runs by the command that it stands for.
COMMANDS = [
    line.split("#")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]


@pytest.mark.e2e
def test_every_command_of_the_readme_works(tmp_path: Path) -> None:
    """Each ends with exit code 0, in a folder that knows nothing."""
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    assert "make bench" in COMMANDS
    for command in COMMANDS:
        shown = f"make -C {ROOT} -n bench" if command == "make bench" else command
        done = subprocess.run(
            ["bash", "-c", shown],
            cwd=tmp_path,
            env=os.environ | {"BAKEOFF_STATE": str(tmp_path / "state")},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"


def test_every_subcommand_is_in_the_readme() -> None:
    """Somebody who reads the README has met every command."""
    folder = ROOT / "harness/commands"
    names = re.findall(
        r'click\.command\("(\w+)"\)', "".join(p.read_text() for p in folder.glob("*.py"))
    )

    assert [name for name in names if f"bakeoff {name}" not in README] == []


def test_the_configuration_shown_is_valid(tmp_path: Path) -> None:
    """The TOML of the README loads as a bakeoff.toml."""
    (block,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "bakeoff.toml").write_text(block, "utf-8")

    assert load_plan("quick", tmp_path, {}).sessions == 8


def test_limits_come_before_results() -> None:
    """The reader meets what this cannot say first."""
    assert README.index("## Limits") < README.index("## Compare")
