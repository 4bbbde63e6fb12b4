"""What all tests share: where nothing may be skipped (in CI), a skip is a failure; and which tests
want the machine for themselves.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling, Scheduling

HERE = Path(__file__).parent
QUIET = (
    "benchmarks",
    "drive/test_foreign.py",
    "drive/test_http_time.py",
    "drive/test_stall.py",
    "e2e/test_gate.py",
    "e2e/test_lies.py",
    "launch/test_pinning.py",
    "stacks/llm/test_capacity.py",
    "stacks/llm/test_time.py",
)
"""Tests about time, which other tests beside them would take, and about more than one processor."""


TOGETHER = ("tests/scenarios/", "tests/stacks/components/")
"""Folders whose tests share servers; of others a file is what one of several workers takes."""


def pytest_configure(config: pytest.Config) -> None:
    """Give each of several workers processors of its own, so that they do not measure each other;
    what they start inherits them.
    """
    mine = getattr(config, "workerinput", None)
    if mine is not None:
        there = sorted(os.sched_getaffinity(0))
        number, workers = int(mine["workerid"].removeprefix("gw")), mine["workercount"]
        os.sched_setaffinity(0, there[number % len(there) :: workers])


class ByFileOrFolder(LoadScopeScheduling):
    """Gives a worker all tests of a file, or of a folder whose tests share servers."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Share the tests out between several workers (-n)."""
    return ByFileOrFolder(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that nothing else may run beside."""
    quiet = [HERE / name for name in QUIET]
    for item in items:
        if any(item.path.is_relative_to(path) for path in quiet):
            item.add_marker(pytest.mark.quiet)


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
