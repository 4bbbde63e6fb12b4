"""A tiny real server whose answers a test decides."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

Reply = tuple[int, str, str]
Answering = Callable[[str, str], Reply]
Serve = Callable[[Answering], str]


@contextmanager
def serving(answering: Answering) -> Iterator[str]:
    """Serve `answering(method, path)` on a free port; yields the base URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            status, media, text = answering(self.command, self.path)
            self.send_response(status)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing: a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return a function that serves answers until the test ends."""
    running = []

    def start(answering: Answering) -> str:
        context = serving(answering)
        running.append(context)
        return context.__enter__()

    yield start
    for context in running:
        context.__exit__(None, None, None)


@pytest.fixture
def plausible() -> Answering:
    """Return answers that have an id and a time of their own each, and else are the same."""

    def answering(method: str, path: str) -> Reply:
        now = datetime.now(tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        body: dict[str, object] = {"id": secrets.token_hex(4), "created_at": now, "messages": 0}
        if (method, path) == ("POST", "/v1/users"):
            return 201, "application/json", json.dumps({"user": body, "token": secrets.token_hex()})
        return (201 if method == "POST" else 200), "application/json", json.dumps(body)

    return answering
