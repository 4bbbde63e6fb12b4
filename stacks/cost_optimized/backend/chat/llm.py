"""The language model: OpenAI's chat-completions over HTTP, whole or streamed."""

import contextlib
import functools
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

import urllib3
from django.conf import settings

from .text_rules import is_clean

MODEL = "bakeoff-1"
CONNECT_SECONDS = 5.0
CHUNK_BYTES = 64 * 1024


class ModelFailed(Exception):
    """The model gave no usable answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the model said, and the tokens as it counted them."""

    content: str
    prompt_tokens: int
    completion_tokens: int
    cached: bool = False


@functools.cache
def client() -> urllib3.PoolManager:
    """The process's client, which keeps its connections. A new one has none and may be forked."""
    wait = settings.LLM_TIMEOUT
    return urllib3.PoolManager(
        maxsize=settings.THREADS,
        timeout=urllib3.Timeout(connect=min(CONNECT_SECONDS, wait), read=wait),
        retries=False,
        headers={
            "Authorization": f"Bearer {settings.OPENAI_API_KEY}",
            "Content-Type": "application/json",
        },
    )


def complete(messages: list[dict]) -> Answer:
    """The whole answer; raises ModelFailed."""
    whole = b"".join(_chunks(messages, stream=False))
    try:
        document = json.loads(whole)
        return _answer(document["choices"][0]["message"]["content"], document["usage"])
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise ModelFailed("Its answer cannot be read.") from error


def stream(messages: list[dict]) -> Iterator[str | Answer]:
    """The answer piece by piece, then as an Answer; raises ModelFailed.

    An answer that ends without `[DONE]` or without its usage was cut off and is a failure.
    """
    pieces, usage, done = [], None, False
    try:
        for data in _events(_chunks(messages, stream=True)):
            if data == b"[DONE]":
                done = True
                continue
            document = json.loads(data)
            usage = document.get("usage") or usage
            for choice in document["choices"]:
                piece = choice["delta"].get("content")
                if piece:
                    pieces.append(_text(piece))
                    yield piece
        # The answer is read to its end, or its connection could not be used again.
        if done:
            yield _answer("".join(pieces), usage)
            return
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ModelFailed("Its answer cannot be read.") from error
    raise ModelFailed("Its answer was cut off.")


def _chunks(messages: list[dict], *, stream: bool) -> Iterator[bytes]:
    """The bytes of the model's answer, as they come and no longer than LLM_TIMEOUT."""
    deadline = time.monotonic() + settings.LLM_TIMEOUT
    asked = {"model": MODEL, "messages": messages, "temperature": 0}
    if stream:
        asked |= {"stream": True, "stream_options": {"include_usage": True}}
    url = f"{settings.OPENAI_BASE_URL}/chat/completions"
    body = json.dumps(asked).encode("ascii")
    try:
        response = client().request("POST", url, body=body, preload_content=False)
        # Closing does nothing to a connection that has gone back to its pool.
        with contextlib.closing(response):
            if response.status != HTTPStatus.OK:
                raise ModelFailed(f"It answered with status {response.status}.")
            while chunk := response.read1(CHUNK_BYTES):
                if time.monotonic() > deadline:
                    raise ModelFailed(f"It took longer than {settings.LLM_TIMEOUT:g} s.")
                yield chunk
    except urllib3.exceptions.TimeoutError as error:
        raise ModelFailed(f"It was silent for {settings.LLM_TIMEOUT:g} s.") from error
    except urllib3.exceptions.HTTPError as error:
        raise ModelFailed("The connection to it failed.") from error


def _events(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The data of each server-sent event.

    Lines end at LF or CRLF only, and not at U+2028, which may stand inside JSON.
    """
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                yield line[5:].strip()


def _answer(content: object, usage: object) -> Answer:
    prompt, completion = usage["prompt_tokens"], usage["completion_tokens"]
    for count in (prompt, completion):
        if not isinstance(count, int) or not 0 <= count < 2**31:
            raise ValueError("usage is not a pair of counts")
    return Answer(
        content=_text(content), prompt_tokens=int(prompt), completion_tokens=int(completion)
    )


def _text(content: object) -> str:
    if not isinstance(content, str) or not is_clean(content):
        raise ValueError("content is not clean text")
    return content
