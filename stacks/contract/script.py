"""The fixed list of requests by which two stacks are compared."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

TALKS = "/v1/conversations"
FIRST, SECOND, THIRD = (f"{TALKS}/{{{number}}}/messages" for number in range(3))
JSON_TYPE = {"content-type": "application/json"}
QUERIES = ("snake", "na+ve", "snake_case", "TURN+-again", '"turn', "tur*", "tur", "turn+OR+none")
MISTAKEN_READS = (
    "/nothing",
    "/v1/me/",
    "/v1/users",
    "/v1/search",
    "/v1/search?q=--",
    "/v1/search?q=a%00b",
    f"{TALKS}/none",
    f"{TALKS}/none/messages",
    f"{TALKS}?limit=0",
    f"{TALKS}?limit=x&cursor=y",
)
MISTAKEN_BODIES = (
    b"",
    b"{",
    b"null",
    b"[]",
    b"{}",
    b'{"title": ""}',
    b'{"title": 5}',
    b'{"title": NaN}',
    rb'{"title": "\u0000"}',
    rb'{"title": "\ud800"}',
    b'{"title": "%s"}' % (b"t" * 201),
    b" " * 70_000,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A request to make. `{0}`, `{1}` in the path are the conversations made so far."""

    method: str
    path: str
    body: object = None
    raw: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    signed_in: bool = True

    def __str__(self) -> str:
        if self.method != "POST":
            return f"{self.method} {self.path}"
        body = json.dumps(self.body) if self.raw is None else self.raw.decode("utf-8", "replace")
        return f"POST {self.path} {body[:200]}"


def steps(salt: str) -> Iterator[Step]:
    """Yield the requests of a transcript, in order; `salt` is a word that begins every prompt."""
    for path in ("/healthz", "/v1/me", "/v1/usage"):
        yield Step(method="GET", path=path)
    for number in range(3):
        yield Step(method="POST", path=TALKS, body={"title": f"talk {number} \U0001f600"})
    yield from _messages(salt)
    yield from _repetitions(salt)
    yield from _reads(salt)
    yield from _mistakes()


def _messages(salt: str) -> Iterator[Step]:
    """Yield more turns than a prompt holds, then prompts that are streamed, cached and failing."""
    for turn in range(7):
        text = f"{salt}: turn {turn}, snake_case naïve \u05e9\u05dc\u05d5\u05dd"
        yield Step(method="POST", path=FIRST, body={"content": text})
    for text in (f"{salt} turn 0 again", f"{salt} turn 0 again\n", f"{salt}  "):
        yield Step(method="POST", path=SECOND, body={"content": text})
        yield Step(method="POST", path=THIRD, body={"content": text, "stream": True})
    yield Step(method="POST", path=THIRD, body={"content": f"{salt} [[fail:500]]"})
    yield Step(method="POST", path=THIRD, body={"content": f"{salt} [[cut]]", "stream": True})


def _repetitions(salt: str) -> Iterator[Step]:
    bodies: list[dict[str, object]] = [
        {"content": f"{salt} once"},
        {"content": f"{salt} once"},
        {"content": f"{salt} other"},
    ]
    for body in bodies:
        yield Step(method="POST", path=SECOND, body=body, headers={"idempotency-key": "key-1"})
    for _ in range(2):
        body = {"content": f"{salt} streamed once", "stream": True}
        yield Step(method="POST", path=SECOND, body=body, headers={"idempotency-key": "key-2"})


def _reads(salt: str) -> Iterator[Step]:
    for path in (TALKS, f"{TALKS}?limit=2", f"{TALKS}/{{0}}"):
        yield Step(method="GET", path=path)
    for path in (FIRST, SECOND, THIRD):
        yield Step(method="GET", path=f"{path}?limit=100")
    for query in (salt, f"{salt}+TURN", *QUERIES):
        yield Step(method="GET", path=f"/v1/search?limit=100&q={query}")


def _mistakes() -> Iterator[Step]:
    for path in MISTAKEN_READS:
        yield Step(method="GET", path=path)
    for method in ("PUT", "PATCH", "DELETE"):
        yield Step(method=method, path="/v1/me")
    yield Step(method="GET", path="/v1/me", signed_in=False)
    for raw in MISTAKEN_BODIES:
        yield Step(method="POST", path=TALKS, raw=raw, headers=JSON_TYPE)
    yield Step(method="POST", path=TALKS, raw=b"{}", headers={"content-type": "text/plain"})
    key = {"idempotency-key": "not a key"}
    yield Step(method="POST", path=TALKS, body={"title": "x"}, headers=key)
    nobody = {"name": "nobody.here", "password": "not-the-one"}
    yield Step(method="POST", path="/v1/sessions", body=nobody)
    yield Step(method="POST", path="/v1/users", body={"name": "X", "password": "short"})
