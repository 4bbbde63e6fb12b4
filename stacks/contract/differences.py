"""Two stacks side by side: the same requests, and where the answers are not the same.

Both must have the same model behind them, whose answers follow from the prompt alone. What may
differ by right is replaced: ids and cursors by their place of first appearance, times by `T`, and
the wording of problem documents.
"""

from __future__ import annotations

import functools
import json
import re
import secrets
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx

from stacks.contract.events import read_events
from stacks.contract.script import Step, steps

TIMEOUT_S = 60.0
SETTLE_S = 10.0
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")
_NAMED = {"id": "id", "conversation_id": "id", "next_cursor": "cursor", "token": "token"}
_WORDED = ("title", "detail")
_HEADERS = ("content-type", "allow", "www-authenticate", "idempotency-replayed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request of the transcript and its answer, with what may differ replaced."""

    request: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: str


@functools.cache
def fresh_salt() -> str:
    """Return a word that is part of every prompt, the same one throughout this process.

    A cache that already knows a prompt answers `cached: true`; a new word makes both caches new.
    """
    return f"s{secrets.token_hex(6)}"


def transcript(base_url: str, *, salt: str | None = None) -> list[Entry]:
    """Make the fixed list of requests as a new user and return the answers, made comparable.

    Transcripts compare when they were made with the same `salt`, of which the stack's cache has
    not heard; by default one for each process. The last entry holds the totals of usage, once they
    count every exchange or 10 s have passed. Raises httpx.HTTPError when the stack is not there.
    """
    recorder = _Recorder()
    with httpx.Client(base_url=base_url, timeout=TIMEOUT_S, trust_env=False) as http:
        http.headers["authorization"] = f"Bearer {_sign_up(http, recorder)}"
        talks: list[str] = []
        for step in steps(salt or fresh_salt()):
            response = _take(http, step, talks)
            recorder.record(str(step), response)
            if (step.method, step.path, response.status_code) == ("POST", "/v1/conversations", 201):
                talks.append(str(response.json()["id"]))
        recorder.record("GET /v1/usage, at last", _settled_usage(http, recorder.entries))
    return recorder.entries


def _sign_up(http: httpx.Client, recorder: _Recorder) -> str:
    name = f"d-{secrets.token_hex(8)}"
    recorder.known[name] = "<name>"
    credentials = {"name": name, "password": f"pw-{secrets.token_hex(8)}"}
    made = http.post("/v1/users", json=credentials).raise_for_status()
    recorder.record("POST /v1/users", made)
    return str(made.json()["token"])


def _take(http: httpx.Client, step: Step, talks: list[str]) -> httpx.Response:
    more: dict[str, Any] = {}
    if step.method == "POST":
        more = {"json": step.body} if step.raw is None else {"content": step.raw}
    request = http.build_request(
        step.method, step.path.format(*talks), headers=dict(step.headers), **more
    )
    if not step.signed_in:
        del request.headers["authorization"]
    return http.send(request)


def _settled_usage(http: httpx.Client, entries: list[Entry]) -> httpx.Response:
    """Return the totals when they count each exchange, or what they are after SETTLE_S."""
    answered = sum(
        '"question": {' in entry.body and ("idempotency-replayed", "true") not in entry.headers
        for entry in entries
    )
    deadline = time.monotonic() + SETTLE_S
    while (usage := http.get("/v1/usage")).json().get("messages") != answered:
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return usage


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recorder:
    """Replaces what differs by right; remembers what stands for what.

    A placeholder tells the answer in which its id appeared first, so that one difference does not
    shift all that follow.
    """

    known: dict[str, str] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    def record(self, request: str, response: httpx.Response) -> None:
        """Add the entry for one answer."""
        media = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        headers = {
            **{name: response.headers[name] for name in _HEADERS if name in response.headers},
            "content-type": media,
        }
        allowed = headers.pop("allow", "").split(",")
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            known = {each.strip() for each in allowed} - {"HEAD", "OPTIONS"}
            headers["allow"] = ", ".join(sorted(known))
        if "www-authenticate" in headers:
            headers["www-authenticate"] = headers["www-authenticate"].partition(" ")[0]
        try:
            body = self._body(media, response)
        except ValueError as error:
            body = f"cannot be read ({error}): {response.text}"
        self.entries.append(
            Entry(
                request=request,
                status=response.status_code,
                headers=tuple(sorted(headers.items())),
                body=body,
            )
        )

    def _body(self, media: str, response: httpx.Response) -> str:
        if media == "text/event-stream":
            events = [[e.name, e.data] for e in read_events([response.content])]
            text = "".join(data["delta"] for name, data in events if name == "token")
            value: Any = [text, *(each for each in events if each[0] != "token")]
        elif media.endswith("json"):
            value = json.loads(response.content)
        else:
            return response.text
        return json.dumps(self._plain(value), ensure_ascii=False, sort_keys=True)

    def _plain(self, value: Any, key: str = "", *, problem: bool = False) -> Any:
        if isinstance(value, dict):
            if str(value.get("type", "")).startswith("urn:bakeoff:problem:"):
                problem, value = True, {k: v for k, v in value.items() if k != "detail"}
            return {k: self._plain(v, k, problem=problem) for k, v in sorted(value.items())}
        if isinstance(value, list):
            plain = [self._plain(each, problem=problem) for each in value]
            return sorted(plain, key=str) if key == "errors" else plain
        if not isinstance(value, str):
            return value
        if problem and key in _WORDED:
            return "<words>"
        if key in _NAMED:
            start = f"<{_NAMED[key]} {len(self.entries)}."
            number = sum(each.startswith(start) for each in self.known.values())
            return self.known.setdefault(value, f"{start}{number}>")
        return "T" if _TIME.fullmatch(value) else self.known.get(value, value)


def compare(a: list[Entry], b: list[Entry]) -> list[str]:
    """Return in words where two transcripts differ; empty when they are the same word for word."""
    found = [
        f"{one.request}\n  {what}: {first}\n  {' ' * len(what)}  {second}"
        for one, two in zip(a, b, strict=False)
        for what, first, second in (
            ("request", one.request, two.request),
            ("status", one.status, two.status),
            ("headers", one.headers, two.headers),
            ("body", one.body, two.body),
        )
        if first != second
    ]
    if len(a) != len(b):
        found.append(f"one transcript has {len(a)} answers, the other {len(b)}")
    return found
