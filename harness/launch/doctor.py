"""What would be used for every component, by both launchers, and what is missing.

Nothing is fetched, built or started. Each finding that is not fine carries the one command that
mends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum

from harness.contract import Component, ContainerSpec, ProcessSpec, Stack, Virtualenv, Wheel
from harness.launch.provision import KINDS, mend
from harness.launch.waves import stand_in_links


class State(StrEnum):
    """Whether a component can run: at once, after fetching something, or not."""

    READY = "ready"
    FETCH = "to be fetched"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one launcher would use for one component of a stack.

    `using` names the source, `version` what is known of its version before it runs; `stand_in` is
    empty for the real product. `mend` is a command, empty unless the state is MISSING.
    """

    stack: str
    component: str
    launcher: str
    state: State
    using: str
    version: str = ""
    stand_in: str = ""
    mend: str = ""


def doctor(
    stacks: Iterable[Stack], *, images: Mapping[str, str] | None = None
) -> tuple[Finding, ...]:
    """Examine every component of `stacks`; `images` is `[images]` of the configuration."""
    parts = [(stack, component) for stack in stacks for component in stack.components]
    with ThreadPoolExecutor(8) as pool:
        processes = pool.map(lambda part: _process(part[0], part[1]), parts)
        containers = pool.map(lambda part: _container(part[0], part[1], images or {}), parts)
        return (*processes, *containers)


def _process(stack: Stack, component: Component) -> Finding:
    spec = component.process(stand_in_links(component, stack))
    if not isinstance(spec, ProcessSpec):
        return _embedded(stack, component, "processes")
    known = {"stack": stack.name, "component": component.name, "launcher": "processes"}
    for source in spec.sources:
        if found := KINDS[type(source)].find(source):
            return Finding(
                **known,
                state=State.READY,
                using=found.source,
                version=found.version,
                stand_in=spec.stand_in or found.stand_in,
            )
    for source in spec.sources:
        if not KINDS[type(source)].obstacle(source):
            stand_in = source.stand_in if isinstance(source, Wheel | Virtualenv) else ""
            return Finding(
                **known,
                state=State.FETCH,
                using=KINDS[type(source)].describe(source),
                stand_in=spec.stand_in or stand_in,
            )
    reasons = "; ".join(KINDS[type(source)].obstacle(source) for source in spec.sources)
    return Finding(**known, state=State.MISSING, using=reasons, mend=mend(spec.sources))


def _container(stack: Stack, component: Component, images: Mapping[str, str]) -> Finding:
    from harness.launch import engine  # noqa: PLC0415 - loads the engine's library
    from harness.launch.images import Images, obtainable, present, stand_in_of  # noqa: PLC0415

    spec = component.container(stand_in_links(component, stack))
    if not isinstance(spec, ContainerSpec):
        return _embedded(stack, component, "containers")
    name = Images(overrides=images).name_of(component, spec)
    built = spec.build is not None and component.name not in images
    using = (
        f"{'/'.join(spec.build.context.parts[-2:])} built on {name}"
        if built and spec.build
        else name
    )
    state, how, stand_in = State.READY, "", ""
    if fault := engine.obstacle():
        state, using, how = State.MISSING, fault, "sudo systemctl start docker"
    elif image := present(name):
        stand_in = stand_in_of(image)
    else:
        state = State.FETCH
        if not obtainable(name):
            key = spec.build.base_name if built and spec.build else component.name
            using += f' (or name another one in bakeoff.toml: [images] {key} = "...")'
            how = f"docker pull {name}"
            state = State.MISSING
    return Finding(
        stack=stack.name,
        component=component.name,
        launcher="containers",
        state=state,
        using=using,
        version=name.rpartition(":")[2],
        stand_in=stand_in,
        mend=how,
    )


def _embedded(stack: Stack, component: Component, launcher: str) -> Finding:
    return Finding(
        stack=stack.name,
        component=component.name,
        launcher=launcher,
        state=State.READY,
        using="a library of the app",
    )
