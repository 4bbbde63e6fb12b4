"""Signing up and in, and what users are told about themselves."""

from flask import Blueprint, g
from pymongo.errors import DuplicateKeyError

from .. import auth, documents, ids
from ..body import read_json
from ..extensions import database
from ..problems import Kind, Problem, unauthorized
from ..schemas import Credentials

blueprint = Blueprint("users", __name__)
own = Blueprint("own", __name__)
own.before_request(auth.sign_in)


@blueprint.post("/v1/users")
def create_user():
    """Makes a user and signs it in."""
    given = Credentials.model_validate(read_json())
    taken = Problem(Kind.CONFLICT, "This name is taken.")
    if database.users.find_one({"name": given.name}, {"_id": 1}):
        raise taken
    hashed = auth.hash_password(given.password)
    number = ids.new()
    user = {
        "_id": number,
        "name": given.name,
        "password": hashed,
        "created_at": ids.time_of(number),
    }
    try:
        database.users.insert_one(user)
    except DuplicateKeyError:
        raise taken from None
    return _signed_in(user)


@blueprint.post("/v1/sessions")
def sign_in():
    """Opens a further session."""
    given = Credentials.model_validate(read_json())
    user = database.users.find_one({"name": given.name})
    if not auth.is_password(given.password, user and user["password"]):
        raise unauthorized("The name or the password is wrong.")
    return _signed_in(user)


@own.get("/v1/me")
def me():
    """The user whose token was sent."""
    user = database.users.find_one({"_id": g.user})
    if user is None:
        raise unauthorized("This user is gone.")
    return documents.user(user)


@own.get("/v1/usage")
def usage():
    """The totals over all exchanges of the user, which the index alone answers."""
    totals = {
        "_id": None,
        "messages": {"$sum": 1},
        "prompt_tokens": {"$sum": "$usage.prompt_tokens"},
        "completion_tokens": {"$sum": "$usage.completion_tokens"},
        "cached": {"$sum": {"$cond": ["$usage.cached", 1, 0]}},
    }
    rows = list(database.exchanges.aggregate([{"$match": {"user": g.user}}, {"$group": totals}]))
    row = rows[0] if rows else dict.fromkeys(totals, 0)
    return {name: row[name] for name in totals if name != "_id"}


def _signed_in(user: dict):
    return {"user": documents.user(user), "token": auth.new_token(user["_id"])}, 201


blueprint.register_blueprint(own)
