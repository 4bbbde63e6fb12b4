"""Configure: TOML and flags -> Plan.

A plan is data: the built-in ones are `smoke`, `quick` and `full` in harness/plans/; a file of the
same keys may replace them. A `bakeoff.toml` in the working folder, or `[tool.bakeoff]` in a
pyproject.toml there, is laid over the plan, and flags over both. Every complaint names the file,
the line, the key, what was found and what is allowed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from harness.errors import PlanError

PLANS = Path(__file__).parent / "plans"
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
Seconds = Annotated[float, Field(ge=0, le=86_400)]


class _Part(BaseModel):
    """Shared rules: nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Load(_Part):
    """What arrives. Closed: `users` who wait for their answers.

    Open: `rate` per second, with room for `users` in flight. The warm-up takes `warmup_s`, and up
    to `settle_s` until CPU per request is steady. Load then alternates in `slices` of `slice_s`;
    with `adapt` they become fewer and longer where the stacks' speed demands it. `confirms` slices
    of `confirm_s` follow, which show whether short slices hide or invent something. With
    `kill_after_s` what is under load is killed that long after its first measured slice began, and
    started again on its data.
    """

    model: Literal["closed", "open"] = "closed"
    users: Annotated[int, Field(ge=1, le=10_000)] = 8
    rate: Annotated[float, Field(ge=0, le=1_000_000)] = 0.0
    slices: Annotated[int, Field(ge=1, le=10_000)] = 4
    slice_s: Annotated[float, Field(ge=0.25, le=3_600)] = 1.0
    adapt: bool = False
    confirms: Annotated[int, Field(ge=0, le=100)] = 0
    confirm_s: Annotated[float, Field(ge=1, le=3_600)] = 2.0
    warmup_s: Seconds = 2.0
    settle_s: Annotated[float, Field(ge=0, le=600)] = 0.0
    drain_s: Annotated[float, Field(ge=0.1, le=600)] = 5.0
    kill_after_s: Seconds = 0.0
    request_timeout_s: Annotated[float, Field(gt=0, le=600)] = 30.0

    @model_validator(mode="after")
    def _open_has_a_rate(self) -> Load:
        if (self.model == "open") != (self.rate > 0):
            raise ValueError("a rate above 0 goes with model = 'open', and only with it")
        return self

    @model_validator(mode="after")
    def _kill_falls_into_a_slice(self) -> Load:
        if self.kill_after_s and not (self.warmup_s and self.kill_after_s < self.slice_s):
            raise ValueError("kill_after_s wants a warm-up before it, and a slice that is longer")
        return self

    @property
    def title(self) -> str:
        """Name the load for people."""
        how = f"{self.users} users" if self.model == "closed" else f"{self.rate:g} requests/s"
        return f"{how}, killed once" if self.kill_after_s else how


class Machine(_Part):
    """Who gets which processors and how much memory.

    Empty lists: the stacks get the first half, the generator the rest.
    """

    stack_cpus: tuple[Annotated[int, Field(ge=0, le=4_095)], ...] = ()
    generator_cpus: tuple[Annotated[int, Field(ge=0, le=4_095)], ...] = ()
    memory_mb: Annotated[int, Field(ge=0, le=16_000_000)] = 4_096
    workers: Annotated[int, Field(ge=1, le=256)] = 1


class Plan(_Part):
    """What to run, as data. Empty `stacks`, `components` or `scenarios` mean all that there are and
    that fit the others; scenarios of components are run only when they, or components, are named.

    `durability` is what an acknowledged write survives, the same for all that is compared.

    `loads` are those of a scenario that has its own; `settings` are a component's fields, by its
    name, for every stack that has it. `images` replace a component's image by its name, and the
    base of the apps' own images by `python`. `ca_bundle` is a file of certificates that image
    builds are to trust, $SSL_CERT_FILE when it is empty.
    """

    name: str = "own"
    stacks: tuple[Name, ...] = ()
    components: tuple[Name, ...] = ()
    scenarios: tuple[Name, ...] = ()
    durability: Literal["none", "process", "machine"] = "process"
    sessions: Annotated[int, Field(ge=1, le=1_000)] = 1
    seed: Annotated[int, Field(ge=0, le=2**31)] = 1
    verify: Literal["smoke", "full"] = "full"
    launcher: Literal["auto", "containers", "processes"] = "auto"
    store: str = ""
    ca_bundle: str = ""
    load: Load = Load()
    loads: Mapping[Name, tuple[Load, ...]] = Field(default_factory=dict)
    settings: Mapping[Name, Mapping[str, bool | int | float | str]] = Field(default_factory=dict)
    machine: Machine = Machine()
    images: Mapping[str, str] = Field(default_factory=dict)
    attach: Mapping[Name, str] = Field(default_factory=dict)

    def loads_of(self, scenario: str) -> tuple[Load, ...]:
        """Return the loads of a scenario: its own, or the plan's one."""
        return self.loads.get(scenario, (self.load,))


def load_plan(name: str, folder: Path, flags: Mapping[str, object]) -> Plan:
    """Return the plan called `name` (or the file at that path) with `folder`'s configuration and
    `flags` laid over it.
    """
    path = PLANS / f"{name}.toml"
    if not path.is_file():
        path = Path(name)
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in PLANS.glob("*.toml")))
        raise PlanError(
            f"there is no plan {name!r}: it is neither one of {known} nor a file that can be read"
        )
    base = _checked(_read(path), path, ())
    own, where, under = _configuration(folder)
    merged = _merged(base, _checked(own, where, under)) if own else base
    merged = _merged(merged, flags)
    merged.setdefault("name", path.stem)
    return _plan(merged, where if own else path, under)


def _configuration(folder: Path) -> tuple[dict[str, Any], Path, tuple[str, ...]]:
    own = folder / "bakeoff.toml"
    if own.is_file():
        return _read(own), own, ()
    project = folder / "pyproject.toml"
    if project.is_file():
        return _read(project).get("tool", {}).get("bakeoff", {}), project, ("tool", "bakeoff")
    return {}, own, ()


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise PlanError(f"{path}: this is not TOML: {error}") from error
    except UnicodeDecodeError as error:
        raise PlanError(f"{path}: this is not UTF-8 text (byte {error.start})") from error
    except OSError as error:
        raise PlanError(f"{path}: cannot be read: {error.strerror}") from error


def _checked(values: Mapping[str, Any], path: Path, under: tuple[str, ...]) -> dict[str, Any]:
    """Check one file alone, so that a complaint names the file that is wrong; return its values."""
    _plan(values, path, under)
    return dict(values)


def _plan(values: Mapping[str, Any], path: Path, under: tuple[str, ...]) -> Plan:
    try:
        return Plan.model_validate(values)
    except ValidationError as error:
        raise PlanError(
            "\n".join(_complaint(fault, path, under) for fault in error.errors())
        ) from error


def _complaint(fault: Any, path: Path, under: tuple[str, ...]) -> str:
    keys = tuple(
        str(part) for part in fault["loc"] if not (isinstance(part, str) and part == "[key]")
    )
    line = _line_of(path, under + keys)
    where = f"{path}, line {line}" if line else str(path)
    if fault["type"] == "extra_forbidden":
        allowed = ", ".join(sorted(_known_keys(keys[:-1])))
        return f"{where}: {'.'.join(keys)} is not a key of a plan; allowed here: {allowed}"
    message = str(fault["msg"]).removeprefix("Value error, ")
    what = ".".join(keys) or "the plan"
    return f"{where}: {what} is {fault['input']!r}; {message[0].lower()}{message[1:]}"


def _known_keys(keys: tuple[str, ...]) -> list[str]:
    parts: dict[str, type[BaseModel]] = {
        "load": Load,
        "loads": Load,
        "machine": Machine,
    }
    model = parts.get(keys[0], Plan) if keys else Plan
    return list(model.model_fields)


def _line_of(path: Path, keys: tuple[str, ...]) -> int:
    """Return the line (from 1) where `keys` is set in the file, the nearest enclosing table's if
    not found, or 0.
    """
    names = [key for key in keys if not key.isdigit()]
    best, table = 0, list[str]()
    for number, text in enumerate(path.read_text("utf-8").splitlines(), 1):
        line = text.split("#", 1)[0].strip()
        if line.startswith("["):
            table = [part.strip().strip("\"'") for part in line.strip("[] ").split(".")]
            here = table
        elif "=" in line:
            here = table + [part.strip().strip("\"'") for part in line.split("=", 1)[0].split(".")]
        else:
            continue
        if here == names:
            return number
        if here and names[: len(here)] == here:
            best = number
    return best


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Lay `over` over `base`: tables key by key, everything else as a whole."""
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        result[key] = _merged(cast("Mapping[str, Any]", old), value) if both else value
    return result
