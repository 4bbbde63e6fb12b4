"""The connection pool, and two ways to use a connection of it."""

from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import create_async_engine


class Database:
    """A pool of connections.

    `autocommit()` is a connection each of whose statements is a transaction of its own, without
    BEGIN and COMMIT on the wire; `transaction()` is a connection that is one transaction.
    """

    def __init__(self, url: URL, pool_size: int) -> None:
        self.engine = create_async_engine(
            url,
            isolation_level="AUTOCOMMIT",
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            hide_parameters=True,
            connect_args={"connect_timeout": 5, "application_name": "chat"},
        )
        self.autocommit = self.engine.connect
        self.transaction = self.engine.execution_options(isolation_level="READ COMMITTED").begin

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


async def get_database(request: Request) -> Database:
    """Return the pool of this process."""
    return request.state.database


DatabaseDep = Annotated[Database, Depends(get_database)]
