"""Answers a message: finds its prompt, asks the cache and the model, stores what came of it."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy import bindparam, insert, select, update

from chat.answers import Answer, AnswerCache, Prompt
from chat.auth import CurrentUser
from chat.database import Database
from chat.events import Publisher, Usage
from chat.idempotency import Attempt, AttemptDep
from chat.ids import moment_of, new_id
from chat.llm import Model
from chat.models import Conversation, Message, OutboxEvent
from chat.problems import not_found
from chat.schemas import Exchange

HISTORY = 10

LATEST = (
    select(Message.role, Message.content)
    .where(
        Message.conversation_id == bindparam("conversation_id"),
        Message.user_id == bindparam("user_id"),
    )
    .order_by(Message.id.desc())
    .limit(HISTORY)
)
OWNED = select(Conversation.id).where(
    Conversation.id == bindparam("conversation_id"), Conversation.user_id == bindparam("user_id")
)
GROW = (
    update(Conversation)
    .where(Conversation.id == bindparam("conversation_id"))
    .values(message_count=Conversation.message_count + 2)
)
ADD_MESSAGES = insert(Message)
ADD_EVENT = insert(OutboxEvent)


class Exchanges:
    """The exchanges of one user."""

    def __init__(self, request: Request, user_id: UUID, attempt: Attempt) -> None:
        self._user_id = user_id
        self._attempt = attempt
        self._database: Database = request.state.database
        self._cache: AnswerCache = request.state.answers
        self._model: Model = request.state.model
        self._publisher: Publisher = request.state.publisher

    async def prompt(self, conversation_id: UUID, content: str) -> Prompt:
        """Return the prompt for a new message; raise `not-found` if the user has no such talk."""
        parameters = {"conversation_id": conversation_id, "user_id": self._user_id}
        async with self._database.autocommit() as connection:
            found = await connection.execute(LATEST, parameters)
            turns = [(row.role, row.content) for row in found]
            # Only an empty history leaves open whether the conversation exists.
            if not turns and await connection.scalar(OWNED, parameters) is None:
                raise not_found()
        return Prompt.of(turns[::-1], content)

    async def answer(self, prompt: Prompt) -> tuple[Answer, bool]:
        """Return the answer to a prompt, and whether it came from the cache."""
        known = await self._cache.get(prompt)
        if known is not None:
            return known, True
        answer = await self._model.complete(prompt)
        await self._cache.put(prompt, answer)
        return answer, False

    async def answer_in_parts(self, prompt: Prompt) -> AsyncIterator[str | tuple[Answer, bool]]:
        """Yield the parts of the answer and, last, what `answer` returns."""
        known = await self._cache.get(prompt)
        if known is not None:
            yield known.content
            yield known, True
            return
        async with aclosing(self._model.stream(prompt)) as parts:
            async for part in parts:
                if isinstance(part, Answer):
                    await self._cache.put(prompt, part)
                    yield part, False
                else:
                    yield part

    async def store(
        self, conversation_id: UUID, question: str, answer: Answer, *, cached: bool
    ) -> str:
        """Store both messages, the key and the event in one transaction, then publish the event.

        Return the Exchange as JSON.
        """
        asked, answered = new_id(), new_id()
        common = {"conversation_id": conversation_id, "user_id": self._user_id}
        rows = [
            {
                **common,
                "id": asked,
                "role": "user",
                "content": question,
                "created_at": moment_of(asked),
                "cached": False,
                "tokens": answer.prompt_tokens,
            },
            {
                **common,
                "id": answered,
                "role": "assistant",
                "content": answer.content,
                "created_at": moment_of(answered),
                "cached": cached,
                "tokens": answer.completion_tokens,
            },
        ]
        event = Usage(
            **common,
            id=answered,
            prompt_tokens=answer.prompt_tokens,
            completion_tokens=answer.completion_tokens,
            cached=cached,
            created_at=moment_of(answered),
        )
        body = Exchange.model_validate({"question": rows[0], "answer": rows[1]}).model_dump_json()
        async with self._database.transaction() as connection:
            await self._attempt.record(connection, 201, body)
            await connection.execute(GROW, {"conversation_id": conversation_id})
            await connection.execute(ADD_MESSAGES, rows)
            await connection.execute(ADD_EVENT, event.columns())
        await self._publisher.publish(event)
        return body


async def get_exchanges(request: Request, user: CurrentUser, attempt: AttemptDep) -> Exchanges:
    """Return the exchanges of the user who sent the request."""
    return Exchanges(request, user.id, attempt)


ExchangesDep = Annotated[Exchanges, Depends(get_exchanges)]
