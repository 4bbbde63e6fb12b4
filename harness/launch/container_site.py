"""One launch of one stack as containers, by testcontainers, which is imported when first needed."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from harness.contract import Component, ContainerSpec, Embedded, Endpoint
from harness.errors import LaunchFailed
from harness.launch import cleanup
from harness.launch.affinity import sizing
from harness.launch.contained import Contained, listed, published
from harness.launch.embedded import placed_in
from harness.launch.marks import fill, fill_all, fill_values
from harness.launch.placed import Budget, Started
from harness.launch.ports import LOOPBACK, free_port
from harness.launch.ready import address_taken
from harness.launch.waves import ATTEMPTS

TASK_S = 120.0
POLL_S = 0.05


@cache
def _testcontainers() -> Any:
    """Import testcontainers with its reaper off: it reads its environment when imported.

    That is an image of its own, which must be pulled; what we start is found by its label.
    """
    os.environ["TESTCONTAINERS_RYUK_DISABLED"] = "true"
    os.environ.setdefault("TESTCONTAINERS_CONNECTION_MODE", "docker_host")
    os.environ.setdefault("TESTCONTAINERS_HOST_OVERRIDE", LOOPBACK)
    from testcontainers.core import container  # noqa: PLC0415 - see above

    return container


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerSite:
    """One launch of one stack as containers. `ports` are those asked for, by component.

    `wide` containers start on all processors and are bound to theirs by `pin`, others are bound
    from the start. `folders` tells where embedded components are, on this machine and within
    containers.
    """

    launch: cleanup.Launch
    labels: Mapping[str, str]
    budget: Budget
    secret: str
    ports: Mapping[str, int]
    images: Any
    network: Any
    wide: bool
    folders: dict[str, tuple[Path, str]] = field(default_factory=dict)
    running: list[Contained] = field(default_factory=list)

    def start(
        self, component: Component, links: Mapping[str, str], cancelled: threading.Event
    ) -> Started:
        """Start a component, its tasks first; raises LaunchFailed."""
        spec = component.container(links)
        if isinstance(spec, Embedded):
            folder = self.launch.scratch / component.name
            folder.mkdir()
            folder.chmod(0o777)  # the user within the container is not known, and must write here
            self.folders[component.name] = (folder, spec.mount)
            return placed_in(component, folder, self.secret, mount=spec.mount)
        image = self.images.get(component, spec)
        began = time.perf_counter()
        for task in spec.tasks:
            self._run_task(component, spec, image.name, task, cancelled)
        wrapped = self._serve(component, spec, image.name)
        contained = Contained(
            name=component.name,
            container=wrapped,
            scratch=self.launch.scratch,
            cpus=self.budget.cpus_of(component) if self.wide else (),
        )
        self.running.append(contained)
        wrapped.reload()
        port = published(wrapped, spec.outside_port or spec.port)
        at = Endpoint(host=LOOPBACK, port=port, data=spec.data, secret=self.secret)
        inside = Endpoint(host=component.name, port=spec.port, data=spec.data, secret=self.secret)
        return Started(
            component=component,
            at=at,
            inside_url=component.url(inside),
            source=image.source,
            stand_in=image.stand_in,
            size=image.size,
            size_of=f"image {image.name}, all layers",
            began=began,
            meter=contained.meter,
            log=None,
            running=contained,
        )

    def close(self) -> None:
        """Stop all containers at once, and remove every trace of the launch."""
        from harness.launch import engine  # noqa: PLC0415 - loads the engine's library

        with ThreadPoolExecutor(len(self.running) or 1) as pool:
            list(pool.map(Contained.stop, self.running))
        self.running.clear()
        engine.remove_labelled(f"{cleanup.LABEL}={self.launch.id}")
        self.launch.end()

    def _run_task(
        self,
        component: Component,
        spec: ContainerSpec,
        image: str,
        task: tuple[str, ...],
        cancelled: threading.Event,
    ) -> None:
        """Run a command to its end in a container of its own; raises LaunchFailed."""
        wrapped = self._start(component, spec, image, task, port=0)
        contained = Contained(name=component.name, container=wrapped, scratch=self.launch.scratch)
        deadline = time.perf_counter() + TASK_S
        while not contained.fault():
            if cancelled.is_set() or time.perf_counter() > deadline:
                raise LaunchFailed(f"{component.name}: {task[0]}: given up\n{contained.log_end()}")
            time.sleep(POLL_S)
        if code := wrapped.attrs["State"]["ExitCode"]:
            raise LaunchFailed(
                f"{component.name}: preparing it with {' '.join(task)} failed (exit code {code})\n"
                f"{contained.log_end()}"
            )
        contained.stop()

    def _serve(self, component: Component, spec: ContainerSpec, image: str) -> Any:
        """Start the server on a port of this machine that it keeps when it is started again."""
        asked = self.ports.get(component.name, 0)
        for _ in range(ATTEMPTS - 1):
            try:
                port = asked or free_port()
                return self._start(component, spec, image, spec.command, port=port)
            except LaunchFailed as error:
                if asked or not address_taken(error):
                    raise
        return self._start(component, spec, image, spec.command, port=asked or free_port())

    def _start(
        self,
        component: Component,
        spec: ContainerSpec,
        image: str,
        command: tuple[str, ...],
        *,
        port: int,
    ) -> Any:
        """Create, furnish and start a container; return the engine's object.

        `port` is the one on this machine, 0 for a task that nobody is to reach.
        """
        values = {
            "host": "0.0.0.0",  # noqa: S104 - within its own network
            "port": str(spec.port),
            "published": str(port),
            "data": spec.data,
            "secret": self.secret,
            "workers": str(self.budget.workers),
            "cpus": str(self.budget.count_of(component)),
        }
        container = _testcontainers().DockerContainer(image, **self._limits(component))
        sizes = sizing(self.budget.count_of(component))
        container.with_envs(**sizes, **fill_values(spec.env, values)).with_network(self.network)
        if command:
            container.with_command(fill_all(command, values))
        for path, text in spec.files.items():
            container.with_copy_into_container(fill(text, values).encode(), path)
        for folder, mount in (self.folders[n] for n in component.needs if n in self.folders):
            container.with_volume_mapping(folder, mount, "rw")
        if port:
            container.with_network_aliases(component.name)
            if inside := spec.outside_port or spec.port:
                container.ports[f"{inside}/tcp"] = (LOOPBACK, port)
        try:
            return container.start().get_wrapped_container()
        except Exception as error:
            container.get_docker_client().client.close()
            raise LaunchFailed(f"{component.name}: cannot start {image}: {error}") from error

    def _limits(self, component: Component) -> dict[str, Any]:
        """Return labels, processors and memory of a container, as the engine takes them."""
        limits: dict[str, Any] = {"labels": dict(self.labels)}
        if not self.wide and (cpus := self.budget.cpus_of(component)):
            limits["cpuset_cpus"] = listed(cpus)
        if self.budget.memory:
            # Equal limits forbid swapping.
            limits |= {"mem_limit": self.budget.memory, "memswap_limit": self.budget.memory}
        return limits


def make_network(launch: cleanup.Launch, labels: Mapping[str, str]) -> Any:
    """Make a network for one stack; raises LaunchFailed."""
    from harness.launch import engine  # noqa: PLC0415 - loads the engine's library

    try:
        return engine.client().networks.create(f"bakeoff-{launch.id}", labels=dict(labels))
    except Exception as error:
        launch.end()
        raise LaunchFailed(f"{launch.stack}: no network can be made: {error}") from error
