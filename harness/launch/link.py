"""A bakeoff of another revision as a child process: orders go to its standard input, answers come
from its standard output, each a line of JSON. Several orders may be under way.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import IO, Any, cast

from harness.errors import LaunchFailed
from harness.launch import cleanup
from harness.launch.identity import Identity, identity

GREETING = 0
QUOTED_LINES = 15
QUIET_S = 5.0
ANSWER_S = 60.0
DOWN_S = 60.0
TERMINATED_S = 20.0

Answer = Mapping[str, Any]


@dataclass(slots=True, kw_only=True, eq=False)
class Link:
    """A child called `what` in messages; `greeting` is what it says of its own accord, first.

    It is in a session of its own, out of the reach of the terminal's Ctrl-C, and ends by itself
    when its standard input is closed, which the end of this process does as well.
    """

    what: str
    process: subprocess.Popen[bytes]
    orders: IO[bytes]
    answers: IO[bytes]
    errors: IO[bytes]
    who: Identity | None
    greeting: Future[Answer]
    waiting: dict[int, Future[Answer]]
    said: deque[str] = field(default_factory=lambda: deque(maxlen=QUOTED_LINES))
    numbers: count[int] = field(default_factory=lambda: count(GREETING + 1))
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: str = ""

    def start(self, wish: Answer) -> None:
        """Send the first line, and listen from now on."""
        errors = threading.Thread(target=self._listen, name="errors", daemon=True)
        errors.start()
        threading.Thread(target=self._hear, args=(errors,), name="answers", daemon=True).start()
        with self.lock:
            self._write(wish)

    def ask(self, *, patience_s: float = ANSWER_S, **order: object) -> Answer:
        """Give an order and return its answer.

        Raises LaunchFailed when the child cannot do it, has ended, or does not answer in time.
        """
        future: Future[Answer] = Future()
        with self.lock:
            if self.ended:
                raise LaunchFailed(self.ended)
            number = next(self.numbers)
            self.waiting[number] = future
            self._write({**order, "id": number})
        try:
            return future.result(patience_s)
        except TimeoutError:
            raise LaunchFailed(f"{self.what} did not answer within {patience_s:g} s") from None

    def end(self, *, patience_s: float = DOWN_S) -> None:
        """Have it take everything down, by force if that takes longer, and wait for its end.

        Whatever it left is removed. Doing so again changes nothing.
        """
        with suppress(OSError), self.lock:
            self.orders.close()
        try:
            self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._force()
        if self.who:
            cleanup.clean(self.who)

    def _force(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(TERMINATED_S)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _write(self, value: Mapping[str, object]) -> None:
        # A child that has ended is told by the thread that hears it: it fails all that wait.
        with suppress(OSError, ValueError):
            self.orders.write(json.dumps(value).encode() + b"\n")
            self.orders.flush()

    def _hear(self, errors: threading.Thread) -> None:
        """Hand out answers until the child closes its output, then fail all that wait."""
        with self.answers as lines:
            for line in lines:
                with suppress(ValueError, TypeError, LookupError):
                    self._hand_out(json.loads(line))
        errors.join(QUIET_S)
        code = self.process.wait()
        with self.lock:
            self.ended = f"{self.what} ended (exit code {code}): {self.last_words()}"
            left = list(self.waiting.values())
            self.waiting.clear()
        for future in left:
            future.set_exception(LaunchFailed(self.ended))

    def _hand_out(self, answer: Answer) -> None:
        with self.lock:
            future = self.waiting.pop(int(answer["id"]), None)
        if future is None:
            return
        if fault := answer.get("error"):
            future.set_exception(LaunchFailed(f"{self.what}: {fault}"))
        else:
            future.set_result(answer)

    def _listen(self) -> None:
        with self.errors as lines:
            for line in lines:
                self.said.append(line.decode("utf-8", "replace").rstrip())

    def last_words(self) -> str:
        """Return the end of what it said on its standard error."""
        return "\n".join(self.said).removeprefix("bakeoff: ") or "it said nothing"


def begin(
    command: Sequence[str], *, what: str, folder: Path, env: Mapping[str, str], wish: Answer
) -> Link:
    """Start `command` in `folder` and send it `wish` as the first line; raises LaunchFailed."""
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise LaunchFailed(f"{what}: cannot be started in {folder}: {error}") from error
    greeting: Future[Answer] = Future()
    link = Link(
        what=what,
        process=process,
        orders=cast("IO[bytes]", process.stdin),
        answers=cast("IO[bytes]", process.stdout),
        errors=cast("IO[bytes]", process.stderr),
        who=identity(process.pid),
        greeting=greeting,
        waiting={GREETING: greeting},
    )
    link.start(wish)
    return link
