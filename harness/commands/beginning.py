"""Begin a run: what was asked for, and where it is measured."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from harness.config import Plan
from harness.contract import Stack
from harness.errors import UsageError
from harness.launch import Launcher
from harness.measure.host import facts, fingerprint
from harness.plan import cpus
from harness.records import SCHEMA, Run
from harness.revisions import revision_of
from harness.store import Store, plan_hash

NOT_COMPARED = {"name", "store", "images", "ca_bundle", "attach"}


def begin(
    store: Store,
    plan: Plan,
    launcher: Launcher,
    found: Mapping[str, Stack],
    skips: Mapping[str, str],
    *,
    resume: bool,
) -> Run:
    """Return the run to carry out: a new one, stored, or the latest unfinished one of this plan."""
    if resume:
        unfinished = store.latest_unfinished(plan_hash(asked(plan, found)))
        if unfinished is None:
            raise UsageError(f"{store.url} holds no unfinished run of this plan; drop --resume")
        return unfinished
    new = described(plan, launcher, found, skips)
    store.begin(new)
    return new


def described(
    plan: Plan, launcher: Launcher, found: Mapping[str, Stack], skips: Mapping[str, str]
) -> Run:
    """Return a run that would begin now, with all that is known of it beforehand."""
    wanted = asked(plan, found)
    split = cpus(plan)
    about = {"stacks": split.stacks, "generator": split.generator}
    sets = {who: ",".join(map(str, numbers)) for who, numbers in about.items()}
    told = facts(engine=launcher.facts().get("engine", ""), cpusets=sets)
    if revision := revision_of(Path.cwd()):
        told["revision"] = revision
    told |= launcher.facts()
    now = datetime.now(UTC)
    return Run(
        id=f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}",
        started_at=now.isoformat(timespec="seconds"),
        finished_at="",
        schema=SCHEMA,
        version=version("bakeoff"),
        launcher=launcher.name,
        plan=wanted,
        facts=told,
        fingerprint=fingerprint(told, launcher=launcher.name, plan=wanted),
        llm_capacity=0.0,
        titles={name: stack.title for name, stack in found.items()},
        skips=dict(skips),
    )


def asked(plan: Plan, found: Mapping[str, Stack]) -> dict[str, object]:
    """Return the plan as runs are known by it: with its stacks, without names and addresses."""
    wanted: dict[str, object] = plan.model_dump(mode="json", exclude=NOT_COMPARED)
    return wanted | {"stacks": [name for name in found if name != plan.blank]}
