"""The launcher of another revision's stack: a checkout of it brings up its own version of the stack
by its own code, in a child process, beside what this revision brings up itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.contract import Stack
from harness.errors import LaunchFailed
from harness.launch import link, wire
from harness.launch.elsewhere import placed_elsewhere
from harness.launch.link import Answer, Link
from harness.launch.placed import Budget, PlacedStack
from harness.launch.ports import require_free

POLL_S = 0.1
GIVEN_UP_S = 10.0
FOLDERS = ("BAKEOFF_STATE", "BAKEOFF_CACHE")
NO_OPTION = "no such option"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """Launches `stack` (its name there) of the revision in `folder`, called `label`.

    `name` is the launcher that is used there; the rest are the plan's. With `budget.cancelled` a
    launch under way is given up.
    """

    folder: Path
    stack: str
    label: str
    name: str = "processes"
    durability: str = "process"
    ca_bundle: str = ""
    settings: Mapping[str, Mapping[str, bool | int | float | str]] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)

    def prepare(self, stack: Stack) -> None:
        """Have it fetch or build whatever it needs; raises LaunchFailed."""
        budget = Budget()
        child = self._child(stack, only_prepare=True, budget=budget, port=0)
        self._greeted(child, budget)
        child.end()

    def up(self, stack: Stack, budget: Budget, *, port: int = 0) -> PlacedStack:
        """Have it bring its version of the stack up under the name of `stack`.

        Raises LaunchFailed, with nothing left running.
        """
        if port:
            require_free(port)
        child = self._child(stack, only_prepare=False, budget=budget, port=port)
        said = self._greeted(child, budget)
        try:
            return placed_elsewhere(stack, child, said, launcher=self.name, facts=self.facts())
        except BaseException:
            child.end()
            raise

    def facts(self) -> Mapping[str, str]:
        """Return which revision it is."""
        return {"revision": self.label}

    def _child(self, stack: Stack, *, only_prepare: bool, budget: Budget, port: int) -> Link:
        wish = wire.Wish(
            called=stack.name,
            alone=not stack.capabilities,
            only_prepare=only_prepare,
            port=port,
            durability=self.durability,
            ca_bundle=str(Path(self.ca_bundle).absolute()) if self.ca_bundle else "",
            settings=self.settings,
            images=self.images,
            budget=wire.budget_json(budget),
        )
        return link.begin(
            (
                *(sys.executable, "-m", "harness", "up", self.stack),
                *("--handover", "--launcher", self.name),
            ),
            what=f"{stack.name} of {self.label}",
            folder=self.folder,
            env=_environment(self.folder),
            wish=wish.to_json(),
        )

    def _greeted(self, child: Link, budget: Budget) -> Answer:
        """Return what the child says first; raises LaunchFailed when it fails or is given up."""
        try:
            while True:
                try:
                    return child.greeting.result(POLL_S)
                except TimeoutError:
                    if budget.cancelled.is_set():
                        raise LaunchFailed(f"{child.what}: given up") from None
        except BaseException as error:
            child.end(patience_s=GIVEN_UP_S)
            if NO_OPTION in child.last_words().lower():
                raise LaunchFailed(
                    f"{child.what}: this revision is too old to be brought up beside another: its "
                    "`bakeoff up` does not know --handover; compare with a later revision, or with "
                    "stored results"
                ) from error
            raise


def _environment(folder: Path) -> dict[str, str]:
    """Return the caller's environment for another folder, with Python looking into that first."""
    kept = {n: str(Path(os.environ[n]).absolute()) for n in FOLDERS if os.environ.get(n)}
    sources = [str(path.absolute()) for path in (folder, folder / "src") if path.is_dir()]
    before = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([*sources, *([before] if before else [])])
    return os.environ | kept | {"PYTHONPATH": path}
