"""Passwords (Argon2id, hashed in a thread) and bearer tokens (signed JWT; no session is stored)."""

import asyncio
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from chat.ids import read_id
from chat.settings import get_settings

TOKEN_LIFETIME = timedelta(days=7)
ALGORITHM = "HS256"

# OWASP's smallest recommended cost, the same in every stack, so that signing in costs alike.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@lru_cache
def key_for(purpose: str) -> bytes:
    """Return a key of 32 bytes for one purpose, derived from SECRET_KEY."""
    secret = get_settings().secret_key.get_secret_value().encode()
    return hmac.digest(secret, purpose.encode(), hashlib.sha256)


@lru_cache
def _hash_of_nobody() -> str:
    return _hasher.hash("nobody")


async def hash_password(password: str) -> str:
    """Return what to store of a password."""
    return await asyncio.to_thread(_hasher.hash, password)


async def is_password(password: str, stored: str | None) -> bool:
    """Tell whether the password is the stored one; takes as long when there is no such user."""
    try:
        await asyncio.to_thread(lambda: _hasher.verify(stored or _hash_of_nobody(), password))
    except VerifyMismatchError:
        return False
    return stored is not None


def make_token(user_id: UUID) -> str:
    """Return a token for a user."""
    now = datetime.now(UTC)
    claims = {"sub": str(user_id), "iat": now, "exp": now + TOKEN_LIFETIME}
    return jwt.encode(claims, key_for("token"), ALGORITHM)


def read_token(token: str) -> UUID | None:
    """Return the id of the user for whom the token was made, or None if it is not valid."""
    try:
        claims = jwt.decode(
            token, key_for("token"), [ALGORITHM], options={"require": ["sub", "exp"]}
        )
    except jwt.InvalidTokenError:
        return None
    return read_id(claims["sub"])
