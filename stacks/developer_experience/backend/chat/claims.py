"""Idempotency keys of messages: one exchange for a key, whatever fails between the steps.

What makes a second exchange impossible is the unique index over conversation and key of the
exchanges themselves. A claim is only what tells a repetition that the first is under way, so that
the model is not asked twice. One that was left behind by a killed process runs out.
"""

import hashlib
import json
import logging
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flask import current_app
from pymongo.errors import DuplicateKeyError, PyMongoError

from .extensions import database
from .problems import Kind, Problem

logger = logging.getLogger(__name__)


def digest_of(body: dict) -> str:
    """What two equal bodies have in common."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode("ascii")).hexdigest()


def same(stored: dict, digest: str) -> dict:
    """What was stored with the key before; raises Problem if that was for another body."""
    if stored["digest"] != digest:
        raise Problem(Kind.IDEMPOTENCY_MISMATCH)
    return stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One attempt at sending a message with a key."""

    conversation: int
    key: str
    digest: str
    name: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def _id(self) -> str:
        return f"{self.conversation}/{self.key}"

    def take(self) -> dict | None:
        """Takes the key, or returns the exchange that was stored with it.

        Raises Problem when it came with another body, or its first request is under way.
        """
        if stored := self.stored():
            return same(stored, self.digest)
        now = datetime.now(UTC)
        lifetime = timedelta(seconds=current_app.config["CLAIM_SECONDS"])
        mine = {"digest": self.digest, "claim": self.name, "expires_at": now + lifetime}
        try:
            database.claims.insert_one({"_id": self._id, **mine})
            return None
        except DuplicateKeyError:
            # Finished since it was looked for; a claim is not removed when its exchange is stored.
            if stored := self.stored():
                return same(stored, self.digest)
        run_out = {"_id": self._id, "expires_at": {"$lte": now}}
        if database.claims.update_one(run_out, {"$set": mine}).matched_count:
            return None
        if held := database.claims.find_one({"_id": self._id}):
            same(held, self.digest)
        raise Problem(Kind.CONFLICT, "The first request with this key is under way.")

    def stored(self) -> dict | None:
        """The exchange that was stored with the key."""
        return database.exchanges.find_one({"conversation": self.conversation, "key": self.key})

    def release(self) -> None:
        """Gives the key back, unless another attempt has taken it over."""
        try:
            database.claims.delete_one({"_id": self._id, "claim": self.name})
        except PyMongoError as error:
            logger.warning("A key stays taken until its claim runs out: %s", error)
