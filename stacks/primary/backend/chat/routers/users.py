"""Signing up, signing in, and what a user can see of themselves."""

from fastapi import APIRouter
from sqlalchemy import select
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
    user = models.User(
        id=user_id,
        name=credentials.name,
        password_hash=await hash_password(credentials.password),
        created_at=moment_of(user_id),
    )
    statement = (
        insert(models.User)
        .values(
            id=user.id,
            name=user.name,
            password_hash=user.password_hash,
            created_at=user.created_at,
        )
        .on_conflict_do_nothing(index_elements=[models.User.name])
        .returning(models.User.id)
    )
    async with database.autocommit() as session:
        created = await session.scalar(statement)
    if created is None:
        raise Problem(Kind.CONFLICT, "This name is taken.")
    return SignedIn(user=User.model_validate(user), token=make_token(user.id))


@public.post(
    "/sessions",
    operation_id="signIn",
    status_code=201,
    responses=describe(*BODY_PROBLEMS, Kind.UNAUTHORIZED),
)
async def sign_in(credentials: Credentials, database: DatabaseDep) -> SignedIn:
    """Sign in."""
    async with database.autocommit() as session:
        user = await session.scalar(select(models.User).where(models.User.name == credentials.name))
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
    async with database.autocommit() as session:
        totals = await session.get(models.UsageTotals, user.id)
    return UsageTotals() if totals is None else UsageTotals.model_validate(totals)
