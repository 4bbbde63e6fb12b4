"""Which launcher a command uses, by the plan and by what this machine has."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.config import Plan
from harness.contract import Stack
from harness.errors import LaunchFailed, UsageError
from harness.launch import Launcher
from harness.launch.attach import Attach
from harness.launch.processes import Processes

Say = Callable[[str, str], None]
"""Takes the word of a stage and what there is to tell about it."""


def at_hand(
    plan: Plan,
    found: Mapping[str, Stack],
    say: Say,
    *,
    all_of_them: bool,
    beside: frozenset[str] = frozenset(),
) -> tuple[Launcher, dict[str, Stack], dict[str, str]]:
    """Choose the launcher and fetch what the stacks need.

    Returns the launcher, the stacks that can run here, and why the others cannot. Where the plan
    leaves the launcher open, containers are taken when an engine answers and their images can be
    had, else processes. Raises LaunchFailed when no stack can run, or `all_of_them` must and one
    cannot; what is only `beside` them may be missing.
    """
    launcher = _launcher(plan)
    needed = _Needed(all_of_them=all_of_them, beside=beside)
    try:
        able, missing = _fetched(launcher, found, say, needed)
    except LaunchFailed as error:
        if plan.launcher != "auto" or launcher.name != "containers":
            raise
        say("launch", f"processes are taken, not containers: {str(error).splitlines()[0]}")
        launcher = Processes()
        able, missing = _fetched(launcher, found, say, needed)
    return launcher, able, missing


def quiet(_stage: str, _text: str) -> None:
    """Tell nothing."""


def _launcher(plan: Plan) -> Launcher:
    if plan.attach:
        if missing := sorted(set(plan.stacks) - set(plan.attach)):
            raise UsageError(
                f"--attach names no URL for {', '.join(missing)}; stacks that are attached are "
                "compared only with stacks that are attached too"
            )
        return Attach(urls=plan.attach)
    if plan.launcher == "processes":
        return Processes()
    from harness.launch.engine import obstacle  # noqa: PLC0415 - loads the engine's library

    if plan.launcher == "auto" and obstacle():
        return Processes()
    from harness.launch.containers import Containers  # noqa: PLC0415 - reads the environment

    bundle = plan.ca_bundle or os.environ.get("SSL_CERT_FILE", "")
    if bundle and not Path(bundle).is_file():
        raise UsageError(f"ca_bundle (or $SSL_CERT_FILE) is {bundle!r}, which is not a file")
    return Containers(images=plan.images, ca_bundle=bundle)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Needed:
    """What must be had: every stack or just one, whatever may be missing `beside` them."""

    all_of_them: bool
    beside: frozenset[str]


def _fetched(
    launcher: Launcher, found: Mapping[str, Stack], say: Say, needed: _Needed
) -> tuple[dict[str, Stack], dict[str, str]]:
    able: dict[str, Stack] = {}
    missing: dict[str, str] = {}
    for name, stack in found.items():
        say("launch", f"looking for everything that {name} needs")
        try:
            launcher.prepare(stack)
            able[name] = stack
        except LaunchFailed as error:
            if needed.all_of_them and name not in needed.beside:
                raise
            missing[name] = str(error)
            say("skipped", f"{name}: {error}")
    if not set(able) - needed.beside:
        raise LaunchFailed("no stack can run here:\n" + "\n".join(missing.values()))
    return able, missing
