"""A name for a user who has none, as in a container that was started with any number as its user.

Some servers refuse to run without one. nss_wrapper (https://cwrap.org/nss_wrapper.html), preloaded
into them, answers in the system's place when they ask.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from pathlib import Path

from harness.contract import DebianPackages, ProcessSpec
from harness.launch.provision import provide
from harness.launch.spawning import NOBODY

WRAPPER = DebianPackages(
    packages=("libnss-wrapper",), binary="usr/lib/*-linux-gnu/libnss_wrapper.so"
)


def needs_name(spec: ProcessSpec) -> bool:
    """Tell whether a server wants a name, and the user whom it would run as has none."""
    return spec.named_user and _nameless(_user(spec))


def fetch_wrapper(spec: ProcessSpec) -> Path:
    """Return the library that gives names, fetching it if need be; raises LaunchFailed."""
    what = f"a name for user {_user(spec)}, who is not in /etc/passwd,"
    return provide(what, (WRAPPER,)).binary


def name_environment(spec: ProcessSpec, folder: Path) -> Mapping[str, str]:
    """Write who the user is into `folder`; return the environment by which a server sees it.

    Empty when the server needs none of it.
    """
    if not needs_name(spec):
        return {}
    user, group = _user(spec), os.getegid()
    users, groups = folder / "passwd", folder / "group"
    users.write_text(f"bakeoff:x:{user}:{group}::{folder}:/bin/sh\n")
    groups.write_text(f"bakeoff:x:{group}:\n")
    return {
        "LD_PRELOAD": str(fetch_wrapper(spec)),
        "NSS_WRAPPER_PASSWD": str(users),
        "NSS_WRAPPER_GROUP": str(groups),
    }


def _user(spec: ProcessSpec) -> int:
    return NOBODY if spec.unprivileged and os.geteuid() == 0 else os.geteuid()


def _nameless(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return True
    return False
