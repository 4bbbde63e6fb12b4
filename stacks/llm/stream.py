"""A streamed answer: each token leaves when it is due, and waits for a client that reads slowly."""

import asyncio
import time

from .exchange import Exchange
from .model import Answer
from .render import Events
from .stats import Entry

# Timers fire up to half a millisecond early; a token must never come before its time.
ROUNDING_S = 0.0005


class AnswerStream:
    """Work that writes one answer's events.

    Token k (from 0) is due `first_token_s + k / tokens_per_s` after the call, the end one token
    later. A write holds every event that is due and has not been sent, so a busy server or a slow
    client makes writes larger, never later ones out of step. `one_by_one` is the probe's pace: no
    waiting, but a write of its own for every token, which is what a slow stream costs.
    """

    __slots__ = (
        "_answer",
        "_entry",
        "_events",
        "_exchange",
        "_first_at",
        "_loop",
        "_one_by_one",
        "_sent",
        "_stop_at",
        "_timer",
        "_token_s",
    )

    def __init__(
        self,
        exchange: Exchange,
        answer: Answer,
        events: Events,
        entry: Entry,
        *,
        token_s: float,
        cut: bool,
        one_by_one: bool,
    ) -> None:
        """Take the answer; `token_s` is seconds per token, `cut` breaks off after half of them."""
        self._exchange = exchange
        self._answer = answer
        self._events = events
        self._entry = entry
        self._token_s = token_s
        self._one_by_one = one_by_one
        self._stop_at = len(answer.tokens) // 2 if cut else None
        self._sent = 0
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.Handle | None = None
        self._first_at = time.monotonic() + (0.0 if one_by_one else answer.first_token_s)

    def start(self) -> None:
        """Send the head; events follow."""
        self._exchange.work = self
        self._exchange.start_stream()
        if self._answer.first_token_s and not self._one_by_one:
            self._timer = self._loop.call_at(self._first_at + ROUNDING_S, self._write)
        else:
            self._write()

    def lost(self) -> None:
        """Stop: nobody listens."""
        if self._timer is not None:
            self._timer.cancel()
        self._entry.aborted()

    def resume(self) -> None:
        """Write what became due while the client did not read."""
        if self._timer is None:
            self._write()

    def _write(self) -> None:
        """Write what is due, then end or wait for the next token."""
        self._timer = None
        if not self._exchange.writable:
            return
        count = len(self._answer.tokens)
        due = self._due(count)
        stop = min(due, count if self._stop_at is None else self._stop_at)
        if stop > self._sent:
            self._exchange.write(self._events.tokens(self._sent, stop))
            self._sent = stop
        if self._sent == self._stop_at:
            self._entry.failed()
            self._exchange.cut()
        elif due > count:
            self._entry.answered(self._answer.prompt_tokens, count)
            self._exchange.write(self._events.end())
            self._exchange.end()
        elif self._one_by_one:
            self._timer = self._loop.call_soon(self._write)
        else:
            due_at = self._first_at + self._sent * self._token_s
            self._timer = self._loop.call_at(due_at + ROUNDING_S, self._write)

    def _due(self, count: int) -> int:
        """Give how many events are due by now: the tokens, and one more for the end."""
        if self._one_by_one:
            return self._sent + 1
        if not self._token_s:
            return count + 1
        passed = time.monotonic() - self._first_at
        return min(count + 1, int(passed / self._token_s + 1e-6) + 1) if passed >= 0 else 0
