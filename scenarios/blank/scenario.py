"""The same answer over and over, from a server that does nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import httpx

from harness.contract import Acknowledged, ComponentScenario, Effects, Subject
from harness.errors import ContractBroken
from scenarios.audit import contradictions

ASK, REQUESTS = "ask", "requests"
SIZE = 200
TIMEOUT_S = 5.0
LOOK = b".\n"  # what the server's log has for each request that is bakeoff's own


class Blank(ComponentScenario):
    """Users ask for one small document, which the server has in memory."""

    name: ClassVar[str] = "blank"
    title: ClassVar[str] = "Blank: one small answer from memory"
    components: ClassVar[frozenset[str]] = frozenset({"blank"})
    effects: ClassVar[Sequence[Effects]] = (Effects(endpoint=ASK, stores={REQUESTS: 1}),)
    locustfile: ClassVar[Path] = Path(__file__).with_name("locustfile.py")

    def prepare(self, subject: Subject, seed: int) -> Mapping[str, object]:
        """Load nothing; return {"body"}, the answer that all are to be."""
        del seed
        return {"body": _got(subject, "/").text}

    def verify(self, subject: Subject, data: Mapping[str, Any]) -> None:
        """Check size and kind of the answer, and that another path has the same."""
        answer = _got(subject, "/another/path?that=is&not=there")
        kind = answer.headers.get("content-type", "")
        if answer.text != data["body"] or len(answer.content) != SIZE:
            raise ContractBroken(
                f"{subject.name}: {len(answer.content)} bytes came where {SIZE} are always the same"
            )
        if kind != "application/json":
            raise ContractBroken(f"{subject.name}: the answer is {kind!r}, not application/json")

    def count(self, subject: Subject, data: Mapping[str, object]) -> Mapping[str, int]:
        """Read the server's own count of requests, without those by which it is read: two for this
        look, and those that earlier looks have left in the server's log.
        """
        del data
        looks = _got(subject, "/looks").content
        page = _got(subject, "/requests").text
        # "server accepts handled requests", and in the line below three numbers.
        total = int(page.splitlines()[2].split()[2])
        return {REQUESTS: total - looks.count(LOOK) - 2}

    def audit(self, acknowledged: Acknowledged) -> tuple[str, ...]:
        """Compare the server's count of requests with the answers that clients got."""
        return contradictions(self.effects, acknowledged)


def _got(subject: Subject, path: str) -> httpx.Response:
    answer = httpx.get(subject.url + path, timeout=TIMEOUT_S)
    if answer.status_code != httpx.codes.OK:
        raise ContractBroken(f"{subject.name}: status {answer.status_code} for {path}")
    return answer


SCENARIO = Blank()
