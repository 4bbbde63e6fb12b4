"""Passwords, and the tokens that stand for them."""

import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from flask import g, request

from .extensions import database
from .problems import unauthorized

# OWASP's smallest recommended cost (Password Storage Cheat Sheet).
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# All on one thread: each hash needs 19 MiB, which the C library does not take back from a thread.
_hashing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hash")


def hash_password(password: str) -> str:
    """What is stored of a password."""
    return _hashing.submit(_hasher.hash, password).result()


def is_password(password: str, hashed: str | None) -> bool:
    """Whether a password is the one that was hashed; takes as long where there is none."""
    return _hashing.submit(_verify, password, hashed).result()


def _verify(password: str, hashed: str | None) -> bool:
    try:
        return _hasher.verify(hashed or _nobody(), password) and hashed is not None
    except VerifyMismatchError:
        return False


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe())


def new_token(user: int) -> str:
    """Opens a session for a user; of its token a hash alone is stored."""
    token = secrets.token_urlsafe(32)
    database.sessions.insert_one(
        {"_id": _digest(token), "user": user, "created_at": datetime.now(UTC)}
    )
    return token


def sign_in() -> None:
    """Finds out whose token came with the request, as `g.user`; raises Problem 401."""
    sent = request.authorization
    if sent is None or sent.type != "bearer" or not sent.token:
        raise unauthorized("A bearer token is needed.")
    session = database.sessions.find_one({"_id": _digest(sent.token)}, {"user": 1})
    if session is None:
        raise unauthorized("This token is not known, or not any more.")
    g.user = session["user"]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
