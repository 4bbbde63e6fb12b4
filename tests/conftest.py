"""What all tests share: where nothing may be skipped (in CI), a skip is a failure; and which tests
want the machine for themselves.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
QUIET = (
    "benchmarks",
    "drive/test_foreign.py",
    "drive/test_http_time.py",
    "drive/test_stall.py",
    "e2e/test_gate.py",
    "e2e/test_lies.py",
    "stacks/llm/test_capacity.py",
    "stacks/llm/test_time.py",
)
"""Tests whose verdict is about time: other tests beside them would be measured too."""


TOGETHER = ("scenarios", "stacks/components")
"""Folders whose tests share servers; of others a file is what one worker takes at a time."""


def pytest_configure(config: pytest.Config) -> None:
    """Give each of several workers processors of its own, so that they do not measure each other;
    what they start inherits them.
    """
    mine = getattr(config, "workerinput", None)
    if mine is not None:
        there = sorted(os.sched_getaffinity(0))
        number, workers = int(mine["workerid"].removeprefix("gw")), mine["workercount"]
        os.sched_setaffinity(0, there[number % len(there) :: workers])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that nothing else may run beside, and those that share something."""
    quiet = [HERE / name for name in QUIET]
    shared = [HERE / name for name in TOGETHER]
    for item in items:
        if any(item.path.is_relative_to(path) for path in quiet):
            item.add_marker(pytest.mark.quiet)
        of = next((path for path in shared if item.path.is_relative_to(path)), item.path)
        item.add_marker(pytest.mark.xdist_group(str(of.relative_to(HERE))))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure when BAKEOFF_NO_SKIPS says that everything is there."""
    del item, call
    report = yield
    if report.skipped and os.environ.get("BAKEOFF_NO_SKIPS") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, though nothing may be skipped here: {report.longrepr}"
    return report
