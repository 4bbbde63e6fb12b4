"""The configuration: what the environment says, checked once."""

import os

TIERS = ("none", "process", "machine")


class ConfigurationError(Exception):
    """An environment variable is missing or does not fit."""


def from_environment() -> dict:
    """Flask's configuration; raises ConfigurationError."""
    durability = os.environ.get("DURABILITY", "process")
    if durability not in TIERS:
        raise ConfigurationError(f"DURABILITY must be one of {', '.join(TIERS)}, not {durability}.")
    llm_timeout = _number("LLM_TIMEOUT", 30)
    return {
        "STACK": os.environ.get("BAKEOFF_STACK", "developer-experience"),
        "SECRET_KEY": _text("SECRET_KEY"),
        "MAX_CONTENT_LENGTH": 64 * 1024,
        "MONGO_URI": _text("DATABASE_URL"),
        "ELASTICSEARCH_URL": _text("SEARCH_URL"),
        "DURABILITY": durability,
        "OPENAI_BASE_URL": _text("OPENAI_BASE_URL").rstrip("/"),
        "OPENAI_API_KEY": os.environ.get("OPENAI_API_KEY") or "none",
        "LLM_TIMEOUT": llm_timeout,
        "ANSWER_CACHE_TTL": _number("ANSWER_CACHE_TTL", 3600),
        # The longest that a send takes: to connect, and to wait for the last read of the deadline.
        "CLAIM_SECONDS": 2 * llm_timeout + 10,
        "THREADS": int(_number("THREADS", 32)),
        "BURN_US": _number("BURN_US", 0),
    }


def _text(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise ConfigurationError(f"Set the environment variable {name}.")
    return value


def _number(name: str, default: float) -> float:
    value = os.environ.get(name) or str(default)
    try:
        number = float(value)
    except ValueError:
        number = -1
    if not 0 <= number < float("inf"):
        raise ConfigurationError(f"{name} must be a number that is not negative, not {value!r}.")
    return number
