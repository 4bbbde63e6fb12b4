"""Idempotency keys: a keyed write is carried out once, whatever fails between its steps.

An attempt first *claims* its key, in a transaction of its own where a model is called in between,
and *finishes* the write in the transaction that stores its rows. It finishes only while the claim
is still its own. So no transaction is open while the model works; a claim left behind by a killed
process runs out; and an attempt that was overtaken for that reason stores nothing.
"""

import hashlib
import json
import logging
import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpResponse
from django.utils import timezone

from .models import IdempotencyKey
from .parameters import idempotency_key_of
from .problems import Kind, Problem
from .writing import write_transaction

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One attempt at a write; without a key (`key` None) every step does nothing."""

    user_id: int
    path: str
    key: str | None
    body_hash: str = ""
    claim: str = field(default_factory=lambda: uuid.uuid4().hex)


def write_of(request, body) -> Write:
    """The write that a request asks for; raises Problem when its key does not fit."""
    key = idempotency_key_of(request)
    digest = ""
    if key is not None:
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode("ascii")).hexdigest()
    return Write(user_id=request.user.pk, path=request.path, key=key, body_hash=digest)


def claim(write: Write) -> HttpResponse | None:
    """Takes the key, in a write transaction of the caller's.

    Returns the answer of a write that was carried out before; raises Problem when the key came
    with another body, or its write is under way.
    """
    if write.key is None:
        return None
    now = timezone.now()
    mine = {
        "body_hash": write.body_hash,
        "claim": write.claim,
        "claimed_until": now + timedelta(seconds=settings.CLAIM_SECONDS),
    }
    identity = {"user_id": write.user_id, "path": write.path, "key": write.key}
    try:
        held = IdempotencyKey.objects.get(**identity)
    except IdempotencyKey.DoesNotExist:
        IdempotencyKey.objects.create(**identity, **mine)
        return None
    if held.status is None and held.claimed_until <= now:
        IdempotencyKey.objects.filter(**identity).update(**mine)
        return None
    if held.body_hash != write.body_hash:
        raise Problem(Kind.IDEMPOTENCY_MISMATCH)
    if held.status is None:
        raise Problem(Kind.CONFLICT, "The first request with this key is under way.")
    return HttpResponse(
        held.body,
        status=held.status,
        content_type="application/json",
        headers={"Idempotency-Replayed": "true"},
    )


def claim_now(write: Write) -> HttpResponse | None:
    """Takes the key, in a transaction of its own, before a model is called."""
    if write.key is None:
        return None
    with write_transaction():
        return claim(write)


def finish(write: Write, status: int, body: str) -> None:
    """Keeps the answer; to be called in the transaction that stores the write's rows.

    Raises Problem, and thereby undoes the transaction, when the claim ran out and was taken over.
    """
    if write.key is None:
        return
    kept = _claimed(write).update(status=status, body=body)
    if not kept:
        raise Problem(Kind.CONFLICT, "This took so long that a repetition has taken over.")


def release(write: Write) -> None:
    """Gives the key back after a failure; one that was finished or taken over stays."""
    if write.key is None:
        return
    try:
        with write_transaction():
            _claimed(write).delete()
    except DatabaseError as error:
        logger.error("A key stays taken until its claim runs out: %s", error)


def release_all() -> int:
    """Frees every key under way; for the start, when no attempt can be alive. Returns how many."""
    with write_transaction():
        return IdempotencyKey.objects.filter(status=None).delete()[0]


def _claimed(write: Write):
    """The write's key, as long as it is this attempt's."""
    return IdempotencyKey.objects.filter(
        user_id=write.user_id, path=write.path, key=write.key, claim=write.claim, status=None
    )
