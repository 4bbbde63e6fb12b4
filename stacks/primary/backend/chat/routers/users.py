"""Signing up, signing in, and what a user can see of themselves."""

from fastapi import APIRouter
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from chat import models
from chat.auth import CurrentUser
from chat.database import DatabaseDep
from chat.ids import moment_of, new_id
from chat.problems import Kind, Problem, describe, unauthorized
from chat.requests import PublicRoute, UserRoute
from chat.schemas import Credentials, SignedIn, UsageTotals, User
from chat.security import hash_password, is_password, make_token

BODY_PROBLEMS = (Kind.MALFORMED, Kind.TOO_LARGE, Kind.UNSUPPORTED_MEDIA_TYPE, Kind.INVALID)

ADD = (
    insert(models.User)
    .on_conflict_do_nothing(index_elements=[models.User.name])
    .returning(models.User.id)
)
NAMED = select(models.User).where(models.User.name == bindparam("name"))
TOTALS = select(*(getattr(models.UsageTotals, name) for name in UsageTotals.model_fields)).where(
    models.UsageTotals.user_id == bindparam("user_id")
)

public = APIRouter(route_class=PublicRoute, prefix="/v1", tags=["users"])
private = APIRouter(
    route_class=UserRoute, prefix="/v1", tags=["users"], responses=describe(Kind.UNAUTHORIZED)
)


@public.post(
    "/users",
    operation_id="createUser",
    status_code=201,
    responses=describe(*BODY_PROBLEMS, Kind.CONFLICT),
)
async def create_user(credentials: Credentials, database: DatabaseDep) -> SignedIn:
    """Create a user and sign in."""
    user_id = new_id()
    user = User(id=user_id, name=credentials.name, created_at=moment_of(user_id))
    row = {**user.model_dump(), "password_hash": await hash_password(credentials.password)}
    async with database.autocommit() as connection:
        created = await connection.scalar(ADD, row)
    if created is None:
        raise Problem(Kind.CONFLICT, "This name is taken.")
    return SignedIn(user=user, token=make_token(user.id))


@public.post(
    "/sessions",
    operation_id="signIn",
    status_code=201,
    responses=describe(*BODY_PROBLEMS, Kind.UNAUTHORIZED),
)
async def sign_in(credentials: Credentials, database: DatabaseDep) -> SignedIn:
    """Sign in."""
    async with database.autocommit() as connection:
        user = (await connection.execute(NAMED, {"name": credentials.name})).one_or_none()
    if not await is_password(credentials.password, user and user.password_hash):
        raise unauthorized("Wrong name or password.")
    return SignedIn(user=User.model_validate(user), token=make_token(user.id))


@private.get("/me", operation_id="me")
async def me(user: CurrentUser) -> User:
    """Tell whose token was sent."""
    return User.model_validate(user)


@private.get("/usage", operation_id="usage")
async def usage(user: CurrentUser, database: DatabaseDep) -> UsageTotals:
    """Tell the totals over all messages of the user."""
    async with database.autocommit() as connection:
        totals = (await connection.execute(TOTALS, {"user_id": user.id})).one_or_none()
    return UsageTotals() if totals is None else UsageTotals.model_validate(totals)
