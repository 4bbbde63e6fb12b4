"""Messages: sending and listing them."""

import json
from collections.abc import Iterator

from flask import Blueprint, Response, g
from pymongo import DESCENDING

from .. import auth, documents
from ..body import read_json
from ..claims import Claim, digest_of
from ..extensions import database
from ..keys import key_of_request
from ..paging import page_of
from ..problems import problem_of
from ..schemas import NewMessage
from ..sending import Sending
from .conversations import own_conversation

blueprint = Blueprint("messages", __name__, url_prefix="/v1/conversations/<conversation_id>")
blueprint.before_request(auth.sign_in)


@blueprint.get("/messages")
def list_messages(conversation_id: str):
    """A page of the conversation's messages, newest first; a place is 2n + 1 for an answer."""
    conversation = own_conversation(conversation_id)["_id"]
    page = page_of(f"messages {conversation}")
    wanted = {"conversation": conversation}
    if page.before is not None:
        wanted["n"] = {"$lte": (page.before - 1) // 2}
    exchanges = database.exchanges.find(
        wanted, sort=[("n", DESCENDING)], limit=(page.limit + 1) // 2 + 1
    )
    placed = [
        (2 * exchange["n"] + part, documents.messages(exchange)[part])
        for exchange in exchanges
        for part in (1, 0)
    ]
    older = [each for each in placed if page.before is None or each[0] < page.before]
    return page.answer(older[: page.limit + 1], lambda each: each[0], lambda each: each[1])


@blueprint.post("/messages")
def send_message(conversation_id: str):
    """Sends a message and answers it, whole or as a stream."""
    body = read_json()
    given = NewMessage.model_validate(body)
    key = key_of_request()
    conversation = own_conversation(conversation_id)["_id"]
    claim = None
    if key is not None:
        claim = Claim(conversation=conversation, key=key, digest=digest_of(body))
        if stored := claim.take():
            return documents.exchange(stored), 201, {"Idempotency-Replayed": "true"}
    try:
        sending = Sending(
            user=g.user, conversation=conversation, question=given.content, claim=claim
        )
        if given.stream:
            return _streamed(sending)
        return documents.exchange(sending.whole()), 201
    except BaseException:
        if claim:
            claim.release()
        raise


def _streamed(sending: Sending) -> Response:
    response = Response(
        _events(sending),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )
    # Also when the client has gone, even before the first event.
    response.call_on_close(sending.give_up)
    return response


def _events(sending: Sending) -> Iterator[bytes]:
    """The parts of the answer, then `done` when it is stored, or `error`."""
    parts = sending.stream()
    try:
        while True:
            try:
                part = next(parts)
            except StopIteration as end:
                yield _event("done", documents.exchange(end.value))
                return
            yield _event("token", {"delta": part})
    except Exception as error:
        sending.give_up()
        yield _event("error", problem_of(error).document())
    finally:
        parts.close()


def _event(name: str, data: dict) -> bytes:
    # ASCII: some clients take other characters of Unicode for the end of a line too.
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode("ascii")
