"""Search over the user's own messages."""

import re
from typing import Annotated
from urllib.parse import unquote_to_bytes

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Text, bindparam, cast
from sqlalchemy.dialects.postgresql import TSQUERY

from chat import models, schemas
from chat.auth import CurrentUser
from chat.database import DatabaseDep
from chat.paging import PagingDep, newest_first
from chat.problems import Kind, describe, invalid
from chat.requests import UserRoute
from chat.schemas import Message, MessagePage

WORD = re.compile("[A-Za-z0-9]+")

router = APIRouter(
    route_class=UserRoute,
    prefix="/v1/search",
    tags=["chat"],
    responses=describe(Kind.UNAUTHORIZED, Kind.INVALID),
)

# The query is part of the statement's text, so that each is planned for how rare its words are:
# by the words' index if they are rare, by the user's newest messages if they are not.
QUERY = bindparam("query", type_=Text, literal_execute=True)
PAGE = newest_first(
    models.Message,
    Message,
    models.Message.user_id == bindparam("user_id"),
    models.Message.words.op("@@")(cast(QUERY, TSQUERY)),
)


async def words(
    request: Request,
    q: Annotated[
        schemas.Text,
        Query(
            description="Words; at least one ASCII letter or digit, else 422.",
            min_length=1,
            max_length=200,
            pattern="[A-Za-z0-9]",
        ),
    ],
) -> list[str]:
    """Return the words of the query, in lower case: runs of ASCII letters and digits."""
    try:
        unquote_to_bytes(request.url.query).decode()
    except UnicodeDecodeError as error:
        raise invalid("q", "String should be UTF-8") from error
    return [word.lower() for word in WORD.findall(q)]


@router.get("", operation_id="searchMessages")
async def search_messages(
    words: Annotated[list[str], Depends(words)],
    user: CurrentUser,
    paging: PagingDep,
    database: DatabaseDep,
) -> MessagePage:
    """Return a page of the messages that hold every word, newest first."""
    query = " & ".join(words)
    rows, next_cursor = await paging.read(database, PAGE, user_id=user.id, query=query)
    return MessagePage.model_validate({"items": rows, "next_cursor": next_cursor})
