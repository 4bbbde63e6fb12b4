"""The language model, over the OpenAI chat-completions protocol."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, TCPConnector

from chat.answers import Answer, Prompt

LARGEST_COUNT = 2**31 - 1


class ModelFailedError(Exception):
    """The model did not answer, not in time, or not with something that can be stored."""


class Model:
    """A client with its own pool of connections."""

    def __init__(self, base_url: str, api_key: str, timeout: float) -> None:
        self._url = f"{base_url.rstrip('/')}/chat/completions"
        self._session = ClientSession(
            # Waiting for a slow model costs a socket only; nobody waits for a free connection.
            connector=TCPConnector(limit=0),
            timeout=ClientTimeout(total=timeout, connect=5),
            headers={"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"},
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def complete(self, prompt: Prompt) -> Answer:
        """Return the whole answer."""
        async with self._post(prompt) as response:
            body = json.loads(await response.read())
            return _answer(body["choices"][0]["message"]["content"], body["usage"])

    async def stream(self, prompt: Prompt) -> AsyncIterator[str | Answer]:
        """Yield the parts of the answer as they come and, last, the whole answer."""
        parts: list[str] = []
        usage: Mapping[str, Any] = {}
        options = {"stream": True, "stream_options": {"include_usage": True}}
        async with self._post(prompt, **options) as response:
            async for line in response.content:
                if not line.startswith(b"data:") or line.strip() == b"data: [DONE]":
                    continue
                chunk = json.loads(line[5:])
                usage = chunk.get("usage") or usage
                for choice in chunk["choices"]:
                    if part := choice["delta"].get("content"):
                        parts.append(part)
                        yield part
            # The counts come last, so a stream that broke off has none.
            yield _answer("".join(parts), usage)

    @asynccontextmanager
    async def _post(self, prompt: Prompt, **options: object) -> AsyncIterator[ClientResponse]:
        body = {"model": "bakeoff-1", "temperature": 0, "messages": prompt.messages, **options}
        try:
            async with self._session.post(self._url, data=json.dumps(body).encode()) as response:
                response.raise_for_status()
                yield response
        except (ClientError, TimeoutError) as error:
            raise ModelFailedError(str(error) or type(error).__name__) from error
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            message = f"not a chat completion: {error!r}"
            raise ModelFailedError(message) from error


def _answer(content: object, usage: Mapping[str, Any]) -> Answer:
    """Return an answer if it is one that can be stored; raise ValueError or LookupError if not."""
    counts = [usage["prompt_tokens"], usage["completion_tokens"]]
    if not all(type(count) is int and 0 <= count <= LARGEST_COUNT for count in counts):
        message = f"token counts {counts}"
        raise ValueError(message)
    if not isinstance(content, str) or "\0" in content:
        message = "content that is no text"
        raise ValueError(message)
    content.encode()  # raises UnicodeEncodeError, a ValueError, for a lone surrogate
    return Answer(content=content, prompt_tokens=counts[0], completion_tokens=counts[1])
