"""The head of an HTTP/1 answer as it came: its lines are looked at only when somebody asks."""

from __future__ import annotations

BLANK_LINE = b"\r\n\r\n"
CONTENT_TYPE = b"\r\ncontent-type:"


def final(raw: bytes) -> bytes:
    """Return what came without the interim answers before it."""
    while raw[9:10] == b"1" and BLANK_LINE in raw:
        raw = raw.partition(BLANK_LINE)[2]
    return raw


def content_type(raw: bytes) -> bytes:
    """Return the content type from bytes that begin with a head; b"" when it names none."""
    raw = final(raw)
    head = raw[: raw.find(BLANK_LINE) + 2].lower()
    at = head.find(CONTENT_TYPE)
    if at < 0:
        return b""
    at += len(CONTENT_TYPE)
    return raw[at : head.find(b"\r\n", at)].strip(b" \t")
