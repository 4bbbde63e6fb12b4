"""One GET of a small document over HTTP, for components that tell their version that way."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.contract import Endpoint

TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Status, headers (names as sent) and body of an answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the body's JSON object; raises ValueError unless the status is 200."""
        if self.status != http.client.OK:
            raise ValueError(f"status {self.status}: {self.body[:200].decode(errors='replace')}")
        document = json.loads(self.body)
        if not isinstance(document, dict):
            raise ValueError(f"a JSON object was expected, not {document!r}")  # noqa: TRY004
        return document


def get(at: Endpoint, path: str) -> Answer:
    """GET `path` over a connection of its own; raises OSError or HTTPException."""
    connection = http.client.HTTPConnection(at.host, at.port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return Answer(
            status=response.status, headers=dict(response.getheaders()), body=response.read()
        )
    finally:
        connection.close()
