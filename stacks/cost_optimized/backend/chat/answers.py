"""Answers to prompts: from the cache where it has them. A cache that fails is one that is empty."""

import hashlib
import json
import logging

from django.conf import settings
from django.core.cache import cache
from pymemcache.exceptions import MemcacheError

from .llm import Answer
from .models import Message, User

SYSTEM = {"role": "system", "content": "You are a helpful assistant."}
HISTORY = 10

logger = logging.getLogger(__name__)


def history(user: User, conversation_id: int) -> list[dict]:
    """The ten latest messages of a conversation, oldest first; none of another user's."""
    latest = (
        Message.objects.filter(conversation=conversation_id, conversation__user=user)
        .order_by("-pk")
        .values_list("role", "content")[:HISTORY]
    )
    return [{"role": role, "content": content} for role, content in reversed(latest)]


def prompt(earlier: list[dict], question: str) -> list[dict]:
    """The messages for the model: system, the history, the question."""
    return [SYSTEM, *earlier, {"role": Message.Role.USER.value, "content": question}]


def remembered(messages: list[dict]) -> Answer | None:
    """The answer that the cache has for a prompt."""
    try:
        kept = cache.get(_key(messages))
    except (OSError, MemcacheError) as error:
        logger.warning("The cache failed: %s", error)
        return None
    return Answer(**json.loads(kept), cached=True) if kept else None


def remember(messages: list[dict], answer: Answer) -> None:
    """Keeps a new answer for ANSWER_CACHE_TTL seconds."""
    if answer.cached:
        return
    kept = json.dumps(
        {
            "content": answer.content,
            "prompt_tokens": answer.prompt_tokens,
            "completion_tokens": answer.completion_tokens,
        }
    )
    try:
        cache.set(_key(messages), kept, settings.ANSWER_CACHE_TTL)
    except (OSError, MemcacheError) as error:
        logger.warning("The cache failed: %s", error)


def _key(messages: list[dict]) -> str:
    return "answer:" + hashlib.sha256(json.dumps(messages).encode("ascii")).hexdigest()
