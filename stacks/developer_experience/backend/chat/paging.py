"""Pages: limits, and cursors that are signed for the list they belong to."""

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, request
from itsdangerous import Signer

from .problems import Kind, Problem

DEFAULT_LIMIT = 20
_LIMIT = re.compile(r"[1-9][0-9]?|100")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """At most `limit` things older than `before` of the list that `scope` names."""

    limit: int
    before: int | None
    scope: str

    def answer(self, items: list, place: Callable[..., int], show: Callable[..., dict]) -> dict:
        """The page. One item more than `limit` shows that there is another page."""
        shown = items[: self.limit]
        more = len(items) > self.limit
        return {
            "items": [show(item) for item in shown],
            "next_cursor": _sign(self.scope, place(shown[-1])) if more else None,
        }


def page_of(scope: str, errors: list[tuple[str, str]] | None = None) -> Page:
    """The page that is asked for; raises Problem with its faults and those found before."""
    errors = list(errors or ())
    limit, before = request.args.get("limit"), None
    if limit is not None and not _LIMIT.fullmatch(limit):
        errors.append(("limit", "must be a number from 1 to 100"))
    cursor = request.args.get("cursor")
    if cursor is not None:
        before = _place(scope, cursor)
        if before is None:
            errors.append(("cursor", "was not given out for this list"))
    if errors:
        raise Problem(Kind.INVALID, errors=errors)
    return Page(limit=int(limit or DEFAULT_LIMIT), before=before, scope=scope)


def _place(scope: str, cursor: str) -> int | None:
    digits = cursor.partition(".")[0]
    if not re.fullmatch("[0-9]{1,19}", digits):
        return None
    # Compared as text: a signature in base64 can be written in several ways.
    expected = _sign(scope, int(digits))
    return int(digits) if hmac.compare_digest(expected.encode(), cursor.encode()) else None


def _sign(scope: str, place: int) -> str:
    signer = Signer(current_app.secret_key, salt=f"cursor {scope}", digest_method=hashlib.sha256)
    return signer.sign(str(place)).decode("ascii")
