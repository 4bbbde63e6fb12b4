"""Puts the app together."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypedDict

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

import chat
from chat import problems
from chat.answers import AnswerCache
from chat.burning import Burning
from chat.database import Database
from chat.events import Publisher
from chat.llm import Model
from chat.routers import conversations, messages, search, system, users
from chat.settings import get_settings


class State(TypedDict):
    """What requests share, as `request.state`."""

    database: Database
    redis: Redis
    answers: AnswerCache
    publisher: Publisher
    model: Model


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[State]:
    """Open the connections of this process, and close them at its end."""
    settings = get_settings()
    async with AsyncExitStack() as stack:
        database = Database(settings.sqlalchemy_url, settings.database_pool_size)
        stack.push_async_callback(database.close)
        redis = Redis.from_url(
            settings.cache_url,
            socket_timeout=1,
            socket_connect_timeout=1,
            # Once again at once, for a connection that the server has closed in between.
            retry=Retry(NoBackoff(), 1),
        )
        stack.push_async_callback(redis.aclose)
        publisher = await Publisher.connect(settings.broker_url, settings.durability)
        stack.push_async_callback(publisher.close)
        model = Model(
            settings.openai_base_url,
            settings.openai_api_key.get_secret_value(),
            settings.llm_timeout,
        )
        stack.push_async_callback(model.close)
        yield {
            "database": database,
            "redis": redis,
            "answers": AnswerCache(redis, settings.answer_cache_ttl),
            "publisher": publisher,
            "model": model,
        }


class ChatApp(FastAPI):
    """The app; its schema also tells what a problem document holds."""

    def openapi(self) -> dict[str, Any]:
        """Return the schema that /openapi.json and /docs show."""
        if self.openapi_schema is None:
            schema = get_openapi(title=self.title, version=self.version, routes=self.routes)
            document = problems.ProblemDocument.model_json_schema(
                ref_template="#/components/schemas/{model}"
            )
            schema["components"]["schemas"] |= document.pop("$defs") | {"ProblemDocument": document}
            self.openapi_schema = schema
        return self.openapi_schema


def create_app() -> FastAPI:
    """Return the app, ready to be served."""
    app = ChatApp(
        title="bakeoff chat",
        version=chat.__version__,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    problems.install(app)
    if microseconds := get_settings().burn_us:
        app.add_middleware(Burning, microseconds=microseconds)
    app.include_router(system.router)
    app.include_router(users.public)
    app.include_router(users.private)
    app.include_router(conversations.router)
    app.include_router(messages.router)
    app.include_router(search.router)
    return app
