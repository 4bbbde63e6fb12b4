"""The launcher of native processes: servers as children of bakeoff, on free loopback ports, each
in a session and a scratch folder of its own.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import MappingProxyType

from harness.contract import Component, Embedded, Endpoint, ProcessSpec, Stack
from harness.launch import cleanup
from harness.launch.affinity import sizing
from harness.launch.embedded import placed_in
from harness.launch.marks import fill, fill_all, fill_values
from harness.launch.placed import Budget, PlacedStack, Started
from harness.launch.ports import LOOPBACK, free_port, require_free
from harness.launch.provided import Provided
from harness.launch.provision import provide
from harness.launch.ready import READY_S
from harness.launch.running import Running
from harness.launch.secret import new_secret
from harness.launch.sizes import size_of
from harness.launch.spawning import NOBODY, limits
from harness.launch.supervision import Supervised
from harness.launch.username import fetch_wrapper, name_environment, needs_name
from harness.launch.waves import place, stand_in_links


@dataclass(frozen=True, slots=True, kw_only=True)
class Processes:
    """Launches stacks as native processes. A component that is not ready in `ready_s` failed."""

    name: str = "processes"
    ready_s: float = READY_S

    def prepare(self, stack: Stack) -> None:
        """Find or fetch every binary, all at the same time; raises LaunchFailed."""
        specs = {c.name: c.process(stand_in_links(c, stack)) for c in stack.components}
        sources = {n: spec.sources for n, spec in specs.items() if isinstance(spec, ProcessSpec)}
        with ThreadPoolExecutor(max(1, len(sources)), thread_name_prefix="fetch") as pool:
            for _ in pool.map(provide, sources, sources.values()):
                pass
        for spec in specs.values():
            if isinstance(spec, ProcessSpec) and needs_name(spec):
                fetch_wrapper(spec)

    def up(self, stack: Stack, budget: Budget, *, port: int = 0) -> PlacedStack:
        """Start the stack and wait until all of it is ready; raises LaunchFailed."""
        if port:
            require_free(port)
        self.prepare(stack)
        launch = cleanup.begin(stack.name, engine=False)
        site = ProcessSite(
            launch=launch,
            budget=budget,
            secret=new_secret(),
            ports=MappingProxyType({stack.entry: port} if port else {}),
        )
        return place(
            stack,
            site,
            launcher=self.name,
            facts=self.facts(),
            timeout_s=self.ready_s,
            cancelled=budget.cancelled,
        )

    def facts(self) -> Mapping[str, str]:
        """Return what this machine can enforce on processes."""
        return limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSite:
    """One launch of one stack as processes. `ports` are those that were asked for, by component."""

    launch: cleanup.Launch
    budget: Budget
    secret: str
    ports: Mapping[str, int]
    running: list[Running] = field(default_factory=list)
    serial: count[int] = field(default_factory=count)

    def start(
        self, component: Component, links: Mapping[str, str], cancelled: threading.Event
    ) -> Started:
        """Start a component in a fresh folder on fresh ports; raises LaunchFailed."""
        spec = component.process(links)
        folder = self.launch.scratch / f"{component.name}-{next(self.serial)}"
        folder.mkdir(mode=0o755)
        if isinstance(spec, Embedded):
            return placed_in(component, folder, self.secret)
        provided = provide(component.name, spec.sources)
        size = size_of(provided)
        port = self.ports.get(component.name) or free_port()
        values = self._values(component, spec, provided, folder, port)
        self._furnish(spec, folder, values)
        supervised = self._supervised(component, spec, provided, folder, values)
        self.running.append(supervised)
        began = time.perf_counter()
        for command in spec.prepare:
            supervised.run(fill_all(command, values), cancelled)
        for command in (*spec.companions, spec.command):
            supervised.start(fill_all(command, values))
        at = Endpoint(host=LOOPBACK, port=port, data=str(folder), secret=self.secret)
        return Started(
            component=component,
            at=at,
            inside_url=component.url(at),
            source=provided.source,
            stand_in=spec.stand_in or provided.stand_in,
            size=size.total,
            size_of=size.text,
            began=began,
            meter=supervised.meter,
            log=supervised.log,
            running=supervised,
        )

    def close(self) -> None:
        """Stop everything, the last started first, and remove the scratch folder."""
        while self.running:
            self.running.pop().stop()
        self.launch.end()

    def _values(
        self,
        component: Component,
        spec: ProcessSpec,
        provided: Provided,
        folder: Path,
        port: int,
    ) -> dict[str, str]:
        return {
            "host": LOOPBACK,
            "port": str(port),
            **{f"port:{name}": str(free_port()) for name in spec.ports},
            "data": str(folder),
            "binary": str(provided.binary),
            "bin": str(provided.bin),
            "root": provided.root,
            "secret": self.secret,
            "workers": str(self.budget.workers),
            "cpus": str(self.budget.count_of(component)),
        }

    def _furnish(self, spec: ProcessSpec, folder: Path, values: Mapping[str, str]) -> None:
        """Write the files of a component, and give its folder to the user it runs as."""
        for name, text in spec.files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(fill(text, values))
        if spec.unprivileged and os.geteuid() == 0:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        folder.chmod(0o700)

    def _supervised(
        self,
        component: Component,
        spec: ProcessSpec,
        provided: Provided,
        folder: Path,
        values: Mapping[str, str],
    ) -> Supervised:
        base = {
            "PATH": f"{provided.bin}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            cleanup.MARK: self.launch.id,
            **sizing(self.budget.count_of(component)),
        }
        return Supervised(
            name=component.name,
            env={
                **base,
                **provided.env,
                **name_environment(spec, folder),
                **fill_values(spec.env, values),
            },
            cwd=spec.cwd or folder,
            log=self.launch.scratch / f"{component.name}.log",
            unprivileged=spec.unprivileged,
            cpus=self.budget.cpus_of(component),
            stop_by=signal.Signals[spec.stop],
            note=self.launch.add,
        )
