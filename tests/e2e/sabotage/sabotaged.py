"""The primary stack's own app with a defect put in front of it, for checks to catch.

Started as `python -m sabotaged MODE AFTER` in the backend's folder; the first AFTER messages (of
mode fail: requests) are answered honestly, so that loading the data set is not what finds it:

    wrong    every fourth answer to a message holds another text than the one that was stored
    forget   every fourth message is acknowledged and not stored (an earlier answer, renamed)
    twice    every fourth message is stored twice and acknowledged once
    fail     every fifth request is answered 500
    cache    all prompts have the same key in the cache of answers, so that it answers everything
"""

import json
import sys
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from chat.answers import Prompt
from chat.main import create_app as real
from chat.settings import Settings

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Sabotage:
    """ASGI middleware that misbehaves in one way."""

    def __init__(self, app: Any, mode: str, after: int) -> None:
        self.app, self.mode, self.seen, self.last = app, mode, -after, b""

    def strikes(self, every: int) -> bool:
        """Count one more and tell whether it is to be wronged."""
        self.seen += 1
        return self.seen > 0 and self.seen % every == 0

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer a request, wrongly where the mode says so."""
        talk = scope["type"] == "http" and scope["path"].startswith("/v1/conversations/")
        message = talk and scope["method"] == "POST" and scope["path"].endswith("/messages")
        asked = scope["type"] == "http" and scope["path"].startswith("/v1/")
        if self.mode == "fail" and asked and self.strikes(5):
            await answer(send, 500, b'{"type":"about:blank","title":"sabotaged","status":500}')
            return
        if not message or self.mode in {"fail", "cache"}:
            await self.app(scope, receive, send)
            return
        body = await whole(receive)
        # A question that others ask too has a known answer, which an invented one would not be.
        asked_before = self.mode == "forget" and b" (" not in body
        struck = not asked_before and self.strikes(4)
        if struck and self.last and self.mode == "forget":
            await answer(send, 201, invented(self.last, scope["path"], body))
            return
        if struck and self.mode == "twice":
            keyless = [(k, v) for k, v in scope["headers"] if k != b"idempotency-key"]
            await self.run({**scope, "headers": keyless}, body)
        status, told = await self.run(scope, body)
        if status == 201:
            self.last = told
            if struck and self.mode == "wrong":
                exchange = json.loads(told)
                exchange["question"]["content"] = "something else"
                told = json.dumps(exchange).encode()
        await answer(send, status, told)

    async def run(self, scope: dict[str, Any], body: bytes) -> tuple[int, bytes]:
        """Let the real app answer a request; return its status and body."""
        status, parts, sent = 0, list[bytes](), False

        async def receive() -> dict[str, Any]:
            nonlocal sent
            if sent:
                return {"type": "http.disconnect"}
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(event: dict[str, Any]) -> None:
            nonlocal status
            if event["type"] == "http.response.start":
                status = event["status"]
            else:
                parts.append(event.get("body", b""))

        await self.app(scope, receive, send)
        return status, b"".join(parts)


def invented(told: bytes, path: str, asked: bytes) -> bytes:
    """Return an earlier exchange as if it were the answer to another question."""
    exchange = json.loads(told)
    exchange["question"]["content"] = json.loads(asked)["content"]
    for message in exchange.values():
        message["conversation_id"] = path.split("/")[3]
        message["id"] = uuid.uuid4().hex
    return json.dumps(exchange).encode()


async def whole(receive: Receive) -> bytes:
    """Return the whole body of a request."""
    body = b""
    while True:
        event = await receive()
        body += event.get("body", b"")
        if not event.get("more_body"):
            return body


async def answer(send: Send, status: int, body: bytes) -> None:
    """Send an answer."""
    kind = b"application/json" if status < 400 else b"application/problem+json"
    size = str(len(body)).encode()
    headers = [(b"content-type", kind), (b"content-length", size)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def create_app() -> Sabotage:
    """Return the real app behind the defect that the command line names."""
    if sys.argv[1] == "cache":
        Prompt.digest = property(lambda _prompt: "all")  # type: ignore[method-assign,assignment]
    return Sabotage(real(), sys.argv[1], int(sys.argv[2]))


if __name__ == "__main__":
    settings = Settings()
    uvicorn.run(create_app(), host=settings.host, port=settings.port, log_level="warning")
