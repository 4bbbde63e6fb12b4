"""Writes that carry an Idempotency-Key are carried out once.

The first answer is stored in the transaction of the write, under a unique key: that alone makes a
second write impossible. A lock in Redis tells a repetition that the first is still under way, and
runs out by itself if the process that took it dies.
"""

import hashlib
import json
import logging
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request, Response
from redis.asyncio.lock import Lock
from redis.exceptions import LockError, RedisError
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.auth import CurrentUser
from chat.models import IdempotencyKey
from chat.problems import Kind, Problem
from chat.schemas import IDENTIFIER
from chat.settings import get_settings

logger = logging.getLogger(__name__)

# How long a lock may outlive the longest answer of the model.
LOCK_MARGIN = 30.0

KeyHeader = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=1, max_length=64, pattern=IDENTIFIER),
]


FIRST = select(IdempotencyKey.fingerprint, IdempotencyKey.status, IdempotencyKey.body).where(
    IdempotencyKey.user_id == bindparam("user_id"),
    IdempotencyKey.path == bindparam("path"),
    IdempotencyKey.key == bindparam("key"),
)
KEEP = insert(IdempotencyKey).on_conflict_do_nothing().returning(IdempotencyKey.key)


class Attempt:
    """One attempt at a write, with or without a key: `begin()` it, `release()` it in the end."""

    def __init__(self, request: Request, user_id: UUID, key: str | None) -> None:
        self._request = request
        self._identity: dict[str, UUID | str] = {}
        if key is not None:
            self._identity = {"user_id": user_id, "path": request.url.path, "key": key}
        self._fingerprint = b""
        self._lock: Lock | None = None

    async def begin(self) -> Response | None:
        """Return the first answer if there was one, or None if the write is to be carried out.

        Raise `conflict` while the first is under way, `idempotency-mismatch` for another body.
        """
        if not self._identity:
            return None
        body = json.dumps(await self._request.json(), sort_keys=True)
        self._fingerprint = hashlib.sha256(body.encode()).digest()
        # In this order: whoever gets the lock after the first writer sees what it has stored.
        locked = await self._acquire()
        try:
            async with self._request.state.database.autocommit() as connection:
                first = (await connection.execute(FIRST, self._identity)).one_or_none()
            if first is not None and first.fingerprint != self._fingerprint:
                detail = "This key was used with another body."
                raise Problem(Kind.IDEMPOTENCY_MISMATCH, detail)
            if first is None and not locked:
                raise _under_way()
        except BaseException:
            await self.release()
            raise
        if first is None:
            return None
        await self.release()
        headers = {"Idempotency-Replayed": "true"}
        return Response(first.body, first.status, headers, media_type="application/json")

    async def record(self, connection: AsyncConnection, status: int, body: str) -> None:
        """Store the answer; raise `conflict` if a repetition at the same time was first."""
        if not self._identity:
            return
        row = {
            **self._identity,
            "fingerprint": self._fingerprint,
            "status": status,
            "body": body,
            "created_at": datetime.now(UTC),
        }
        if await connection.scalar(KEEP, row) is None:
            raise _under_way()

    async def release(self) -> None:
        """Let go of the key; does nothing the second time."""
        lock, self._lock = self._lock, None
        if lock is not None:
            try:
                await lock.release()
            except (LockError, RedisError) as error:
                logger.warning("lock of an idempotency key: %s", error)

    async def _acquire(self) -> bool:
        """Return whether nobody else has the lock; without Redis the unique key has to do."""
        name = f"idempotency:{':'.join(map(str, self._identity.values()))}"
        timeout = get_settings().llm_timeout + LOCK_MARGIN
        lock = self._request.state.redis.lock(name, timeout=timeout, blocking=False)
        try:
            if not await lock.acquire():
                return False
        except RedisError as error:
            logger.warning("lock of an idempotency key: %s", error)
            return True
        self._lock = lock
        return True


def _under_way() -> Problem:
    return Problem(Kind.CONFLICT, "The first request with this key is under way.")


async def get_attempt(request: Request, user: CurrentUser, key: KeyHeader = None) -> Attempt:
    """Return this request's attempt."""
    return Attempt(request, user.id, key)


AttemptDep = Annotated[Attempt, Depends(get_attempt)]
