"""Who sent the request."""

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer
from sqlalchemy import Row, bindparam, select

from chat.models import User
from chat.problems import unauthorized
from chat.security import read_token

bearer = HTTPBearer(auto_error=False)

USER = select(User.id, User.name, User.created_at).where(User.id == bindparam("user_id"))


async def authenticate(request: Request) -> Row:
    """Return `id`, `name` and `created_at` of the user whose token was sent.

    Raise the problem `unauthorized` if there is none.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    user_id = read_token(token.strip()) if scheme.lower() == "bearer" else None
    if user_id is None:
        raise unauthorized("A valid bearer token is needed.")
    async with request.state.database.autocommit() as connection:
        user = (await connection.execute(USER, {"user_id": user_id})).one_or_none()
    if user is None:
        raise unauthorized("A valid bearer token is needed.")
    return user


async def get_current_user(request: Request, _token: Annotated[object, Security(bearer)]) -> Row:
    """Return the user, who was found before anything else in the request was looked at."""
    return request.state.user


CurrentUser = Annotated[Row, Depends(get_current_user)]
