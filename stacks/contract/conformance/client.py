"""A client of the contract that judges every answer it sees.

A test asks for what it needs (`user.post(...).ok(201)`, `.problem(422, "invalid")`); whatever it
asks, status, media type and schema of each answer are checked against openapi.yaml on arrival.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from stacks.contract.conformance.answers import Answer, BreachError, Stream, describe, shorten
from stacks.contract.events import Event, read_events
from stacks.contract.spec import answer_faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The HTTP interface of one stack. Remembers its latest exchanges, for failure messages."""

    http: httpx.Client
    latest: deque[str] = field(default_factory=lambda: deque(maxlen=4))
    hidden: list[str] = field(default_factory=list)

    def request(self, method: str, path: str, *, judged: bool = True, **more: Any) -> Answer:
        """Send a request and return its answer, judged against the contract unless told not to."""
        request = self.http.build_request(method, path, **more)
        answer = self._answer(request, self._send(request))
        if judged:
            self._judge(request, answer)
        return answer

    @contextmanager
    def open_stream(
        self, path: str, **more: Any
    ) -> Iterator[tuple[httpx.Response, Iterator[Event]]]:
        """Post a request whose answer is a stream; yield the answer and its events."""
        request = self.http.build_request("POST", path, **more)
        response = self._send(request, stream=True)
        try:
            if response.status_code != 200:
                response.read()
                raise self._answer(request, response).breach("the answer is a stream with 200")
            head = Answer(
                sent=describe(request),
                status=response.status_code,
                headers=dict(response.headers),
                text="(stream)",
            )
            self._judge(request, head)
            yield response, read_events(response.iter_bytes())
        finally:
            response.close()

    def stream(self, path: str, **more: Any) -> Stream:
        """Post a request whose answer is a stream and read it to its end."""
        with self.open_stream(path, **more) as (response, events):
            sent = describe(response.request)
            try:
                found = tuple(events)
            except ValueError as error:
                message = f"the stream does not read as events: {error}\nsent: {sent}"
                raise BreachError(message) from error
            self.latest.append(f"sent: {sent}\ncame: {shorten(str(found))}")
            return Stream(sent=sent, headers=dict(response.headers), events=found)

    def new_user(self, name: str | None = None, password: str | None = None) -> User:
        """Create a user under a name that nobody else has."""
        name = name or f"t-{secrets.token_hex(8)}"
        password = password or f"pw-{secrets.token_hex(12)}"
        self.hidden.append(password)
        credentials = {"name": name, "password": password}
        body = self.request("POST", "/v1/users", json=credentials).ok(201)
        return User(
            api=self, id=body["user"]["id"], name=name, password=password, token=body["token"]
        )

    def _send(self, request: httpx.Request, *, stream: bool = False) -> httpx.Response:
        try:
            return self.http.send(request, stream=stream)
        except httpx.TransportError as error:
            raise BreachError(f"sent: {describe(request)}\ncame: nothing, {error!r}") from error

    def _answer(self, request: httpx.Request, response: httpx.Response) -> Answer:
        answer = Answer(
            sent=describe(request),
            status=response.status_code,
            headers=dict(response.headers),
            text=response.text,
        )
        self.latest.append(str(answer))
        return answer

    def _judge(self, request: httpx.Request, answer: Answer) -> None:
        faults = answer_faults(
            request.method, request.url.path, answer.status, answer.headers, answer.text
        )
        faults += ["a password is never told" for word in self.hidden if word in answer.text]
        if faults:
            raise answer.breach("; ".join(faults))


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A signed-in user, and what a user does."""

    api: Api
    id: str
    name: str
    password: str
    token: str

    def request(self, method: str, path: str, *, key: str | None = None, **more: Any) -> Answer:
        """Send a request with this user's token and, if given, an Idempotency-Key."""
        return self.api.request(method, path, headers=self._headers(key, more), **more)

    def get(self, path: str, **params: object) -> Answer:
        """Read something; further arguments are query parameters."""
        return self.request("GET", path, params=params or None)

    def post(self, path: str, body: object, *, key: str | None = None) -> Answer:
        """Write something."""
        return self.request("POST", path, key=key, json=body)

    def post_raw(self, path: str, content: bytes, *, key: str | None = None) -> Answer:
        """Write bytes that claim to be JSON."""
        headers = {"content-type": "application/json"}
        return self.request("POST", path, key=key, content=content, headers=headers)

    def conversation(self, title: str = "a talk") -> Any:
        """Create a conversation."""
        return self.post("/v1/conversations", {"title": title}).ok(201)

    def send(self, conversation: str, content: str, *, key: str | None = None) -> Any:
        """Send a message and return the exchange."""
        return self.post(messages_of(conversation), {"content": content}, key=key).ok(201)

    def stream(self, conversation: str, content: str, *, key: str | None = None) -> Stream:
        """Send a message and read its answer as a stream."""
        body = {"content": content, "stream": True}
        return self.api.stream(messages_of(conversation), json=body, headers=self._headers(key, {}))

    def pages(self, path: str, **params: object) -> Iterator[list[Any]]:
        """Yield the pages of a list until `next_cursor` is null."""
        page = self.get(path, **params).ok(200)
        yield page["items"]
        while page["next_cursor"] is not None:
            page = self.get(path, **{**params, "cursor": page["next_cursor"]}).ok(200)
            yield page["items"]

    def all(self, path: str, **params: object) -> list[Any]:
        """Return all items of a list, newest first."""
        return [item for page in self.pages(path, **{"limit": 100, **params}) for item in page]

    def _headers(self, key: str | None, more: dict[str, Any]) -> dict[str, str]:
        headers = {"authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return headers if key is None else {**headers, "idempotency-key": key}


def messages_of(conversation: str) -> str:
    """Return the path of a conversation's messages."""
    return f"/v1/conversations/{conversation}/messages"


def fresh(prefix: str = "w") -> str:
    """Return a word that was never used before: ASCII letters and digits."""
    return f"{prefix}{secrets.token_hex(6)}"


def altered(text: str) -> list[str]:
    """Return copies of a signed text with one character changed, never one of padding bits."""
    spots = [len(text) * part // 8 for part in (1, 4, 7)]
    spots = [next(i for i in range(s, -1, -1) if text[i : i + 2].isalnum()) for s in spots]
    return [text[:i] + ("A" if text[i] != "A" else "B") + text[i + 1 :] for i in spots]
