"""A calibration of a real stack: what was injected shows, and Ctrl-C loses nothing."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.e2e
PLAN = """
verify = "smoke"
launcher = "processes"
scenarios = ["chat"]
blank_s = 1.0

[load]
users = 8
slice_s = 0.25
slices = 12
warmup_s = 1.0

[settings.llm]
first_token_s = 0.002
sigma = 0.1
tokens_per_s = 20000.0
"""
INJECTED = 0.6


def test_what_was_injected_shows_and_an_interrupted_one_is_resumed(
    bakeoff: Any, tmp_path: Path
) -> None:
    """The app takes about as much more CPU as was told; the side that is the same does not."""
    (tmp_path / "plan.toml").write_text(PLAN, "utf-8")
    flags = (
        *("calibrate", "--stack", "cost-optimized", "--plan", "plan.toml", "--sessions", "2"),
        *("--slowdown", str(100 * INJECTED)),
    )
    command = bakeoff.start(*flags)
    bakeoff.wait_for("session 2 of 2", timeout=240.0)
    os.kill(command.pid, signal.SIGINT)

    assert command.wait(60) == 130, bakeoff.said
    assert "bakeoff calibrate --resume" in bakeoff.said
    assert bakeoff.started() == []

    assert bakeoff.run(*flags, "--resume", "--json") == 0, bakeoff.said
    found = json.loads((tmp_path / "out").read_text("utf-8"))
    app = {
        arm["injected"]: shift["ratio"] - 1
        for arm in found["arms"]
        for shift in arm["shifts"]
        if (shift["metric"], shift["part"]) == ("cpu", "app")
    }
    assert found["sessions"] == 2
    assert app[INJECTED] == pytest.approx(INJECTED, abs=0.3)
    assert app[0.0] == pytest.approx(0.0, abs=0.2)
    assert Path(found["file"]).is_file()
