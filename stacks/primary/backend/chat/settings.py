"""What the environment says, read once at start; a missing value ends the start with its name."""

from functools import lru_cache
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings
from sqlalchemy import URL, make_url


class DatabaseSettings(BaseSettings):
    """What a migration needs."""

    database_url: str

    @property
    def sqlalchemy_url(self) -> URL:
        """Return the address with the driver that SQLAlchemy is to use."""
        return make_url(self.database_url).set(drivername="postgresql+psycopg")


class WorkerSettings(DatabaseSettings):
    """What the worker needs."""

    broker_url: str
    durability: Literal["none", "process", "machine"] = "process"
    database_pool_size: int = 20


class Settings(WorkerSettings):
    """What the app needs. Times are in seconds."""

    bakeoff_stack: str = "primary"
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    cache_url: str
    openai_base_url: str
    openai_api_key: SecretStr
    llm_timeout: float = 30.0
    secret_key: SecretStr
    answer_cache_ttl: int = 3600
    burn_us: float = Field(default=0, ge=0, allow_inf_nan=False)


@lru_cache
def get_settings() -> Settings:
    """Return the app's settings."""
    return Settings()
