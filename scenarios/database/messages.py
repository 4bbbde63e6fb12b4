"""The rows: messages of a kilobyte, each telling which write it is of, for checks."""

from __future__ import annotations

from typing import NamedTuple

from scenarios.passages import passage

BODY = 1_000
IN_A_CONVERSATION = 20
AUTHORS = 1_000
LOADER = 0
WRITERS, VERSIONS = 2**12, 2**24


class Message(NamedTuple):
    """A row; `body` has BODY characters, of one byte each, and begins with who wrote it."""

    id: int
    conversation: int
    author: str
    body: str


def body(text: str, key: int, version: int = 0, writer: int = LOADER) -> str:
    """Return what a writer writes into a message for the `version`-th time: "key.version.writer "
    and a passage of `text`.
    """
    head = f"{key}.{version}.{writer} "
    number = (key * VERSIONS + version) * WRITERS + writer
    return head + passage(text, number, BODY - len(head))


def message(text: str, key: int) -> Message:
    """Return a message as it is loaded or inserted."""
    return Message(*place(key), body(text, key))


def place(key: int) -> tuple[int, int, str]:
    """Return what never changes of a message: its id, conversation and author."""
    conversation = key // IN_A_CONVERSATION
    return key, conversation, f"author-{conversation % AUTHORS}"


def written(found: str) -> tuple[int, int]:
    """Return the version and the writer that a body tells; raises ValueError if it tells none."""
    _, version, writer = found.partition(" ")[0].split(".")
    return int(version), int(writer)


def fault(text: str, key: int, found: list[Message]) -> str | None:
    """Say in a few words what is wrong with what was found under a key; None if it is right.

    Every character is compared with what the writer must have written.
    """
    if len(found) != 1:
        return f"{len(found)} messages with that id"
    *where, content = found[0]
    try:
        version, writer = written(content)
    except ValueError:
        return "the body tells no writer"
    if tuple(where) != place(key):
        return "another message than the one asked for"
    if content != body(text, key, version, writer):
        return "the body is not what was written"
    return None
