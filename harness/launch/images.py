"""Images: the one that stands for a component, pulled when it is missing, built from its folder.

`[images]` in bakeoff.toml maps a component's name, or the name of a base, to another image: a
private registry's, or one that was made on this machine.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docker.errors import BuildError, DockerException, ImageNotFound

from harness.contract import Build, Component, ContainerSpec
from harness.errors import LaunchFailed
from harness.launch import engine

CA_NAME = "company-ca.crt"
STAND_IN = "bakeoff.stand-in"
LOG_LINES = 15
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image that is on this machine: a name to run it by, where it came from, its bytes on disk
    with all layers, and, by its label `bakeoff.stand-in`, what it stands in for (as
    Wheel.stand_in).
    """

    name: str
    source: str
    size: int
    stand_in: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """Finds images. `overrides` is `[images]`; `ca_bundle` a file of certificates for builds."""

    overrides: Mapping[str, str]
    ca_bundle: str = ""

    def name_of(self, component: Component, spec: ContainerSpec) -> str:
        """Return the name of the image to pull, or of the base to build on."""
        if component.name in self.overrides or spec.build is None:
            return self.overrides.get(component.name, spec.image)
        return self.overrides.get(spec.build.base_name, spec.build.base)

    def get(self, component: Component, spec: ContainerSpec) -> Image:
        """Return the component's image, pulled or built if need be; raises LaunchFailed."""
        name = self.name_of(component, spec)
        override = spec.build.base_name if spec.build else component.name
        base = present(name) or _pulled(name, component.name, override)
        if spec.build is None or component.name in self.overrides:
            return Image(
                name=name,
                source=f"image {name} ({_digest(base)})",
                size=int(base.attrs["Size"]),
                stand_in=stand_in_of(base),
            )
        return self._built(component, spec, spec.build, base)

    def _built(self, component: Component, spec: ContainerSpec, build: Build, base: Any) -> Image:
        """Build once for the same files, base and certificates: the tag is their hash."""
        tag = f"{spec.image}:{_fingerprint(build.context, str(base.id), self.ca_bundle)}"
        built = present(tag) or self._build(component.name, tag, build, str(base.tags[0]))
        source = f"image {tag} ({_digest(built)}) built on {base.tags[0]} ({_digest(base)})"
        return Image(name=tag, source=source, size=int(built.attrs["Size"]))

    def _build(self, name: str, tag: str, build: Build, base: str) -> Any:
        """Build from a copy of the folder, so that nothing is written into the project."""
        with tempfile.TemporaryDirectory(prefix="bakeoff-build-") as folder:
            context = Path(folder) / "context"
            shutil.copytree(build.context, context, ignore=shutil.ignore_patterns("__pycache__"))
            arguments = {"BASE": base}
            if self.ca_bundle:
                shutil.copyfile(self.ca_bundle, context / CA_NAME)
                arguments["CA_BUNDLE"] = CA_NAME
            arguments |= {key: os.environ[key] for key in PROXIES if key in os.environ}
            try:
                image, _ = engine.client().images.build(
                    path=str(context),
                    tag=tag,
                    buildargs=arguments,
                    labels={"bakeoff.component": name},
                    rm=True,
                    forcerm=True,
                )
            except BuildError as error:
                said = "".join(str(part.get("stream", "")) for part in error.build_log)
                end = "\n".join(f"    {line}" for line in said.strip().splitlines()[-LOG_LINES:])
                raise LaunchFailed(
                    f"{name}: its image cannot be built from {build.context}: {error}\n{end}"
                ) from error
            except DockerException as error:
                raise LaunchFailed(f"{name}: its image cannot be built: {error}") from error
        return image


def present(name: str) -> Any | None:
    """Return the image if it is on this machine; raises LaunchFailed without an engine."""
    try:
        return engine.client().images.get(name)
    except ImageNotFound:
        return None
    except DockerException as error:
        raise LaunchFailed(f"the engine cannot look for the image {name}: {error}") from error


def obtainable(name: str) -> bool:
    """Ask the image's registry, without pulling anything, whether it would give it."""
    try:
        engine.client().images.get_registry_data(name)
    except DockerException:
        return False
    return True


def _pulled(name: str, component: str, override: str) -> Any:
    try:
        return engine.client().images.pull(name)
    except DockerException as error:
        raise LaunchFailed(
            f"{component}: the image {name} cannot be had: {error}\n"
            f"Mend it with: docker pull {name}\n"
            f'or name another one in bakeoff.toml: [images] {override} = "..."'
        ) from error


def _digest(image: Any) -> str:
    """Return the registry's digest, else the image's own id."""
    digests = image.attrs.get("RepoDigests") or [image.id]
    return str(digests[0]).rpartition("@")[2]


def stand_in_of(image: Any) -> str:
    """Return what an image says that it stands in for; "" for the real product."""
    return str((image.labels or {}).get(STAND_IN, ""))


def _fingerprint(context: Path, base: str, ca_bundle: str) -> str:
    digest = hashlib.sha256(base.encode())
    for path in sorted(context.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(context)).encode() + b"\0" + path.read_bytes())
    if ca_bundle:
        try:
            digest.update(Path(ca_bundle).read_bytes())
        except OSError as error:
            raise LaunchFailed(f"ca_bundle: {ca_bundle}: {error.strerror}") from error
    return digest.hexdigest()[:16]
