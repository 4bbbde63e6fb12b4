"""Messages: list, send, and be answered whole or as a stream."""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from uuid import UUID

from anyio import CancelScope
from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import bindparam
from starlette.background import BackgroundTask

from chat import models
from chat.answers import Prompt
from chat.auth import CurrentUser
from chat.database import DatabaseDep
from chat.exchanges import OWNED, Exchanges, ExchangesDep
from chat.idempotency import Attempt, AttemptDep
from chat.llm import ModelFailedError
from chat.paging import PagingDep, newest_first
from chat.problems import OUTAGES, Kind, Problem, describe, not_found, unavailable
from chat.requests import UserRoute
from chat.routers.conversations import ConversationId
from chat.schemas import Exchange, Message, MessagePage, NewMessage

logger = logging.getLogger(__name__)

STREAM_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}

router = APIRouter(
    route_class=UserRoute,
    prefix="/v1/conversations/{conversation_id}/messages",
    tags=["chat"],
    responses=describe(Kind.UNAUTHORIZED, Kind.NOT_FOUND, Kind.INVALID),
)

PAGE = newest_first(
    models.Message,
    Message,
    models.Message.conversation_id == bindparam("conversation_id"),
    models.Message.user_id == bindparam("user_id"),
)


@router.get("", operation_id="listMessages")
async def list_messages(
    conversation_id: ConversationId, user: CurrentUser, paging: PagingDep, database: DatabaseDep
) -> MessagePage:
    """Return a page, newest first; an answer is newer than its question."""
    parameters = {"conversation_id": conversation_id, "user_id": user.id}
    rows, next_cursor = await paging.read(database, PAGE, **parameters)
    if not rows:
        async with database.autocommit() as connection:
            if await connection.scalar(OWNED, parameters) is None:
                raise not_found()
    return MessagePage.model_validate({"items": rows, "next_cursor": next_cursor})


@router.post(
    "",
    operation_id="sendMessage",
    status_code=201,
    response_model=Exchange,
    responses={
        200: {
            "description": "A stream of events, when `stream` was true.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **describe(
            Kind.MALFORMED,
            Kind.CONFLICT,
            Kind.TOO_LARGE,
            Kind.UNSUPPORTED_MEDIA_TYPE,
            Kind.MODEL_FAILED,
        ),
    },
)
async def send_message(
    conversation_id: ConversationId, new: NewMessage, exchanges: ExchangesDep, attempt: AttemptDep
) -> Response:
    """Send a message and answer it, whole (`stream` false or absent) or as a stream."""
    prompt = await exchanges.prompt(conversation_id, new.content)
    if first := await attempt.begin():
        return first
    if new.stream:
        return StreamingResponse(
            stream(exchanges, attempt, conversation_id, new.content, prompt),
            headers=STREAM_HEADERS,
            media_type="text/event-stream",
            # For a client that hangs up before the stream has begun.
            background=BackgroundTask(attempt.release),
        )
    try:
        answer, cached = await exchanges.answer(prompt)
        body = await exchanges.store(conversation_id, new.content, answer, cached=cached)
    except ModelFailedError as error:
        raise model_failed(error) from error
    finally:
        await attempt.release()
    return Response(body, 201, media_type="application/json")


async def stream(
    exchanges: Exchanges, attempt: Attempt, conversation_id: UUID, content: str, prompt: Prompt
) -> AsyncIterator[str]:
    """Yield `token` events, then `done` after the exchange was stored, or `error`.

    A client that hangs up ends this at one of the yields, with nothing stored; once storing has
    begun it is not interrupted.
    """
    last = ""
    try:
        async with aclosing(exchanges.answer_in_parts(prompt)) as parts:
            async for part in parts:
                if isinstance(part, str):
                    yield event("token", json.dumps({"delta": part}))
                else:
                    answer, cached = part
        with CancelScope(shield=True):
            body = await exchanges.store(conversation_id, content, answer, cached=cached)
        last = event("done", body)
    except ModelFailedError as error:
        last = event("error", json.dumps(model_failed(error).document()))
    except OUTAGES as error:
        last = event("error", json.dumps(unavailable(error).document()))
    except Problem as problem:
        last = event("error", json.dumps(problem.document()))
    except Exception:
        logger.exception("a stream failed")
        last = event("error", json.dumps(Problem(Kind.INTERNAL, "The app failed.").document()))
    finally:
        with CancelScope(shield=True):
            await attempt.release()
    yield last


def event(name: str, data: str) -> str:
    """Return one server-sent event; `data` is JSON without line ends."""
    return f"event: {name}\ndata: {data}\n\n"


def model_failed(error: ModelFailedError) -> Problem:
    """Return the problem for a model that failed; the reason is for the log only."""
    logger.warning("model: %s", error)
    return Problem(Kind.MODEL_FAILED, "The model did not answer.")
