"""Apps for Node.js: installed from their lock file and built in the cache, one entry for each
content of the folder and each Node.js. Nothing is written into the folder itself.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
from pathlib import Path

from harness.contract import NodePackage
from harness.errors import LaunchFailed
from harness.launch import cache, node
from harness.launch.fetching import fetch_with
from harness.launch.node import Node
from harness.launch.provided import Provided
from harness.launch.truststore import bundle

MANIFEST, LOCK = "package.json", "package-lock.json"
# What npm and the build make: never taken along, so that an entry has nothing but its own.
MADE = ("node_modules", "dist")
QUIET = ("--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")


def find(source: NodePackage) -> Provided | None:
    """Return the built app if it and a Node.js are there already."""
    if _missing(source):
        return None
    found = node.find(source.node)
    entry = cache.cached(_name(source, found)) if found else None
    return _provided(source, entry, found) if entry and found else None


def obstacle(source: NodePackage) -> str:
    """Say why it cannot be built."""
    if missing := _missing(source):
        return f"{source.folder} has no {' and no '.join(missing)}"
    return "" if node.find(source.node) else node.obstacle(source.node)


def fetch(source: NodePackage) -> Provided:
    """Install and build it; raises LaunchFailed with what npm said."""
    if fault := obstacle(source):
        raise LaunchFailed(fault)
    found = node.find(source.node) or node.fetch()
    entry = cache.fetched(_name(source, found), lambda entry: _fill(source, entry, found))
    return _provided(source, entry, found)


def describe(source: NodePackage) -> str:
    """Name the source for people."""
    return f"the npm packages of {'/'.join((source.folder / LOCK).parts[-3:])}"


def mend(source: NodePackage) -> str:
    """Return the command that makes what is missing: the lock, or the app by hand."""
    if not (source.folder / LOCK).is_file():
        flags = "--package-lock-only --omit-lockfile-registry-resolved"
        return f"npm install {flags} --prefix {source.folder}"
    return f"cp -R {source.folder} /tmp/app && cd /tmp/app && npm ci && npm run build"


def _missing(source: NodePackage) -> list[str]:
    return [name for name in (MANIFEST, LOCK) if not (source.folder / name).is_file()]


def _name(source: NodePackage, found: Node) -> str:
    system = f"{platform.system()} {platform.machine()} {platform.libc_ver()[0]}"
    return f"node-{source.folder.parent.name}-{cache.key(_digest(source), found.version, system)}"


def _digest(source: NodePackage) -> str:
    digest = hashlib.sha256()
    for path in sorted(source.folder.rglob("*")):
        inside = path.relative_to(source.folder)
        if path.is_file() and inside.parts[0] not in MADE:
            digest.update(f"{inside}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _fill(source: NodePackage, entry: Path, found: Node) -> None:
    """Fill `entry` with the folder's content, node_modules/ and what the build makes.

    Scripts of packages are not run. The app's own build is given nothing of the caller's
    environment, as it needs no network; then what only the build needs is removed.
    """
    ignore = shutil.ignore_patterns(*MADE)
    shutil.copytree(source.folder, entry, ignore=ignore, dirs_exist_ok=True)
    _readable(entry)
    home = entry / ".home"
    home.mkdir()
    path = f"{found.binary.parent}:/usr/local/bin:/usr/bin:/bin"
    bare = {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8"}
    npm, what = found.npm, describe(source)
    env = {"PATH": path, **_certificates()}
    ci = ("ci", "--ignore-scripts", "--include=dev", *QUIET)
    fetch_with([*npm, *ci], what=what, cwd=entry, env=env)
    fetch_with([*npm, "run", "build"], what=what, cwd=entry, env=bare, inherit=False)
    prune = ("prune", "--omit=dev", "--ignore-scripts", "--offline", *QUIET)
    fetch_with([*npm, *prune], what=what, cwd=entry, env=bare, inherit=False)
    shutil.rmtree(home)


def _certificates() -> dict[str, str]:
    """Have Node.js know this machine's certificates too, unless it is told of others: by itself it
    only knows those that it brings along.
    """
    found = bundle()
    told = "NODE_EXTRA_CA_CERTS" in os.environ
    return {} if told or found is None else {"NODE_EXTRA_CA_CERTS": str(found)}


def _readable(entry: Path) -> None:
    """Let everybody read the copy, whatever the modes of the original."""
    for path in (entry, *entry.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _provided(source: NodePackage, entry: Path, found: Node) -> Provided:
    made = f"{describe(source)} (sha256 {_digest(source)[:12]})"
    return Provided(
        binary=found.binary,
        root=str(entry),
        source=f"{made} on Node.js {found.version} from {found.source}",
        version=f"Node.js {found.version}",
    )
