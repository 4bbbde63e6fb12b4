"""Who sent the request."""

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer

from chat.models import User
from chat.problems import unauthorized
from chat.security import read_token

bearer = HTTPBearer(auto_error=False)


async def authenticate(request: Request) -> User:
    """Return the user whose token was sent; raise the problem `unauthorized` otherwise."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    user_id = read_token(token.strip()) if scheme.lower() == "bearer" else None
    if user_id is None:
        raise unauthorized("A valid bearer token is needed.")
    async with request.state.database.autocommit() as session:
        user = await session.get(User, user_id)
    if user is None:
        raise unauthorized("A valid bearer token is needed.")
    return user


async def get_current_user(request: Request, _token: Annotated[object, Security(bearer)]) -> User:
    """Return the user, who was found before anything else in the request was looked at."""
    return request.state.user


CurrentUser = Annotated[User, Depends(get_current_user)]
