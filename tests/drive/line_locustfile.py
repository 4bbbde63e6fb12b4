"""Users of the server with a protocol of its own: what they do is in their target's data."""

import socket
from urllib.parse import urlsplit

from locust import task

from harness.drive.native import NativeUser


class RefusedError(Exception):
    """The server answered with an error."""


class Link:
    """A client library for lines, of the kind that retries whatever an `Exception` says."""

    def __init__(self, url):
        at = urlsplit(url)
        self.socket = socket.create_connection((at.hostname, at.port), 2)
        self.socket.settimeout(None)
        self.lines = self.socket.makefile("rw")

    def ask(self, line):
        """Send a line and return the answer; raises OSError or RefusedError."""
        self.lines.write(f"{line}\n")
        self.lines.flush()
        while True:
            try:
                answer = self.lines.readline()
            except OSError:
                raise
            except Exception:  # noqa: BLE001, S112 - some libraries do so
                continue
            if not answer:
                raise ConnectionResetError("the server hung up")
            if answer.startswith("!"):
                raise RefusedError(answer[1:].strip())
            return answer.strip()


class Speaker(NativeUser):
    """Sends what `data` says."""

    faults = (OSError, RefusedError)

    def prepare_alone(self):
        """Count how often data is prepared; all but the first time is an error at the server."""
        self.at.shared["times"] = self.at.shared.get("times", 0) + 1
        return {"path": "say once" if self.at.shared["times"] == 1 else "refuse"}

    def open(self):
        """Connect."""
        self.link = Link(self.host)

    def close(self):
        """Hang up."""
        self.link.socket.close()

    @task
    def speak(self):
        """Do what the data says once."""
        line = self.data["path"]
        checks = {"say wrong": lambda said: f"heard {said}", "say nothing": lambda said: said[99]}
        if line == "raise":
            self.call("speak", lambda: {}["no such key"])
        else:
            self.call(
                "speak", lambda: self.link.ask(line), check=checks.get(line), size=len,
                rename=lambda said: f"said-{said}" if line == "seen" else "",
            )  # fmt: skip
