"""Reading and checking what is not in the body: query parameters, ids, idempotency keys."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from django.core.signing import BadSignature, Signer

from . import text_rules
from .problems import Kind, Problem

DEFAULT_LIMIT = 20
MAX_QUERY = 200
_CONVERSATION_ID = re.compile(r"c([1-9][0-9]{0,17})")
_LIMIT = re.compile(r"[1-9][0-9]?|100")
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """At most `limit` items older than the one numbered `before`, of the list `scope`."""

    limit: int
    before: int | None
    scope: str


def query_of(request) -> dict[str, str]:
    """The query parameters, the last of each name."""
    # WSGI hands over bytes as Latin-1; what is not UTF-8 becomes lone surrogates, and is refused.
    raw = request.META.get("QUERY_STRING", "")
    return {
        _utf8(name): _utf8(value)
        for name, value in parse_qsl(raw, keep_blank_values=True, encoding="latin-1")
    }


def _utf8(text: str) -> str:
    return text.encode("latin-1").decode("utf-8", "surrogateescape")


def page_of(query: dict[str, str], scope: str, errors: list | None = None) -> PageRequest:
    """The page asked for; raises Problem with these faults and those found before."""
    errors = errors if errors is not None else []
    limit, before = DEFAULT_LIMIT, None
    if "limit" in query:
        if _LIMIT.fullmatch(query["limit"]):
            limit = int(query["limit"])
        else:
            errors.append(("limit", "Must be a whole number from 1 to 100."))
    if "cursor" in query:
        try:
            before = int(_signer(scope).unsign(query["cursor"]))
        except (BadSignature, UnicodeError):
            errors.append(("cursor", "Was not given out for this list."))
    if errors:
        raise Problem(Kind.INVALID, errors=errors)
    return PageRequest(limit=limit, before=before, scope=scope)


def page_response_data(rows: list, page: PageRequest, represent) -> dict:
    """The page as data. `rows` has up to one more than the limit: its presence means more."""
    shown = rows[: page.limit]
    more = len(rows) > page.limit
    return {
        "items": [represent(row) for row in shown],
        "next_cursor": _signer(page.scope).sign(str(shown[-1].pk)) if more else None,
    }


def _signer(scope: str) -> Signer:
    return Signer(sep=".", salt=f"cursor {scope}")


def words_query(query: dict[str, str], errors: list) -> str:
    """The parameter `q`, checked; an empty string when it does not fit."""
    text = query.get("q")
    if text is None:
        errors.append(("q", "Is required."))
    elif not 1 <= len(text) <= MAX_QUERY:
        errors.append(("q", f"Must have 1 to {MAX_QUERY} characters."))
    elif not text_rules.is_clean(text):
        errors.append(("q", "Must not hold U+0000 or anything that is not Unicode text."))
    elif not text_rules.words(text):
        errors.append(("q", "Must have at least one ASCII letter or digit."))
    else:
        return text
    return ""


def conversation_number(identifier: str) -> int:
    """The primary key behind a conversation's id; raises Problem 404 for what never was one."""
    found = _CONVERSATION_ID.fullmatch(identifier)
    if not found:
        raise Problem(Kind.NOT_FOUND)
    return int(found[1])


def idempotency_key_of(request) -> str | None:
    """The request's Idempotency-Key, if it has one; raises Problem when it does not fit."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is not None and not _KEY.fullmatch(key):
        detail = "Must be 1 to 64 ASCII letters, digits, '_' or '-'."
        raise Problem(Kind.INVALID, errors=[("Idempotency-Key", detail)])
    return key
