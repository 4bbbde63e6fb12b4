"""The launcher of containers, by testcontainers: each stack in a network of its own, its ports
published on loopback only, everything labelled for `bakeoff clean`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.contract import ContainerSpec, Stack
from harness.launch import cleanup
from harness.launch.container_site import ContainerSite, make_network
from harness.launch.placed import Budget, PlacedStack
from harness.launch.ports import require_free
from harness.launch.ready import READY_S
from harness.launch.secret import new_secret
from harness.launch.waves import place, stand_in_links


@dataclass(frozen=True, slots=True, kw_only=True)
class Containers:
    """Launches stacks as containers.

    `images` is `[images]` of the configuration, `ca_bundle` a file of certificates that builds
    trust. A component that is not ready in `ready_s` failed.
    """

    name: str = "containers"
    images: Mapping[str, str] = field(default_factory=dict)
    ca_bundle: str = ""
    ready_s: float = READY_S

    def prepare(self, stack: Stack) -> None:
        """Pull or build every image; raises LaunchFailed."""
        from harness.launch.images import Images  # noqa: PLC0415 - loads the engine's library

        images = Images(overrides=self.images, ca_bundle=self.ca_bundle)
        for component in stack.components:
            spec = component.container(stand_in_links(component, stack))
            if isinstance(spec, ContainerSpec):
                images.get(component, spec)

    def up(self, stack: Stack, budget: Budget, *, port: int = 0) -> PlacedStack:
        """Start the stack and wait until all of it is ready; raises LaunchFailed."""
        from harness.launch import engine  # noqa: PLC0415 - loads the engine's library
        from harness.launch.images import Images  # noqa: PLC0415 - the same

        if port:
            require_free(port)
        self.prepare(stack)
        launch = cleanup.begin(stack.name, engine=True)
        labels = {cleanup.LABEL: launch.id, "bakeoff.stack": stack.name}
        site = ContainerSite(
            launch=launch,
            labels=labels,
            network=make_network(launch, labels),
            budget=budget,
            secret=new_secret(),
            ports={stack.entry: port} if port else {},
            images=Images(overrides=self.images, ca_bundle=self.ca_bundle),
            wide=not engine.binding_obstacle(),
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
        """Return what the engine is, and how containers come to run on their processors only."""
        from harness.launch import engine  # noqa: PLC0415 - loads the engine's library

        obstacle = engine.binding_obstacle()
        how = f"from the start: {obstacle}" if obstacle else "set when all is ready and verified"
        return {**engine.facts(), "cpu affinity": how}
