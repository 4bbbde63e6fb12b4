"""Pages: newest first, up to a cursor: the id of the last item, signed for one user and list."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request
from pydantic import AfterValidator, BaseModel
from pydantic_core import PydanticCustomError
from sqlalchemy import ColumnElement, Integer, Row, Select, bindparam, select

from chat.auth import CurrentUser
from chat.database import Database
from chat.models import Conversation, Message
from chat.problems import invalid
from chat.schemas import Limit
from chat.security import key_for

BEFORE_ALL = UUID(int=2**128 - 1)


def newest_first(
    table: type[Conversation | Message], schema: type[BaseModel], *conditions: ColumnElement[bool]
) -> Select:
    """Return the statement that reads a page of what `schema` shows of a table.

    Its parameters are those of the conditions, and those that `Paging.read` adds.
    """
    columns = [getattr(table, name) for name in schema.model_fields]
    before, limit = bindparam("before"), bindparam("limit", type_=Integer)
    return (
        select(*columns)
        .where(*conditions, table.id < before)
        .order_by(table.id.desc())
        .limit(limit)
    )


class Paging:
    """Where a page begins and how long it is."""

    def __init__(self, limit: int, scope: str, before: UUID) -> None:
        self._limit = limit
        self._scope = scope
        self._before = before

    async def read(
        self, database: Database, statement: Select, **parameters: object
    ) -> tuple[Sequence[Row], str | None]:
        """Return the rows of the page, and the cursor of the next one if there is one."""
        # One row to spare tells whether there is more.
        parameters |= {"before": self._before, "limit": self._limit + 1}
        async with database.autocommit() as connection:
            rows = (await connection.execute(statement, parameters)).all()
        page = rows[: self._limit]
        return page, _write(page[-1].id, self._scope) if len(rows) > self._limit else None


def _write(last: UUID, scope: str) -> str:
    """Return the cursor: the id, a digest of the scope, and a seal over both."""
    told = last.bytes + hashlib.sha256(scope.encode()).digest()[:8]
    seal = hmac.digest(key_for("cursor"), told, hashlib.sha256)
    return base64.urlsafe_b64encode(told + seal[:18]).decode()


def _genuine(cursor: str) -> str:
    """Refuse a cursor that this app did not write; runs with the other checks of parameters."""
    try:
        read = base64.urlsafe_b64decode(cursor)
    except ValueError:
        read = b""
    seal = hmac.digest(key_for("cursor"), read[:24], hashlib.sha256)
    # 42 bytes are 56 characters without padding bits, so each cursor has one spelling only.
    if len(cursor) != 56 or not hmac.compare_digest(read[24:], seal[:18]):
        raise PydanticCustomError("cursor", "This cursor was not given out")
    return cursor


async def get_paging(
    request: Request,
    user: CurrentUser,
    limit: Annotated[Limit, Query()] = 20,
    cursor: Annotated[
        str | None, Query(min_length=1, max_length=1024), AfterValidator(_genuine)
    ] = None,
) -> Paging:
    """Read `limit` and `cursor`; a cursor is good for the list that it was given out for."""
    scope = f"{user.id} {request.url.path} {request.query_params.get('q', '')}"
    if cursor is None:
        return Paging(limit, scope, BEFORE_ALL)
    last = UUID(bytes=base64.urlsafe_b64decode(cursor)[:16])
    if cursor != _write(last, scope):
        raise invalid("cursor", "This cursor was not given out for this list.")
    return Paging(limit, scope, last)


PagingDep = Annotated[Paging, Depends(get_paging)]
