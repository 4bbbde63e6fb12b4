"""What can be set: flags first, then the environment, then the defaults below."""

import argparse
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

_LAST_PORT = 65535
_KINDS: dict[str, Callable[[str], Any]] = {
    "host": str,
    "port": int,
    "seed": int,
    "first_token_s": float,
    "first_token_sigma": float,
    "tokens_per_s": float,
    "max_body_bytes": int,
}
_HELP = {
    "host": "address to listen on",
    "port": "port to listen on; 0 takes a free one and prints it",
    "seed": "any whole number; another seed gives other answers and delays",
    "first_token_s": "median of the wait for the first token, in seconds; 0 is no wait",
    "first_token_sigma": "spread of that wait: standard deviation of its logarithm",
    "tokens_per_s": "tokens per second after the first; 0 is all at once",
    "max_body_bytes": "largest request body, in bytes; more is answered 413",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The server's settings. Raises ValueError when one is out of range."""

    host: str = "127.0.0.1"
    port: int = 9000
    seed: int = 1
    first_token_s: float = 0.05
    first_token_sigma: float = 0.3
    tokens_per_s: float = 400.0
    max_body_bytes: int = 8 * 1024 * 1024

    def __post_init__(self) -> None:
        """Refuse what the model of time or the sockets cannot work with."""
        for name in ("first_token_s", "first_token_sigma", "tokens_per_s"):
            value = getattr(self, name)
            if not math.isfinite(value) or value < 0:
                raise ValueError(f"{name} must be a finite number of at least 0, not {value}")
        if not 0 <= self.port <= _LAST_PORT:
            raise ValueError(f"port must be 0 to {_LAST_PORT}, not {self.port}")
        if self.max_body_bytes < 1:
            raise ValueError(f"max_body_bytes must be at least 1, not {self.max_body_bytes}")


def variable(name: str) -> str:
    """Give the environment variable of a setting: `seed` is `LLM_SEED`."""
    return f"LLM_{name.upper()}"


def read_settings(arguments: Sequence[str] | None = None) -> Settings:
    """Read flags and environment; leaves with status 2 and a sentence when one is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m stacks.llm",
        description="Deterministic OpenAI-compatible chat completions for measuring stacks.",
    )
    for field in fields(Settings):
        parser.add_argument(
            f"--{field.name.replace('_', '-')}",
            dest=field.name,
            type=_KINDS[field.name],
            metavar=_KINDS[field.name].__name__.upper(),
            help=f"{_HELP[field.name]} (env {variable(field.name)}, default {field.default})",
        )
    given = vars(parser.parse_args(arguments))
    try:
        return Settings(**_merged(given, os.environ))
    except ValueError as error:
        parser.error(str(error))


def _merged(given: Mapping[str, object], environment: Mapping[str, str]) -> dict[str, Any]:
    """Put the flags that were given over the environment; both over nothing."""
    merged: dict[str, Any] = {}
    for field in fields(Settings):
        name, text = variable(field.name), environment.get(variable(field.name))
        if given[field.name] is not None:
            merged[field.name] = given[field.name]
        elif text:
            try:
                merged[field.name] = _KINDS[field.name](text)
            except ValueError:
                wanted = _KINDS[field.name].__name__
                raise ValueError(f"{name} must be of type {wanted}, not {text!r}") from None
    return merged
