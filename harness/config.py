"""The plan as data: what may be configured, within which limits. harness/plan_files.py reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
Seconds = Annotated[float, Field(ge=0, le=86_400)]
Margin = Annotated[float, Field(gt=0, le=10)]
Metric = Literal["throughput", "p50", "p95", "cpu"]
Count = Literal["errors", "operations", "bytes", "size"]
MOST_LOOKS = 3
MARGINS: Mapping[Metric, float] = {"throughput": 0.05, "p50": 0.05, "p95": 0.10, "cpu": 0.05}
COUNTS: Mapping[Count, float] = {"errors": 0.001, "operations": 0.02, "bytes": 0.02, "size": 0.10}
BLANK_SLICES, BLANK_LEAST_S = 2, 0.5


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

    Capacity: the highest open rate at which p95 of response is within `slo_p95_s` and no more than
    a share of `slo_errors` go without a right answer, searched by probes of `probe_s` in the first
    `searches` sessions; with `curve` also the latencies up to and past it. An open load with
    `of_capacity` has that share of the lowest capacity found for its scenario as its rate.
    """

    model: Literal["closed", "open", "capacity"] = "closed"
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
    of_capacity: Annotated[float, Field(ge=0, le=1)] = 0.0
    slo_p95_s: Annotated[float, Field(gt=0, le=600)] = 0.25
    slo_errors: Annotated[float, Field(ge=0, le=0.5)] = 0.001
    probe_s: Annotated[float, Field(ge=1, le=600)] = 3.0
    searches: Annotated[int, Field(ge=1, le=1_000)] = 1
    curve: bool = False

    @model_validator(mode="after")
    def _open_has_a_rate(self) -> Load:
        if (self.model == "open") != (self.rate > 0 or self.of_capacity > 0):
            raise ValueError(
                "a rate above 0, or of_capacity, goes with model = 'open', and only with it"
            )
        if self.rate and self.of_capacity:
            raise ValueError("rate and of_capacity exclude each other")
        if self.model == "capacity" and self.kill_after_s:
            raise ValueError("kill_after_s goes with the other models only")
        return self

    @model_validator(mode="after")
    def _kill_falls_into_a_slice(self) -> Load:
        if self.kill_after_s and not (self.warmup_s and self.kill_after_s < self.slice_s):
            raise ValueError("kill_after_s wants a warm-up before it, and a slice that is longer")
        return self

    @property
    def title(self) -> str:
        """Name the load for people."""
        if self.model == "capacity":
            return f"capacity, p95 within {self.slo_p95_s * 1000:g} ms"
        if self.of_capacity:
            how = f"{self.of_capacity:.0%} of the lowest capacity".replace("%", " %")
        else:
            how = f"{self.users} users" if self.model == "closed" else f"{self.rate:g} requests/s"
        return f"{how}, killed once" if self.kill_after_s else how


class Machine(_Part):
    """Who gets which processors and how much memory.

    Empty lists: the stacks get the first half, the generator the rest. `together` says whether all
    stacks are up at the same time; left open, they are where there is memory for it.
    """

    stack_cpus: tuple[Annotated[int, Field(ge=0, le=4_095)], ...] = ()
    generator_cpus: tuple[Annotated[int, Field(ge=0, le=4_095)], ...] = ()
    memory_mb: Annotated[int, Field(ge=0, le=16_000_000)] = 4_096
    workers: Annotated[int, Field(ge=1, le=256)] = 1
    together: Literal["auto", "always", "never"] = "auto"


class Gate(_Part):
    """When a change fails: `looks` are the numbers of sessions after which may be judged, `alpha`
    the false alarms allowed over all looks and what each metric compares, `margins` the relative
    change of each metric that matters; a metric without a margin does not gate.

    `counts` are judged without statistics, since they do not scatter: the share of errors by a
    difference, the others by a ratio; each where it is had.
    """

    looks: Annotated[tuple[Annotated[int, Field(ge=1, le=1_000)], ...], Field(min_length=1)] = (
        14,
        19,
        24,
    )
    alpha: Annotated[float, Field(gt=0, le=0.2)] = 0.01
    margins: Mapping[Metric, Margin] = MARGINS
    counts: Mapping[Count, Margin] = COUNTS

    @model_validator(mode="after")
    def _looks_ascend(self) -> Gate:
        if len(self.looks) > MOST_LOOKS or list(self.looks) != sorted(set(self.looks)):
            raise ValueError(f"looks are at most {MOST_LOOKS} numbers of sessions, ascending")
        return self


class Plan(_Part):
    """What to run, as data. Empty `stacks`, `components` or `scenarios` mean all that there are and
    that fit the others; scenarios of components are run only when they, or components, are named.

    `durability` is what an acknowledged write survives, the same for all that is compared.

    `loads` are those of a scenario that has its own; `settings` are a component's fields, by its
    name, for every stack that has it. `images` replace a component's image by its name, and the
    base of the apps' own images by `python`. `ca_bundle` is a file of certificates that image
    builds are to trust, $SSL_CERT_FILE when it is empty.

    `blank` names the component, and the scenario of the same name, that every session of whole
    stacks begins with: a trivial server, which shows what the load generator can do at most. It is
    loaded for `blank_s`; 0 leaves it out. With `late_counts` servers that tell late how much they
    did (PostgreSQL: after 10 s) are waited for around each load of the first session.
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
    gate: Gate = Gate()
    blank: Name = "blank"
    blank_s: Annotated[float, Field(ge=0, le=600)] = 1.0
    late_counts: bool = False
    images: Mapping[str, str] = Field(default_factory=dict)
    attach: Mapping[Name, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _shares_follow_capacities(self) -> Plan:
        for name, loads in {"load": (self.load,), **self.loads}.items():
            models = [load.model for load in loads]
            for number, load in enumerate(loads):
                if load.of_capacity and "capacity" not in models[:number]:
                    raise ValueError(
                        f"of_capacity in the loads of {name} wants one with model = 'capacity' "
                        "before it"
                    )
        return self

    @field_validator("blank_s")
    @classmethod
    def _blank_is_long_enough(cls, value: float) -> float:
        if 0 < value < BLANK_LEAST_S:
            raise ValueError(f"0 leaves the blank out, else it takes at least {BLANK_LEAST_S} s")
        return value

    def loads_of(self, scenario: str) -> tuple[Load, ...]:
        """Return the loads of a scenario: its own, the blank's, or the plan's one."""
        usual = self.load
        if scenario == self.blank and self.blank_s:
            usual = Load(slices=BLANK_SLICES, slice_s=self.blank_s / BLANK_SLICES, warmup_s=0.5)
        return self.loads.get(scenario, (usual,))
