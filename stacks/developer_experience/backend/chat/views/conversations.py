"""Conversations: opening, reading and listing them."""

from flask import Blueprint, g
from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from .. import auth, documents, ids
from ..body import read_json
from ..claims import digest_of, same
from ..extensions import database
from ..keys import key_of_request
from ..paging import page_of
from ..problems import Kind, Problem
from ..schemas import NewConversation

blueprint = Blueprint("conversations", __name__)
blueprint.before_request(auth.sign_in)


@blueprint.get("/v1/conversations")
def list_conversations():
    """A page of the user's conversations, newest first."""
    page = page_of(f"conversations {g.user}")
    wanted = {"user": g.user}
    if page.before is not None:
        wanted["_id"] = {"$lt": page.before}
    found = database.conversations.find(wanted, sort=[("_id", DESCENDING)], limit=page.limit + 1)
    return page.answer(list(found), lambda each: each["_id"], documents.conversation)


@blueprint.post("/v1/conversations")
def create_conversation():
    """Opens a conversation. One with a key is found again by it, and as it was when it was new."""
    body = read_json()
    given = NewConversation.model_validate(body)
    key = key_of_request()
    number = ids.new()
    made = {
        "_id": number,
        "user": g.user,
        "title": given.title,
        "created_at": ids.time_of(number),
        "message_count": 0,
    }
    if key is None:
        database.conversations.insert_one(made)
        return documents.conversation(made), 201
    made |= {"key": key, "digest": digest_of(body)}
    try:
        database.conversations.insert_one(made)
    except DuplicateKeyError:
        first = same(database.conversations.find_one({"user": g.user, "key": key}), made["digest"])
        replayed = {"Idempotency-Replayed": "true"}
        return documents.conversation(first | {"message_count": 0}), 201, replayed
    return documents.conversation(made), 201


@blueprint.get("/v1/conversations/<conversation_id>")
def read_conversation(conversation_id: str):
    """One conversation."""
    return documents.conversation(own_conversation(conversation_id))


def own_conversation(conversation_id: str) -> dict:
    """The user's conversation; raises Problem 404, for another user's as well."""
    number = ids.number(conversation_id)
    found = number and database.conversations.find_one({"_id": number, "user": g.user})
    if not found:
        raise Problem(Kind.NOT_FOUND)
    return found
