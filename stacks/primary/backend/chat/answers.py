"""Answers of the model, and the cache of them by prompt."""

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

SYSTEM_PROMPT = "You are a helpful assistant."


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What is sent to the model: a list of `role` and `content`."""

    messages: Sequence[dict[str, str]]

    @classmethod
    def of(cls, history: Sequence[tuple[str, str]], content: str) -> "Prompt":
        """Return the prompt for a new message after a history of (role, content), oldest first."""
        turns = [("system", SYSTEM_PROMPT), *history, ("user", content)]
        return cls(messages=[{"role": role, "content": text} for role, text in turns])

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the messages as JSON."""
        return hashlib.sha256(json.dumps(self.messages).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer and the model's count of tokens."""

    content: str
    prompt_tokens: int
    completion_tokens: int


class AnswerCache:
    """Answers by prompt, in Redis. Without Redis every prompt is new."""

    def __init__(self, redis: Redis, ttl: int) -> None:
        self._redis = redis
        self._ttl = ttl

    async def get(self, prompt: Prompt) -> Answer | None:
        """Return the answer to a prompt if it is known."""
        try:
            stored = await self._redis.get(f"answer:{prompt.digest}")
        except RedisError as error:
            logger.warning("cache: %s", error)
            return None
        return None if stored is None else Answer(**json.loads(stored))

    async def put(self, prompt: Prompt, answer: Answer) -> None:
        """Keep an answer for `ttl` seconds."""
        try:
            await self._redis.set(
                f"answer:{prompt.digest}", json.dumps(asdict(answer)), ex=self._ttl
            )
        except RedisError as error:
            logger.warning("cache: %s", error)
