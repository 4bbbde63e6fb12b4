"""Make a virtual environment with the standard library alone, before anything else is there.

Run as `python3 harness/bootstrap.py FOLDER`. Debian's Python comes without `ensurepip`, which its
package python3-venv adds. Where that is not installed, pip is taken from the package that holds it,
downloaded and unpacked, not installed.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGE = "python3-pip-whl"
WHEELS = "usr/share/python-wheels/pip-*.whl"
UNABLE = 3


def make(folder: Path) -> None:
    """Make the environment with pip in it, or nothing; raises OSError or CalledProcessError."""
    try:
        _make(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _make(folder: Path) -> None:
    command = [sys.executable, "-m", "venv", str(folder)]
    if importlib.util.find_spec("ensurepip"):
        _run(command)
        return
    _run([*command, "--without-pip"])
    with tempfile.TemporaryDirectory() as scratch:
        wheel = _debian_pip(Path(scratch))
        # A wheel is an archive that Python can run from.
        install = [f"{wheel}/pip", "install", "-q", "--no-index", "--disable-pip-version-check"]
        _run([str(folder / "bin" / "python"), *install, str(wheel)])


def _debian_pip(scratch: Path) -> Path:
    """Return the wheel of pip from Debian's package; all that apt writes is in `scratch`."""
    for name in ("state/lists/partial", "cache/archives/partial", "log"):
        (scratch / name).mkdir(parents=True)
    apt = ["apt-get", "-q", "-o", "APT::Sandbox::User=", "-o", "Debug::NoLocking=1"]
    apt += ["-o", f"Dir::State={scratch}/state", "-o", "Dir::State::status=/var/lib/dpkg/status"]
    apt += ["-o", f"Dir::Cache={scratch}/cache", "-o", f"Dir::Log={scratch}/log"]
    _run([*apt, "update"], cwd=scratch)
    _run([*apt, "download", PACKAGE], cwd=scratch)
    for package in scratch.glob("*.deb"):
        _run(["dpkg-deb", "--extract", str(package), str(scratch)])
    found = sorted(scratch.glob(WHEELS))
    if not found:
        raise FileNotFoundError(f"{PACKAGE} holds no {WHEELS}")
    return found[-1]


def _run(command: list[str], cwd: Path | None = None) -> None:
    """Run a tool without a word; its output is shown when it fails."""
    done = subprocess.run(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode:
        sys.stderr.buffer.write(done.stdout)
        done.check_returncode()


def main() -> int:
    """Make the environment that the command line names; return the exit code."""
    try:
        make(Path(sys.argv[1]))
    except (OSError, subprocess.CalledProcessError) as error:
        sys.stderr.write(
            f"bakeoff: this Python cannot make virtual environments: {error}\n"
            "Mend it with: sudo apt-get install python3-venv (on Debian), or set "
            "PYTHON=/path/to/python3.x to another Python from 3.11 on\n"
        )
        return UNABLE
    return 0


if __name__ == "__main__":
    sys.exit(main())
