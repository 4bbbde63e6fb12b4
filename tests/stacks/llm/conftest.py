"""Fixtures for the model server's tests."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]


class Server:
    """A running model server and the few ways in which tests talk to it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        """Wait until the process says where it listens."""
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.fullmatch(r"listening on (http://127\.0\.0\.1:(\d+))\n", said)
        assert found, f"the server said {said!r}"
        self.process = process
        self.url, self.port = found[1], int(found[2])

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, str], bytes]:
        """Send one request; give status, headers in lower case, body."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
            connection.request(method, path, data)
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, headers, answer.read()

    def chat(self, text: str, **members: Any) -> dict[str, Any]:
        """Ask for a whole answer to one message."""
        body = {"model": "bakeoff-1", "messages": [{"role": "user", "content": text}]} | members
        status, _, answer = self.ask("POST", "/v1/chat/completions", body)
        assert status == 200, answer
        return json.loads(answer)

    def events(self, text: str, **members: Any) -> list[dict[str, Any]]:
        """Ask for a stream; give its events, checked to end with `[DONE]`."""
        body = {"model": "bakeoff-1", "messages": [{"role": "user", "content": text}]} | members
        _, _, answer = self.ask("POST", "/v1/chat/completions", body | {"stream": True})
        lines = answer.decode().split("\n\n")
        assert lines[-2:] == ["data: [DONE]", ""]
        return [json.loads(line.removeprefix("data: ")) for line in lines[:-2]]

    def stats(self) -> dict[str, Any]:
        """Give the counters."""
        return json.loads(self.ask("GET", "/stats")[2])

    def until(self, name: str, value: int) -> None:
        """Wait until a counter has a value."""
        end = time.monotonic() + 5
        while self.stats()[name] != value:
            assert time.monotonic() < end, f"{name} is not {value}: {self.stats()}"
            time.sleep(0.01)

    def connect(self) -> socket.socket:
        """Open a plain connection."""
        return socket.create_connection(("127.0.0.1", self.port), 10)

    def exchange(self, sent: bytes) -> bytes:
        """Send bytes and read until the server closes."""
        with self.connect() as connection:
            connection.sendall(sent)
            return read_to_end(connection)


def read_to_end(connection: socket.socket) -> bytes:
    """Read until the other side closes."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


def post(body: bytes, headers: str = "", version: str = "1.1") -> bytes:
    """Give the bytes of a completion request."""
    head = f"POST /v1/chat/completions HTTP/{version}\r\nhost: x\r\n{headers}"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


@contextlib.contextmanager
def running(
    *flags: str, cwd: Path = ROOT, module: str = "stacks.llm", **env: str
) -> Iterator[Server]:
    """Run the real server on a free port."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, "--port", "0", *flags],
        cwd=cwd,
        env={k: v for k, v in os.environ.items() if not k.startswith("LLM_")} | env,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield Server(process)
        finally:
            process.send_signal(signal.SIGTERM)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Give a server without delays, shared by a module's tests."""
    with running("--first-token-s", "0", "--tokens-per-s", "0") as started:
        yield started


@pytest.fixture
def start() -> Iterator[Callable[..., Server]]:
    """Give a way to start servers with settings of their own."""
    with contextlib.ExitStack() as started:
        yield lambda *flags, **options: started.enter_context(running(*flags, **options))


@pytest.fixture
def request_bytes() -> Callable[..., bytes]:
    """Give the maker of completion requests."""
    return post


@pytest.fixture
def rest() -> Callable[[socket.socket], bytes]:
    """Give the reader of all that a connection still brings."""
    return read_to_end
