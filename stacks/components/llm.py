"""The language model: bakeoff's own deterministic server of OpenAI's chat completions.

Every stack gets one of its own with the same seed and the same model of time, so that all see the
same answers after the same waits. Its headroom is measured by its client.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from harness.contract import (
    Build,
    Component,
    ContainerSpec,
    Endpoint,
    ProcessSpec,
    Role,
    Virtualenv,
)
from stacks import llm
from stacks.components import http

PORT = 9000
FOLDER = Path(llm.__file__).parent
COMMAND = ("python3", "-m", "stacks.llm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Llm(Component):
    """The model's timing: median wait for the first token in seconds, the standard deviation of
    that wait's logarithm, tokens per second afterwards (0: at once), and the seed of all of it.
    """

    role: ClassVar[Role] = Role.LLM
    name: str = "llm"
    first_token_s: float = 0.0
    sigma: float = 0.0
    tokens_per_s: float = 0.0
    seed: int = 1

    def _env(self, host: str) -> dict[str, str]:
        return {
            "LLM_HOST": host,
            "LLM_PORT": "{port}",
            "LLM_SEED": str(self.seed),
            "LLM_FIRST_TOKEN_S": repr(self.first_token_s),
            "LLM_FIRST_TOKEN_SIGMA": repr(self.sigma),
            "LLM_TOKENS_PER_S": repr(self.tokens_per_s),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def container(self, links: Mapping[str, str]) -> ContainerSpec:
        """Build its image and run it."""
        del links
        base = "python:3.11-slim-bookworm"
        return ContainerSpec(
            image="bakeoff-llm",
            port=PORT,
            build=Build(context=FOLDER, base_name="python", base=base),
            env=self._env("0.0.0.0"),  # noqa: S104 - inside its own network
            command=COMMAND,
        )

    def process(self, links: Mapping[str, str]) -> ProcessSpec:
        """Run it from an environment of its own."""
        del links
        return ProcessSpec(
            sources=(Virtualenv(lock=FOLDER / "requirements.lock"),),
            command=COMMAND,
            env=self._env("{host}"),
            cwd=FOLDER.parent.parent,
        )

    def url(self, at: Endpoint) -> str:
        """Return http://host:port/v1, what OpenAI's clients call the base URL."""
        return f"http://{at.host}:{at.port}/v1"

    def connect(self, at: Endpoint) -> LlmClient:
        """Return a client; each question has a connection of its own."""
        return LlmClient(at=at, url=self.url(at))


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmClient:
    """Asks the server about itself."""

    at: Endpoint
    url: str

    def version(self) -> str:
        """Return its version, such as `1.0.0 (Python 3.11.7)`."""
        said = http.get(self.at, "/version").json()
        return f"{said['version']} (Python {said['python']})"

    def ceiling(self, seconds: float) -> float:
        """Return whole answers per second under full load for about `seconds`; a lower bound."""
        from stacks.llm.capacity import measure_capacity  # noqa: PLC0415 - only runs need it

        return measure_capacity(self.url, seconds).whole_per_s

    def close(self) -> None:
        """Do nothing: no connection is kept."""
