"""The everyday mix: mostly reading, some writing, some questions that many people ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from harness.contract import Acknowledged, Capability, Effects, Scenario
from scenarios.audit import contradictions
from scenarios.loading import Shape, load
from scenarios.spot import read_back

SHAPE = Shape(accounts=6, conversations=4, exchanges=2)
EXCHANGE = {"messages": 2, "usage_events": 1}


class Chat(Scenario):
    """Users list, read, write, ask what others asked, and search."""

    name: ClassVar[str] = "chat"
    title: ClassVar[str] = "Everyday chat"
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.CHAT, Capability.SEARCH})
    effects: ClassVar[Sequence[Effects]] = (
        Effects(endpoint="createConversation", stores={"conversations": 1}),
        Effects(endpoint="sendMessage", stores=EXCHANGE),
    )
    locustfile: ClassVar[Path] = Path(__file__).with_name("locustfile.py")

    def prepare(self, url: str, seed: int) -> Mapping[str, object]:
        """Load six accounts with four short conversations each."""
        return load(url, seed, SHAPE)

    def verify(self, url: str, data: Mapping[str, object]) -> None:
        """Read back lists, messages and a search."""
        read_back(url, data, search=True)

    def audit(self, acknowledged: Acknowledged) -> tuple[str, ...]:
        """Compare the growth of the books with what was acknowledged."""
        return contradictions(self.effects, acknowledged)


SCENARIO = Chat()
