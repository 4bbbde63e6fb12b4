"""Runs the conformance suite against a base URL and tells what came out, as data.

The suite runs in a Python process of its own, so that neither its plugins nor its settings mix
with those of the caller, who may itself be running under pytest.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

SUITE = Path(__file__).with_name("conformance")
LONGEST_S = 600.0
LONGEST_SMOKE_S = 60.0
_PYTEST_RAN = (0, 1)


class VerifyError(RuntimeError):
    """The suite itself could not be run, so nothing is known about the stack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A sentence of the contract that the stack did not keep, and what was sent and received."""

    test: str
    message: str

    def __str__(self) -> str:
        return f"{self.test}\n{self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run of the suite found: counts of tests, failures in full, seconds taken."""

    passed: int
    failed: int
    skipped: int
    failures: tuple[Failure, ...]
    duration: float

    @property
    def conforms(self) -> bool:
        """Tell whether the stack kept the contract, as far as the suite looked."""
        return self.failed == 0 and self.passed > 0


def run(
    base_url: str,
    *,
    only_smoke: bool = False,
    junit: Path | None = None,
    other_model: bool = False,
) -> Outcome:
    """Check a running stack and return what was found; `junit` keeps the JUnit XML at that path.

    With `only_smoke` the essential flow alone is checked. `other_model` says that the model behind
    the stack is not bakeoff's own, so that it is not asked to fail. Raises VerifyError when the
    suite could not be run or did not end in time.
    """
    with tempfile.TemporaryDirectory(prefix="bakeoff-verify-") as scratch:
        written = (junit or Path(scratch) / "junit.xml").resolve()
        command = command_line(base_url, written, only_smoke=only_smoke, other_model=other_model)
        started = time.monotonic()
        _run_pytest(command, scratch, LONGEST_SMOKE_S if only_smoke else LONGEST_S)
        return read_junit(written, duration=time.monotonic() - started)


def command_line(base_url: str, junit: Path, *, only_smoke: bool, other_model: bool) -> list[str]:
    """Return the command that runs the suite by hand in the same way."""
    what = [str(SUITE / "test_essentials.py")] if only_smoke else [str(SUITE), "-p", "schemathesis"]
    return [
        *(sys.executable, "-m", "pytest", "-c", str(SUITE / "pytest.ini"), *what),
        *("-q", "--tb=short", f"--junit-xml={junit}", f"--bakeoff-url={base_url}"),
        *(["--bakeoff-other-model"] if other_model else []),
    ]


def _run_pytest(command: list[str], folder: str, longest: float) -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_CURRENT_TEST")
    }
    environment |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=longest,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        message = f"the conformance suite did not end within {longest:.0f} s; does the stack hang?"
        raise VerifyError(message) from error
    if done.returncode not in _PYTEST_RAN:
        said = (done.stderr + done.stdout)[-2000:].strip()
        message = (
            f"the conformance suite could not be run (pytest ended with {done.returncode}): {said}"
        )
        raise VerifyError(message)


def read_junit(path: Path, *, duration: float) -> Outcome:
    """Return the outcome that a JUnit XML file of the suite tells."""
    cases = list(ET.parse(path).getroot().iter("testcase"))  # noqa: S314 -- written by ourselves
    failed = [case for case in cases if _fault(case) is not None]
    skipped = [case for case in cases if case.find("skipped") is not None]
    return Outcome(
        passed=len(cases) - len(failed) - len(skipped),
        failed=len(failed),
        skipped=len(skipped),
        failures=tuple(
            Failure(test=sentence(case.get("name", "")), message=_message(case)) for case in failed
        ),
        duration=duration,
    )


def _fault(case: ET.Element) -> ET.Element | None:
    found = case.find("failure")
    return case.find("error") if found is None else found


def _message(case: ET.Element) -> str:
    fault = _fault(case)
    said = {each.get("name"): each.get("value", "") for each in case.iter("property")}
    lines = [fault.get("message", "") if fault is not None else ""]
    if contract := said.get("contract"):
        lines.append(f"the contract: {contract}")
    if (exchanges := said.get("exchanges")) and "sent: " not in lines[0]:
        lines.append(f"latest exchanges:\n{exchanges}")
    return "\n".join(lines)


def sentence(name: str) -> str:
    """Return a test's name as words: `test_a_b[c]` is `a b (c)`."""
    plain, _, case = name.removeprefix("test_").partition("[")
    words = plain.replace("_", " ")
    return f"{words} ({case.removesuffix(']')})" if case else words
