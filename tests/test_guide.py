"""The guide to a stack of one's own, done word for word as a new user would."""

from __future__ import annotations

import os
import re
import subprocess
import sysconfig
import time
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "stacks/README.md").read_text("utf-8")
BLOCK = re.compile(r"```(?P<kind>sh|python)\n(?P<text>.*?)```", re.DOTALL)
SAVED = re.compile(r"# (?P<path>\S+\.py)\n")
TEN_MINUTES_S = 600.0
WORDS_PER_S = 3.0


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with a .venv that sees bakeoff and keeps for itself what is installed into it."""
    folder = tmp_path / "bakeoff"
    venv.create(folder / ".venv", with_pip=False, symlinks=True)
    own = sysconfig.get_path("purelib", "venv", {"base": str(folder / ".venv")})
    shared = sysconfig.get_path("purelib")
    (Path(own) / "shared.pth").write_text(f"import site; site.addsitedir({shared!r})\n", "utf-8")
    command = folder / ".venv/bin/bakeoff"
    python = folder / ".venv/bin/python"
    command.write_text(f"#!{python}\nfrom harness.cli import main\nmain()\n", "utf-8")
    command.chmod(0o755)
    return folder


def sh(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of the guide."""
    return subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env=os.environ | {"BAKEOFF_STATE": str(folder / "state"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=TEN_MINUTES_S,
        check=False,
    )


def follow(folder: Path) -> dict[str, str]:
    """Save and run what the guide shows, in its order; return what each line printed."""
    told: dict[str, str] = {}
    for block in BLOCK.finditer(GUIDE):
        if block["kind"] == "python":
            if name := SAVED.match(block["text"]):
                (folder / name["path"]).write_text(block["text"], "utf-8")
            continue
        for line in block["text"].splitlines():
            done = sh(line, folder)
            assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
            told[f"{len(told) + 1}: {line.split('#')[0].strip()}"] = done.stdout
    return told


@pytest.mark.e2e
def test_a_stack_runs_within_ten_minutes_of_opening_the_guide(checkout: Path) -> None:
    """Its commands alone make, compare and change a stack, and reading it is counted."""
    begun = time.monotonic()
    told = follow(checkout)
    took = time.monotonic() - begun + len(GUIDE.split()) / WORDS_PER_S

    listed, compared, verified = (
        next(out for line, out in reversed(told.items()) if word in line)
        for word in ("bakeoff stacks", "bakeoff run", "bakeoff verify")
    )
    assert "mine: " in listed
    assert compared.startswith("cost-optimized and mine compared")
    assert " 0 broken" in verified
    assert "haproxy" in sh(".venv/bin/bakeoff stacks", checkout).stdout
    assert took < TEN_MINUTES_S


def test_the_guide_fits_its_ten_minutes() -> None:
    """Two pages at most, and what it links to is there."""
    links = [target for target in re.findall(r"\]\(([^)#]+)\)", GUIDE) if "://" not in target]

    assert len(GUIDE.splitlines()) <= 130
    assert [target for target in links if not (ROOT / "stacks" / target).exists()] == []


def test_every_variable_that_an_app_is_given_is_in_the_guide() -> None:
    """Whoever brings an app of their own learns all of what it is told."""
    source = (ROOT / "stacks/components/chat_app.py").read_text("utf-8")
    given = re.findall(r'"([A-Z_]+)": (?:self|str|host|"\{)', source)

    assert "WORKERS" in given
    assert [name for name in given if f"`{name}`" not in GUIDE] == []
