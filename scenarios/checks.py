"""What is wrong with an answer, in a few words, or None. For users under load.

The cheap look (status, kind of content, a whole JSON object) is for every answer; the full ones
read it, and are for a sample, because reading costs the generator more than sending.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from harness.drive.answers import Answer

FULL_ONE_IN = 20


def cheap(answer: Answer) -> str | None:
    """Object unless it is a JSON object by its looks."""
    if not answer.content_type.startswith("application/json"):
        return f"content type {answer.content_type!r}"
    if answer.body[:1] != b"{" or answer.body.rstrip()[-1:] != b"}":
        return "the body is no JSON object"
    return None


def page(answer: Answer, *, limit: int, conversation: str = "") -> str | None:
    """Object unless it is a page: newest first, nothing twice, at most `limit` items.

    With `conversation`, all must belong to it.
    """
    items = answer.json["items"]
    if len(items) > limit:
        return "more items than asked for"
    if len({item["id"] for item in items}) != len(items):
        return "an item is on the page twice"
    times = [item["created_at"] for item in items]
    if times != sorted(times, reverse=True):
        return "not newest first"
    if conversation and any(item["conversation_id"] != conversation for item in items):
        return "a message of another conversation"
    if not isinstance(answer.json["next_cursor"], str | None):
        return "next_cursor is neither text nor null"
    return None


def messages(answer: Answer, *, limit: int, conversation: str, newest: str) -> str | None:
    """Object unless it is a page of messages: answer, question, answer ... with `newest` on top.

    `newest` is the id of the last answer that the user was told of, empty if it knows of none.
    """
    items = answer.json["items"]
    roles = [item["role"] for item in items]
    if roles != ["assistant", "user"] * (len(roles) // 2) + ["assistant"] * (len(roles) % 2):
        return "questions and answers do not alternate"
    if newest and (not items or items[0]["id"] != newest):
        return "the answer that was stored last is not the newest"
    return page(answer, limit=limit, conversation=conversation)


def exchange(found: Mapping[str, Any], *, conversation: str, content: str) -> str | None:
    """Object unless the question is echoed and answered, both in their conversation."""
    question, answer = found["question"], found["answer"]
    if (question["role"], answer["role"]) != ("user", "assistant"):
        return "the roles are not user and assistant"
    if question["content"] != content:
        return "the question is not what was sent"
    if not answer["content"]:
        return "the answer is empty"
    if {question["conversation_id"], answer["conversation_id"]} != {conversation}:
        return "the conversation is not the one written to"
    if question["id"] == answer["id"]:
        return "question and answer have the same id"
    return None


def repeated(answer: Mapping[str, Any], prompt: str, known: dict[str, str] | None) -> str | None:
    """Object if the same prompt was answered otherwise before, or another one alike: `known`
    remembers the first answers. Without it nobody has asked before, so no cache can know.
    """
    text = answer["content"]
    if known is None:
        cached = answer["cached"]
        return "answered by a cache, though nobody had asked that before" if cached else None
    if known.setdefault(prompt, text) != text:
        return "another answer than before to the same prompt"
    if any(other == text and asked != prompt for asked, other in known.items()):
        return "the answer to another prompt"
    return None


def found(answer: Answer, *, limit: int, query: str) -> str | None:
    """Object unless it is a page of messages that contain every word of `query`."""
    wanted = set(query.lower().split())
    for item in answer.json["items"]:
        if not wanted <= set(_words(item["content"])):
            return "a message without the words searched for"
    return page(answer, limit=limit)


def _words(text: str) -> Iterable[str]:
    """Return the contract's words: runs of ASCII letters and digits, in lower case."""
    runs = "".join(c if c.isascii() and c.isalnum() else " " for c in text.lower())
    return runs.split()
