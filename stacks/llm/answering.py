"""Calls of the model being answered: at once, after a wait, as a stream, or wrongly on request."""

import asyncio
import itertools
import time

from .errors import ApiError
from .exchange import Exchange
from .model import Answer, LanguageModel
from .prompt import PROBE, Call
from .render import Envelope, Events, whole
from .settings import Settings
from .stats import Entry, Stats
from .stream import ROUNDING_S, AnswerStream


class Answering:
    """Answers calls on exchanges and keeps the count."""

    def __init__(self, settings: Settings, stats: Stats) -> None:
        """Build the model for the settings."""
        self._model = LanguageModel(settings)
        self._seed = settings.seed
        self._token_s = self._model.token_s
        self._stats = stats
        self._numbers = itertools.count()

    def start(self, exchange: Exchange, call: Call) -> None:
        """Begin the answer to a call; it goes on by itself."""
        answer = self._model.answer(call)
        probe = call.model == PROBE
        entry = Entry(self._stats, stream=call.stream, probe=probe)
        cut = call.fault == "cut"
        if call.fault is not None and not cut:
            _misbehave(exchange, call.fault, entry)
            return
        envelope = Envelope(
            number=next(self._numbers) & 0xFFFFFFFF,
            created=int(time.time()),
            model=call.model,
            seed=self._seed,
        )
        if call.stream:
            events = Events(answer, envelope, include_usage=call.include_usage)
            AnswerStream(
                exchange,
                answer,
                events,
                entry,
                token_s=self._token_s,
                cut=cut,
                one_by_one=probe,
            ).start()
        else:
            wait = 0.0 if probe else answer.whole_s
            WholeAnswer(exchange, answer, whole(answer, envelope), entry, cut=cut).start(wait)


class WholeAnswer:
    """Work that sends one answer in a piece when its time has come."""

    __slots__ = ("_answer", "_body", "_cut", "_entry", "_exchange", "_timer")

    def __init__(
        self, exchange: Exchange, answer: Answer, body: bytes, entry: Entry, *, cut: bool
    ) -> None:
        """Take the answer and its body; `cut` breaks off in the middle of the body."""
        self._exchange = exchange
        self._answer = answer
        self._body = body
        self._entry = entry
        self._cut = cut
        self._timer: asyncio.Handle | None = None

    def start(self, wait: float) -> None:
        """Send after `wait` seconds."""
        if not wait:
            self._send()
            return
        self._exchange.work = self
        loop = asyncio.get_running_loop()
        self._timer = loop.call_at(time.monotonic() + wait + ROUNDING_S, self._send)

    def lost(self) -> None:
        """Stop: nobody listens."""
        if self._timer is not None:
            self._timer.cancel()
        self._entry.aborted()

    def resume(self) -> None:
        """Nothing was held back: the answer is one write."""

    def _send(self) -> None:
        if self._cut:
            self._entry.failed()
            self._exchange.start_reply(self._body, len(self._body) // 2)
            self._exchange.cut()
            return
        self._entry.answered(self._answer.prompt_tokens, len(self._answer.tokens))
        self._exchange.reply(200, self._body)


class Silence:
    """Work that never answers, until its client gives up."""

    __slots__ = ("_entry",)

    def __init__(self, entry: Entry) -> None:
        """Take the call's entry in the counters."""
        self._entry = entry

    def lost(self) -> None:
        """Count the call: it misbehaved as it was asked to."""
        self._entry.failed()

    def resume(self) -> None:
        """Stay silent."""


def _misbehave(exchange: Exchange, fault: str, entry: Entry) -> None:
    """Hang, or fail at once with the status that the prompt names."""
    if fault == "hang":
        exchange.work = Silence(entry)
        return
    entry.failed()
    message = f"The prompt asked the model to fail with [[{fault}]]."
    code = "rate_limit_exceeded" if fault == "fail:429" else None
    exchange.reply_error(ApiError(int(fault.removeprefix("fail:")), message, code=code))
