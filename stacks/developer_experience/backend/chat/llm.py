"""The language model: OpenAI's chat completions, whole or as a stream."""

import json
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass

import urllib3
from flask import Flask

from .text_rules import is_clean

MODEL = "bakeoff-1"
CONNECT_SECONDS = 5.0
OK = 200
UNREADABLE = (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError)


class ModelFailed(Exception):
    """The model gave no answer that can be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the model said, with the tokens as it counted them."""

    content: str
    prompt_tokens: int
    completion_tokens: int
    cached: bool = False

    def __post_init__(self):
        """Refuses what could not be stored; raises ValueError."""
        if not isinstance(self.content, str) or not is_clean(self.content):
            raise ValueError("the content is no clean text")
        for count in (self.prompt_tokens, self.completion_tokens):
            if type(count) is not int or not 0 <= count < 2**31:
                raise ValueError("the usage is no pair of counts")


class Model:
    """A client with one connection for each thread of the app, none of them waited for."""

    def init_app(self, app: Flask) -> None:
        """Makes the client, which connects when it is first used."""
        self._url = f"{app.config['OPENAI_BASE_URL']}/chat/completions"
        self._seconds = app.config["LLM_TIMEOUT"]
        self._http = urllib3.PoolManager(
            maxsize=app.config["THREADS"],
            retries=False,
            timeout=urllib3.Timeout(
                connect=min(CONNECT_SECONDS, self._seconds), read=self._seconds
            ),
            headers={"Authorization": f"Bearer {app.config['OPENAI_API_KEY']}"},
        )

    def complete(self, messages: list[dict]) -> Answer:
        """The whole answer; raises ModelFailed."""
        body = b"".join(self._ask({"messages": messages}))
        try:
            said = json.loads(body)
            return _answer(said["choices"][0]["message"]["content"], said["usage"])
        except UNREADABLE as error:
            raise ModelFailed("Its answer cannot be read.") from error

    def stream(self, messages: list[dict]) -> Generator[str, None, Answer]:
        """Yields the answer in parts as they come, and returns it; raises ModelFailed.

        What ends without `[DONE]` or without its usage was cut off.
        """
        parts, usage, whole = [], None, False
        asked = {"messages": messages, "stream": True, "stream_options": {"include_usage": True}}
        with closing(self._ask(asked)) as chunks:
            try:
                # Read beyond `[DONE]` to the end: only then can the connection be used again.
                for data in _data_lines(chunks):
                    if data == b"[DONE]":
                        whole = True
                        continue
                    event = json.loads(data)
                    usage = event.get("usage") or usage
                    part = "".join(each["delta"].get("content") or "" for each in event["choices"])
                    if part:
                        if not is_clean(part):
                            raise ValueError("the content is no clean text")
                        parts.append(part)
                        yield part
                if whole:
                    return _answer("".join(parts), usage)
            except UNREADABLE as error:
                raise ModelFailed("Its answer cannot be read.") from error
        raise ModelFailed("Its answer was cut off.")

    def _ask(self, asked: dict) -> Iterator[bytes]:
        """Yields the bytes of its answer as they come; raises ModelFailed after LLM_TIMEOUT."""
        deadline = time.monotonic() + self._seconds
        try:
            response = self._http.request(
                "POST",
                self._url,
                json={"model": MODEL, "temperature": 0, **asked},
                preload_content=False,
            )
            # Closing a response that was read to its end leaves its connection in the pool.
            with closing(response):
                if response.status != OK:
                    raise ModelFailed(f"It answered with the status {response.status}.")
                while chunk := response.read1(65_536):
                    yield chunk
                    if time.monotonic() > deadline:
                        raise ModelFailed(f"It took longer than {self._seconds:g} s.")
        except urllib3.exceptions.TimeoutError as error:
            raise ModelFailed(f"It said nothing for {self._seconds:g} s.") from error
        except urllib3.exceptions.HTTPError as error:
            raise ModelFailed("It cannot be reached, or hung up.") from error


def _answer(content: str, usage: dict) -> Answer:
    return Answer(
        content=content,
        prompt_tokens=usage["prompt_tokens"],
        completion_tokens=usage["completion_tokens"],
    )


def _data_lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The data of server-sent events, each on one line. LF and CRLF alone end a line: other ends
    of lines in Unicode may stand in JSON.
    """
    pending = b""
    for chunk in chunks:
        *lines, pending = (pending + chunk).split(b"\n")
        yield from (line[5:].strip() for line in lines if line.startswith(b"data:"))
