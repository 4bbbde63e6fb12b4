"""The folder stands alone: it is copied into an image and run there."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "stacks" / "llm"


@pytest.mark.parametrize("module", ["stacks.llm", "llm"])
def test_it_runs_from_a_folder_of_its_own(start: Callable, tmp_path: Path, module: str) -> None:
    """Nothing else of the project is needed."""
    shutil.copytree(FOLDER, tmp_path.joinpath(*module.split(".")))
    server = start(cwd=tmp_path, module=module)
    assert server.ask("GET", "/healthz")[2] == b'{"status":"ok"}'


def test_a_taken_port_is_said_in_a_sentence(server) -> None:
    """The address and the way out, no traceback."""
    command = [sys.executable, "-m", "stacks.llm", "--port", str(server.port)]
    done = subprocess.run(
        command, capture_output=True, check=False, text=True, cwd=FOLDER.parents[1]
    )
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1:{server.port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_variable_is_said_in_a_sentence() -> None:
    """The variable's name and what it should be."""
    command = [sys.executable, "-m", "stacks.llm"]
    done = subprocess.run(
        command,
        capture_output=True,
        check=False,
        text=True,
        cwd=FOLDER.parents[1],
        env={"LLM_SEED": "one"},
    )
    assert done.returncode == 2
    assert "LLM_SEED must be of type int, not 'one'" in done.stderr
