"""Which launcher a command uses, by the plan and by what this machine has."""

from __future__ import annotations

import os
from pathlib import Path

from harness.config import Plan
from harness.errors import UsageError
from harness.launch import Launcher
from harness.launch.attach import Attach
from harness.launch.engine import obstacle
from harness.launch.processes import Processes


def launcher_of(plan: Plan) -> Launcher:
    """Return the launcher that the plan asks for; `auto` is containers when an engine answers."""
    if plan.attach:
        missing = sorted(set(plan.stacks) - set(plan.attach))
        if missing:
            raise UsageError(
                f"--attach names no URL for {', '.join(missing)}; stacks that are attached are "
                "compared only with stacks that are attached too"
            )
        return Attach(urls=plan.attach)
    if plan.launcher == "processes" or (plan.launcher == "auto" and obstacle()):
        return Processes()
    from harness.launch.containers import Containers  # noqa: PLC0415 - reads the environment

    bundle = plan.ca_bundle or os.environ.get("SSL_CERT_FILE", "")
    if bundle and not Path(bundle).is_file():
        raise UsageError(f"ca_bundle (or $SSL_CERT_FILE) is {bundle!r}, which is not a file")
    return Containers(images=plan.images, ca_bundle=bundle)
