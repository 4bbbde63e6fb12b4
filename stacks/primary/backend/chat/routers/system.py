"""Health, and what runs."""

import asyncio
import platform
from collections.abc import Awaitable, Callable
from typing import Annotated

import fastapi
from fastapi import APIRouter, Depends, Request
from sqlalchemy import text
from starlette.datastructures import State

import chat
from chat.problems import Kind, Problem, describe
from chat.requests import PublicRoute
from chat.schemas import Health, Version
from chat.settings import get_settings

TIMEOUT = 2.0

router = APIRouter(route_class=PublicRoute, tags=["system"])


class Parts:
    """The servers that the app needs, each asked for its own version."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def versions(self) -> dict[str, str | BaseException]:
        """Return each server's version, or what kept it from answering."""
        asked: dict[str, Callable[[], Awaitable[str]]] = {
            "postgresql": self._postgresql,
            "redis": self._redis,
            "rabbitmq": self._state.publisher.version,
        }
        answers = await asyncio.gather(
            *(asyncio.wait_for(ask(), TIMEOUT) for ask in asked.values()), return_exceptions=True
        )
        return dict(zip(asked, answers, strict=True))

    async def _postgresql(self) -> str:
        async with self._state.database.autocommit() as connection:
            version = await connection.scalar(text("SELECT version()"))
        return " ".join(version.split()[:2])

    async def _redis(self) -> str:
        found = await self._state.redis.info("server")
        if found.get("server_name") == "valkey":
            return f"Valkey {found['valkey_version']}"
        return f"Redis {found['redis_version']}"


async def get_parts(request: Request) -> Parts:
    """Return the servers of this process."""
    return Parts(request.state)


PartsDep = Annotated[Parts, Depends(get_parts)]


@router.get("/healthz", operation_id="health", responses=describe(Kind.UNAVAILABLE))
async def health(parts: PartsDep) -> Health:
    """Tell whether the app and everything it needs for a request can be used."""
    versions = await parts.versions()
    away = [name for name, version in versions.items() if not isinstance(version, str)]
    if away:
        raise Problem(Kind.UNAVAILABLE, f"Cannot be reached: {', '.join(away)}.")
    return Health()


@router.get("/version", operation_id="version")
async def version(parts: PartsDep) -> Version:
    """Tell what runs, as each part reports it itself; a part that is away is left out."""
    versions = await parts.versions()
    return Version(
        stack=get_settings().bakeoff_stack,
        app=chat.__version__,
        runtime=f"Python {platform.python_version()}",
        framework=f"FastAPI {fastapi.__version__}",
        components={name: found for name, found in versions.items() if isinstance(found, str)},
    )
