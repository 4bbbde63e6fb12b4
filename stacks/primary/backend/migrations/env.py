"""Runs the migrations: `alembic upgrade head`, with DATABASE_URL in the environment."""

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from chat.models import Base
from chat.settings import DatabaseSettings


def run() -> None:
    """Run the migrations in one transaction, or write them as SQL (`--sql`)."""
    url = DatabaseSettings().sqlalchemy_url
    if context.is_offline_mode():
        context.configure(
            url=url.render_as_string(hide_password=False),
            target_metadata=Base.metadata,
            literal_binds=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        return
    with create_engine(url, poolclass=NullPool).connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata)
        with context.begin_transaction():
            context.run_migrations()


run()
