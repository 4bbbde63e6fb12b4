"""What users do, to whole stacks or to a component alone.

Part of `harness.contract`, which exports all of it. Nothing here imports Locust; the locustfile
beside a scenario holds its users.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import ClassVar

from harness.component import Durability


class Capability(StrEnum):
    """What a stack can do and a scenario may need."""

    CHAT = "chat"
    STREAM = "stream"
    SEARCH = "search"
    USAGE = "usage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """How many things of each kind one acknowledged request of an endpoint stores, such as
    `{"messages": 2}`.
    """

    endpoint: str
    stores: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """What clients were told between two counts of the ledger: requests by endpoint.

    `answered` were acknowledged; `unsure` were sent and got no answer or a server error, so that
    they may or may not count.
    """

    answered: Mapping[str, int]
    unsure: Mapping[str, int]
    before: Mapping[str, int]
    after: Mapping[str, int]


class Scenario(ABC):
    """What users do. The locustfile beside it holds the users; nothing here imports Locust."""

    name: ClassVar[str]
    title: ClassVar[str]
    needs: ClassVar[frozenset[Capability]]
    effects: ClassVar[Sequence[Effects]]
    locustfile: ClassVar[Path]

    @abstractmethod
    def prepare(self, url: str, seed: int) -> Mapping[str, object]:
        """Load the same data into any stack through its API; return what the locustfile needs, as
        JSON-ready values.
        """

    @abstractmethod
    def verify(self, url: str, data: Mapping[str, object]) -> None:
        """Check answers against what `prepare` loaded; raises ContractBroken."""

    @abstractmethod
    def audit(self, acknowledged: Acknowledged) -> tuple[str, ...]:
        """Return a sentence for each way in which the books contradict what clients were told;
        empty when they agree.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A component that stands alone under load: its name, its URL, and what it was set to keep."""

    name: str
    url: str
    durability: Durability


class ComponentScenario(ABC):
    """What clients do to one component by its own protocol, without any app.

    `components` names those that it can drive; `crashable` says whether its audit still holds when
    the component is killed in the middle. The locustfile's users extend
    `harness.drive.native.NativeUser`, or `harness.drive.users.StackUser` for HTTP.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    components: ClassVar[frozenset[str]]
    crashable: ClassVar[bool] = False
    effects: ClassVar[Sequence[Effects]]
    locustfile: ClassVar[Path]

    @abstractmethod
    def prepare(self, subject: Subject, seed: int) -> Mapping[str, object]:
        """Load the data set by the native client; return what the locustfile needs, as JSON-ready
        values.
        """

    @abstractmethod
    def verify(self, subject: Subject, data: Mapping[str, object]) -> None:
        """Check answers against what `prepare` loaded; raises ContractBroken."""

    @abstractmethod
    def count(self, subject: Subject, data: Mapping[str, object]) -> Mapping[str, int]:
        """Count at the server what the audit compares."""

    @abstractmethod
    def audit(self, acknowledged: Acknowledged) -> tuple[str, ...]:
        """As Scenario.audit."""
