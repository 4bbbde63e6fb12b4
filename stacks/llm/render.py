"""Answers as bytes: the JSON of a whole completion, and the events of a stream.

The bytes are put together from pieces; tokens need no escaping (see `vocabulary`).
"""

from dataclasses import dataclass

from .model import Answer

DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What surrounds an answer: the call's number, the time in whole seconds, model, seed."""

    number: int
    created: int
    model: str
    seed: int

    def start(self, kind: str, answer: Answer) -> bytes:
        """Give the members that a completion and its chunks begin with."""
        return (
            f'{{"id":"chatcmpl-{answer.key}{self.number:08x}","object":"{kind}",'
            f'"created":{self.created},"model":"{self.model}",'
            f'"system_fingerprint":"fp_{self.seed}","choices":['
        ).encode()


def whole(answer: Answer, envelope: Envelope) -> bytes:
    """Give the body of an answer that is not streamed."""
    return b"".join(
        (
            envelope.start("chat.completion", answer),
            b'{"index":0,"message":{"role":"assistant","content":"',
            *answer.tokens,
            b'","refusal":null},"logprobs":null,"finish_reason":"',
            answer.finish_reason.encode(),
            b'"}],"usage":',
            _usage(answer),
            b"}",
        )
    )


class Events:
    """The server-sent events of one answer: one per token, then the end.

    The first event also carries the role, so a stream has exactly as many deltas with content as
    the answer has tokens.
    """

    __slots__ = ("_answer", "_between", "_empty", "_first", "_head", "_tail", "_usage")

    def __init__(self, answer: Answer, envelope: Envelope, *, include_usage: bool) -> None:
        """Prepare the pieces that all events of the stream share."""
        start = b"data: " + envelope.start("chat.completion.chunk", answer)
        self._answer = answer
        self._empty = b'],"usage":null}\n\n' if include_usage else b"]}\n\n"
        self._usage = include_usage
        self._first = start + b'{"index":0,"delta":{"role":"assistant","content":"'
        self._head = start + b'{"index":0,"delta":{"content":"'
        self._tail = b'"},"logprobs":null,"finish_reason":null}' + self._empty
        self._between = self._tail + self._head

    def tokens(self, start: int, stop: int) -> bytes:
        """Give the events of tokens `start` to `stop` (exclusive; at least one)."""
        head = self._head if start else self._first
        return head + self._between.join(self._answer.tokens[start:stop]) + self._tail

    def end(self) -> bytes:
        """Give the last events: the reason for the end, the usage if asked for, `[DONE]`."""
        start = self._head.partition(b'{"index":0')[0]
        reason = self._answer.finish_reason.encode()
        final = b'{"index":0,"delta":{},"logprobs":null,"finish_reason":"' + reason + b'"}'
        events = start + final + self._empty
        if self._usage:
            events += start + b'],"usage":' + _usage(self._answer) + b"}\n\n"
        return events + DONE


def _usage(answer: Answer) -> bytes:
    """Give the token counts as JSON."""
    asked, said = answer.prompt_tokens, len(answer.tokens)
    return b'{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}' % (
        asked,
        said,
        asked + said,
    )
