"""Java and Maven: those of this machine, else Debian's, unpacked into the cache."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.contract import DebianPackages
from harness.launch import debian
from harness.launch.installed import SYSTEM
from harness.launch.provided import Provided

ASK_S = 30.0
MAVEN = DebianPackages(packages=("maven",), binary="usr/share/maven/bin/mvn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Java:
    """A Java: its binary, home and version such as "17.0.15", where it is from, and what it needs
    in its environment.
    """

    binary: Path
    home: Path
    version: str
    source: str
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def major(self) -> int:
        """Return the number that Java versions are known by."""
        return int(self.version.partition(".")[0])

    @property
    def certificates(self) -> Path:
        """Return where it keeps the certificates that it trusts; Debian's has none until it is
        installed.
        """
        return self.home / "lib/security/cacerts"


def find_java(wanted: int) -> Java | None:
    """Return a Java of at least version `wanted`: of $JAVA_HOME, of PATH, or unpacked before.

    Root starts servers as nobody, so a Java that only root can run does not count for root.
    """
    home = os.environ.get("JAVA_HOME")
    for path in ([f"{home}/bin"] if home else []) + [_path()]:
        said = _asked(shutil.which("java", path=path) or "")
        if said and said.major >= wanted and (os.geteuid() or _open_to_all(said.binary)):
            return said
    package = java_package(wanted)
    unpacked = None if debian.obstacle(package) else debian.find(package)
    return _of_debian(unpacked) if unpacked else None


def fetch_java(wanted: int) -> Java:
    """Return a Java of at least version `wanted`, unpacking Debian's if there is none here.

    Raises LaunchFailed.
    """
    return find_java(wanted) or _of_debian(debian.fetch(java_package(wanted)))


def java_package(wanted: int) -> DebianPackages:
    """Return Debian's Java of version `wanted`, without anything for screens."""
    return DebianPackages(
        packages=(f"openjdk-{wanted}-jre-headless",),
        binary=f"usr/lib/jvm/java-{wanted}-openjdk-*/bin/java",
    )


def find_maven() -> Path | None:
    """Return Maven's program: of PATH, or unpacked before."""
    if on_path := shutil.which("mvn", path=_path()):
        return Path(on_path)
    unpacked = None if debian.obstacle(MAVEN) else debian.find(MAVEN)
    return unpacked.binary if unpacked else None


def fetch_maven() -> Path:
    """Return Maven's program, unpacking Debian's if there is none here; raises LaunchFailed."""
    return find_maven() or debian.fetch(MAVEN).binary


def _path() -> str:
    return os.pathsep.join([os.environ.get("PATH", ""), SYSTEM])


def _of_debian(unpacked: Provided) -> Java:
    version = unpacked.version.partition("+")[0]
    home = unpacked.binary.parent.parent
    return Java(
        binary=unpacked.binary, home=home, version=version, source=unpacked.source, env=unpacked.env
    )


@functools.cache
def _asked(binary: str) -> Java | None:
    """Return what the program says of itself, which a wrapper on PATH also tells; None if it is
    not there or no Java.
    """
    if not binary:
        return None
    try:
        said = subprocess.run(
            [binary, "-XshowSettings:properties", "-version"],
            capture_output=True,
            text=True,
            timeout=ASK_S,
            check=True,
        ).stderr
    except (OSError, subprocess.SubprocessError):
        return None
    about = dict(re.findall(r"^ +(java\.home|java\.version) = (.+)$", said, re.MULTILINE))
    home = Path(about.get("java.home", ""))
    if not re.match(r"\d+", about.get("java.version", "")) or not (home / "bin/java").exists():
        return None
    version = about["java.version"]
    return Java(binary=home / "bin/java", home=home, version=version, source=f"{home} ({version})")


def _open_to_all(binary: Path) -> bool:
    real = binary.resolve()
    return all(path.stat().st_mode & 0o001 for path in (real, *real.parents))
