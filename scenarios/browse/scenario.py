"""Reading alone: lists, pages, single conversations, searches and totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from harness.contract import Acknowledged, Capability, Effects, Scenario
from scenarios.audit import contradictions
from scenarios.loading import Shape, load
from scenarios.spot import read_back

SHAPE = Shape(accounts=6, conversations=6, exchanges=2)


class Browse(Scenario):
    """Users page through what is there; nothing may change."""

    name: ClassVar[str] = "browse"
    title: ClassVar[str] = "Reading"
    needs: ClassVar[frozenset[Capability]] = frozenset(
        {Capability.CHAT, Capability.SEARCH, Capability.USAGE}
    )
    effects: ClassVar[Sequence[Effects]] = ()
    locustfile: ClassVar[Path] = Path(__file__).with_name("locustfile.py")

    def prepare(self, url: str, seed: int) -> Mapping[str, object]:
        """Load six accounts with six conversations of four messages each."""
        return load(url, seed, SHAPE)

    def verify(self, url: str, data: Mapping[str, object]) -> None:
        """Read back lists, messages and a search."""
        read_back(url, data, search=True)

    def audit(self, acknowledged: Acknowledged) -> tuple[str, ...]:
        """Check that nothing was stored."""
        return contradictions(self.effects, acknowledged)


SCENARIO = Browse()
