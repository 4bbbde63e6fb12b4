"""The container engine, over Docker's own API: is it there, what is it, and what of ours is left.

Imported only when containers are asked for: the library takes a third of a second to load.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from functools import cache
from typing import Any

import docker
from docker.errors import APIError, DockerException, NotFound

from harness.errors import LaunchFailed

TIMEOUT_S = 300
NO_CONTAINER = "bakeoff-no-such-container"
DEFAULT = "unix:///var/run/docker.sock"


@cache
def client() -> Any:
    """Return the connection to the engine; raises LaunchFailed when none answers."""
    where = os.environ.get("DOCKER_HOST") or DEFAULT
    try:
        _knock(where)
        return docker.from_env(timeout=TIMEOUT_S)
    except (DockerException, OSError) as error:
        raise LaunchFailed(
            f"no Docker-compatible engine answers at {where} ({_first_line(error)}); start one, "
            "set DOCKER_HOST, or use --launcher processes"
        ) from error


def _knock(where: str) -> None:
    """Connect to a local engine's socket once; raises OSError.

    Docker's library forgets its own socket, unclosed, when it cannot connect.
    """
    scheme, _, path = where.partition("://")
    if scheme == "unix":
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(path)


def obstacle() -> str:
    """Say why containers cannot be had here; empty when they can."""
    try:
        client()
    except LaunchFailed as error:
        return str(error)
    return ""


def facts() -> Mapping[str, str]:
    """Return what the engine is; raises LaunchFailed."""
    version, info = client().version(), client().info()
    return {
        "engine": f"{version.get('Platform', {}).get('Name') or 'Docker'} {version['Version']}",
        "engine storage": str(info.get("Driver")),
        "engine cgroups": f"{info.get('CgroupDriver')} v{info.get('CgroupVersion', '1')}",
    }


@cache
def binding_obstacle() -> str:
    """Say why containers that run cannot be bound to other processors; empty when they can.

    Some engines lack the request, so it is tried on a container that is not there. Raises
    LaunchFailed without an engine.
    """
    if not client().info().get("CPUSet", True):
        return "the engine does not support it"
    try:
        client().api.update_container(NO_CONTAINER, cpuset_cpus="0")
    except NotFound as error:
        known = "no such container" in str(error).lower()
        return "" if known else f"the engine cannot change it later ({_first_line(error)})"
    except DockerException as error:
        return f"the engine cannot change it later ({_first_line(error)})"
    return ""


def remove_labelled(label: str) -> int:
    """Remove all containers, then all networks with a label `name=value`; return how many.

    Raises LaunchFailed.
    """
    wanted, removed = {"label": label}, 0
    try:
        for container in client().containers.list(all=True, filters=wanted, ignore_removed=True):
            removed += _removed(lambda c=container: c.remove(force=True, v=True))
        for network in client().networks.list(filters=wanted):
            removed += _removed(network.remove)
    except DockerException as error:
        raise LaunchFailed(f"the engine cannot remove what is labelled {label}: {error}") from error
    return removed


def _removed(remove: Any) -> bool:
    """Call `remove`; false when it was gone, or another's removal is under way."""
    try:
        remove()
    except NotFound:
        return False
    except APIError as error:
        if error.status_code == 409:  # noqa: PLR2004 - HTTP conflict
            return False
        raise
    return True


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
