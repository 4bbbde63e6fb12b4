"""The header Idempotency-Key."""

import re

from flask import request

from .problems import Kind, Problem

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


def key_of_request() -> str | None:
    """The request's key, if it has one; raises Problem when it does not fit."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        fault = ("Idempotency-Key", "must be 1 to 64 of A-Z, a-z, 0-9, '_' and '-'")
        raise Problem(Kind.INVALID, errors=[fault])
    return key
