"""Servers from Debian packages, unpacked into the cache without installing anything; no root
needed. apt checks the signatures as it always does.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
from pathlib import Path

from harness.contract import DebianPackages
from harness.errors import LaunchFailed
from harness.launch import cache
from harness.launch.fetching import fetch_with
from harness.launch.provided import Provided

LISTS = Path("/var/lib/apt/lists")
LIBRARIES = ("usr/lib/{}-linux-gnu", "lib/{}-linux-gnu", "usr/lib")


def find(source: DebianPackages) -> Provided | None:
    """Return the unpacked binary if it is in the cache."""
    entry = cache.cached(_name(source))
    return _provided(source, entry) if entry else None


def obstacle(source: DebianPackages) -> str:
    """Say why it cannot be fetched."""
    del source
    missing = [tool for tool in ("apt-get", "dpkg-deb") if shutil.which(tool) is None]
    return f"this machine has no {' and no '.join(missing)}" if missing else ""


def fetch(source: DebianPackages) -> Provided:
    """Download and unpack the packages; raises LaunchFailed."""
    return _provided(source, cache.fetched(_name(source), lambda entry: _unpack(source, entry)))


def describe(source: DebianPackages) -> str:
    """Name the source for people."""
    return f"the Debian packages {' '.join(source.packages)}"


def mend(source: DebianPackages) -> str:
    """Return the command that installs the packages, where there is apt."""
    return f"sudo apt-get install {' '.join(source.packages)}" if shutil.which("apt-get") else ""


def _name(source: DebianPackages) -> str:
    release = platform.freedesktop_os_release()
    system = f"{release.get('ID')}-{release.get('VERSION_ID')}-{platform.machine()}"
    return f"debian-{source.packages[0]}-{cache.key(system, *source.packages)}"


def _unpack(source: DebianPackages, entry: Path) -> None:
    """Fill `entry` with root/ and packages.txt, a line `name version` for each package.

    The system's lists of packages are used where they are there and still fit the mirror; else
    fresh ones are fetched, for this entry only.
    """
    for folder in ("state/lists/partial", "cache/archives/partial", "log", "root"):
        (entry / folder).mkdir(parents=True)
    apt = _apt(entry)
    try:
        debs = _download(source, [*apt, "-o", f"Dir::State::lists={LISTS}"], entry / "system")
    except LaunchFailed:
        fetch_with([*apt, "update"], what=describe(source), cwd=entry)
        debs = _download(source, apt, entry / "debs")
    lines = []
    for package in sorted(debs.glob("*.deb")):
        unpack = ["dpkg-deb", "--extract", str(package), str(entry / "root")]
        fetch_with(unpack, what=describe(source), cwd=entry)
        show = ["dpkg-deb", "--show", "--showformat=${Package} ${Version}", str(package)]
        lines.append(fetch_with(show, what=describe(source), cwd=entry))
    (entry / "packages.txt").write_text("\n".join(lines) + "\n")
    _relink(entry / "root")
    for folder in ("state", "cache", "log", "system", "debs"):
        shutil.rmtree(entry / folder, ignore_errors=True)


def _relink(root: Path) -> None:
    """Make links that begin with / point to what was unpacked, where that has their target."""
    for link in (path for path in root.rglob("*") if path.is_symlink()):
        target = link.readlink()
        inside = root / str(target).lstrip("/")
        if target.is_absolute() and os.path.lexists(inside):
            link.unlink()
            link.symlink_to(os.path.relpath(inside, link.parent))


def _download(source: DebianPackages, apt: list[str], debs: Path) -> Path:
    """Download the packages named, even if they are installed, so that the root is whole, and of
    what they need that which apt's solver says this machine lacks; return the folder.
    """
    debs.mkdir()
    what = describe(source)
    install = ["-y", "--no-install-recommends", "--simulate", "install", *source.packages]
    plan = fetch_with([*apt, *install], what=what, cwd=debs)
    lacking = re.findall(r"^Inst (\S+)", plan, re.MULTILINE)
    fetch_with([*apt, "download", *sorted({*lacking, *source.packages})], what=what, cwd=debs)
    return debs


def _apt(entry: Path) -> list[str]:
    """Return apt-get with all that it writes in `entry`, and what it reads from the system."""
    settings = {
        "APT::Sandbox::User": "",
        "Debug::NoLocking": "1",
        "Dir::State": entry / "state",
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": entry / "cache",
        "Dir::Log": entry / "log",
    }
    return ["apt-get", "-q", *(word for item in settings.items() for word in _option(*item))]


def _option(name: str, value: object) -> tuple[str, str]:
    return ("-o", f"{name}={value}")


def _provided(source: DebianPackages, entry: Path) -> Provided:
    root = entry / "root"
    binary = next(iter(sorted(root.glob(source.binary))), root / source.binary)
    if not binary.is_file():
        raise LaunchFailed(f"{describe(source)} hold no {source.binary}")
    packages = dict(line.split(" ", 1) for line in _lines(entry / "packages.txt"))
    version = packages.get(source.packages[0], "")
    places = [root / place.format(platform.machine()) for place in LIBRARIES]
    return Provided(
        binary=binary,
        root=str(root),
        source=f"Debian package {source.packages[0]} {version}, unpacked",
        version=version,
        env={"LD_LIBRARY_PATH": ":".join(str(place) for place in places if place.is_dir())},
    )


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines()
