"""Streamed answers: how soon the first token comes, and how evenly the others follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from harness.contract import Acknowledged, Capability, Effects, Scenario
from scenarios.audit import contradictions
from scenarios.loading import Shape, load
from scenarios.spot import read_back

SHAPE = Shape(accounts=4, conversations=1, exchanges=1)


class Stream(Scenario):
    """Every user has a stream open nearly all the time."""

    name: ClassVar[str] = "stream"
    title: ClassVar[str] = "Streamed answers"
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.CHAT, Capability.STREAM})
    effects: ClassVar[Sequence[Effects]] = (
        Effects(endpoint="createConversation", stores={"conversations": 1}),
        Effects(endpoint="streamMessage", stores={"messages": 2, "usage_events": 1}),
    )
    locustfile: ClassVar[Path] = Path(__file__).with_name("locustfile.py")

    def prepare(self, url: str, seed: int) -> Mapping[str, object]:
        """Load four accounts with one conversation each."""
        return load(url, seed, SHAPE)

    def verify(self, url: str, data: Mapping[str, object]) -> None:
        """Read back lists and messages."""
        read_back(url, data, search=False)

    def audit(self, acknowledged: Acknowledged) -> tuple[str, ...]:
        """Compare the growth of the books with what was acknowledged."""
        return contradictions(self.effects, acknowledged)


SCENARIO = Stream()
