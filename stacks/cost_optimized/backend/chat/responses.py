"""Answers as JSON, and what users, conversations and messages look like in them.

An id is a letter for the kind and the primary key, so one can never be taken for another.

Plain functions, as Django REST framework's own documentation advises where reads are many: its
serializers check what comes in, and would only cost time on the way out.
"""

import json

from django.http import HttpResponse


def encode(data) -> str:
    """Compact JSON."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def json_response(data, status=200, *, content_type="application/json", headers=None):
    """An answer with `data` as its body."""
    return HttpResponse(encode(data), status=status, content_type=content_type, headers=headers)


def time(moment) -> str:
    """A moment in UTC as `2026-01-02T03:04:05.678Z`."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def user(row) -> dict:
    """A User of the contract."""
    return {"id": f"u{row.pk}", "name": row.name, "created_at": time(row.created_at)}


def conversation(row) -> dict:
    """A Conversation of the contract."""
    return {
        "id": f"c{row.pk}",
        "title": row.title,
        "created_at": time(row.created_at),
        "message_count": row.message_count,
    }


def message(row) -> dict:
    """A Message of the contract."""
    return {
        "id": f"m{row.pk}",
        "conversation_id": f"c{row.conversation_id}",
        "role": row.role,
        "content": row.content,
        "created_at": time(row.created_at),
        "cached": row.cached,
        "tokens": row.tokens,
    }
