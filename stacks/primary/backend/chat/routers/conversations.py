"""Conversations: create, list, read."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response
from sqlalchemy import bindparam, insert, select

from chat import models
from chat.auth import CurrentUser
from chat.database import DatabaseDep
from chat.idempotency import AttemptDep
from chat.ids import moment_of, new_id, read_id
from chat.paging import PagingDep, newest_first
from chat.problems import Kind, describe, not_found
from chat.requests import UserRoute
from chat.schemas import Conversation, ConversationPage, NewConversation

router = APIRouter(
    route_class=UserRoute,
    prefix="/v1/conversations",
    tags=["chat"],
    responses=describe(Kind.UNAUTHORIZED),
)

PAGE = newest_first(
    models.Conversation, Conversation, models.Conversation.user_id == bindparam("user_id")
)


ONE = select(*(getattr(models.Conversation, name) for name in Conversation.model_fields)).where(
    models.Conversation.id == bindparam("conversation_id"),
    models.Conversation.user_id == bindparam("user_id"),
)
ADD = insert(models.Conversation)


async def get_conversation_id(
    conversation_id: Annotated[str, Path(description="As given out. Anything else is 404.")],
) -> UUID:
    """Return the id in the path; raise `not-found` if no such id can have been given out."""
    found = read_id(conversation_id)
    if found is None:
        raise not_found()
    return found


ConversationId = Annotated[UUID, Depends(get_conversation_id)]


@router.get("", operation_id="listConversations", responses=describe(Kind.INVALID))
async def list_conversations(
    user: CurrentUser, paging: PagingDep, database: DatabaseDep
) -> ConversationPage:
    """Return a page, newest first."""
    rows, next_cursor = await paging.read(database, PAGE, user_id=user.id)
    return ConversationPage.model_validate({"items": rows, "next_cursor": next_cursor})


@router.post(
    "",
    operation_id="createConversation",
    status_code=201,
    response_model=Conversation,
    responses=describe(
        Kind.MALFORMED,
        Kind.CONFLICT,
        Kind.TOO_LARGE,
        Kind.UNSUPPORTED_MEDIA_TYPE,
        Kind.INVALID,
    ),
)
async def create_conversation(
    new: NewConversation, user: CurrentUser, database: DatabaseDep, attempt: AttemptDep
) -> Response:
    """Create a conversation."""
    if first := await attempt.begin():
        return first
    try:
        identifier = new_id()
        made = Conversation(
            id=identifier, title=new.title, created_at=moment_of(identifier), message_count=0
        )
        body = made.model_dump_json()
        async with database.transaction() as connection:
            await attempt.record(connection, 201, body)
            await connection.execute(ADD, {"user_id": user.id, **made.model_dump()})
    finally:
        await attempt.release()
    return Response(body, 201, media_type="application/json")


@router.get(
    "/{conversation_id}", operation_id="getConversation", responses=describe(Kind.NOT_FOUND)
)
async def get_conversation(
    conversation_id: ConversationId, user: CurrentUser, database: DatabaseDep
) -> Conversation:
    """Return one conversation."""
    parameters = {"conversation_id": conversation_id, "user_id": user.id}
    async with database.autocommit() as connection:
        found = (await connection.execute(ONE, parameters)).one_or_none()
    if found is None:
        raise not_found()
    return Conversation.model_validate(found)
