"""Answers to prompts: kept in MongoDB for a while, else asked of the model."""

import hashlib
import json
import logging
from collections.abc import Generator
from datetime import UTC, datetime, timedelta

from flask import Flask
from pymongo.errors import PyMongoError

from .database import Database
from .llm import Answer, Model

SYSTEM = {"role": "system", "content": "You are a helpful assistant."}

logger = logging.getLogger(__name__)


def prompt(earlier: list[dict], question: str) -> list[dict]:
    """What is sent to the model: who it is, what was said, the question."""
    return [SYSTEM, *earlier, {"role": "user", "content": question}]


class Answers:
    """The cache of answers, and the model behind it. A cache that fails is an empty one."""

    def __init__(self, database: Database, model: Model):
        self._database = database
        self._model = model

    def init_app(self, app: Flask) -> None:
        """Reads how long answers are kept."""
        self._lifetime = timedelta(seconds=app.config["ANSWER_CACHE_TTL"])

    def whole(self, prompt: list[dict]) -> Answer:
        """The answer to a prompt; raises ModelFailed."""
        return self._kept(prompt) or self._model.complete(prompt)

    def stream(self, prompt: list[dict]) -> Generator[str, None, Answer]:
        """Yields the answer in parts, a kept one as one, and returns it; raises ModelFailed."""
        if kept := self._kept(prompt):
            yield kept.content
            return kept
        return (yield from self._model.stream(prompt))

    def keep(self, prompt: list[dict], answer: Answer) -> None:
        """Keeps a new answer."""
        if answer.cached or not self._lifetime:
            return
        kept = {
            "content": answer.content,
            "prompt_tokens": answer.prompt_tokens,
            "completion_tokens": answer.completion_tokens,
            "expires_at": _now() + self._lifetime,
        }
        try:
            self._database.answers.replace_one({"_id": _key(prompt)}, kept, upsert=True)
        except PyMongoError as error:
            logger.warning("An answer was not cached: %s", error)

    def _kept(self, prompt: list[dict]) -> Answer | None:
        # MongoDB removes what has expired once a minute, so that is looked at here as well.
        wanted = {"_id": _key(prompt), "expires_at": {"$gt": _now()}}
        try:
            kept = self._database.answers.find_one(wanted, {"_id": 0, "expires_at": 0})
        except PyMongoError as error:
            logger.warning("The cache of answers was not asked: %s", error)
            return None
        return Answer(**kept, cached=True) if kept else None


def _now() -> datetime:
    return datetime.now(UTC)


def _key(prompt: list[dict]) -> str:
    return hashlib.sha256(json.dumps(prompt).encode("ascii")).hexdigest()
