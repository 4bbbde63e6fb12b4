"""A test target, not a stack: a tiny HTTP server whose path says how it is to answer.

`python target.py PORT FREEZE` listens on loopback; `/seen` tells the wall clock of all other
requests. It stops itself, as by SIGSTOP, when request number FREEZE has come (0: never).
"""

import asyncio
import json
import os
import signal
import sys
import time
from typing import ClassVar

PIECES = {
    "/": (200, b'{"status": "ok"}'),
    "/bad-json": (200, b'{"status": '),
    "/broken": (503, b'{"type": "urn:bakeoff:problem:unavailable", "status": 503}'),
    "/missing": (404, b'{"type": "urn:bakeoff:problem:not-found", "status": 404}'),
}


class Connection(asyncio.Protocol):
    """One connection; requests must come one after the other, as a client without pipelining."""

    seen: ClassVar[list[float]] = []
    freeze_at: ClassVar[int] = 0

    def connection_made(self, transport):
        """Take a new connection."""
        self.transport, self.pending = transport, b""

    def data_received(self, data):
        """Answer a request once all of it has come."""
        self.pending += data
        head, end, body = self.pending.partition(b"\r\n\r\n")
        length = 0
        if b"content-length:" in head.lower():
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        if not end or len(body) < length:
            return
        self.pending = b""
        path = head.split(b" ", 2)[1].decode()
        if path == "/seen":
            self.send(200, json.dumps(self.seen).encode())
        else:
            self.seen.append(time.time())
            if len(self.seen) == self.freeze_at:
                os.kill(os.getpid(), signal.SIGSTOP)
            self.answer(path)

    def answer(self, path):
        """Do what the path says."""
        loop = asyncio.get_running_loop()
        if path == "/hang":
            return
        if path == "/close":
            self.transport.close()
        elif path.startswith("/slow/"):
            loop.call_later(float(path.rpartition("/")[2]), self.send, 200, b"{}")
        elif path.startswith("/stream"):
            self.stream(path, loop)
        else:
            self.send(*PIECES[path])

    def send(self, status, body):
        """Send a whole answer."""
        head = (
            f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        )
        self.transport.write(head.encode() + b"\r\n\r\n" + body)

    def stream(self, path, loop):
        """Send five tokens, 50 ms apart, and an end of the kind that the path names."""
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        self.transport.write(head + b"Transfer-Encoding: chunked\r\n\r\n")
        for number in range(5):
            loop.call_later(0.05 * (number + 1), self.event, "token", {"delta": f"{number} "})
        if path == "/stream/cut":
            loop.call_later(0.3, self.transport.close)
            return
        last = {"/stream/error": "error", "/stream/undone": ""}.get(path, "done")
        if last:
            loop.call_later(0.3, self.event, last, {"type": "urn:bakeoff:problem:model-failed"})
        loop.call_later(0.32, self.transport.write, b"0\r\n\r\n")

    def event(self, name, data):
        """Send one event as a chunk."""
        text = f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()
        self.transport.write(f"{len(text):x}\r\n".encode() + text + b"\r\n")


async def main(port):
    """Serve for ever."""
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    Connection.freeze_at = int(sys.argv[2])
    asyncio.run(main(int(sys.argv[1])))
