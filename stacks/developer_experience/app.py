"""The developer-experience stack's own program: the Flask app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stacks.components.chat_app import ChatApp

BACKEND = Path(__file__).parent / "backend"


@dataclass(frozen=True, slots=True, kw_only=True)
class App(ChatApp):
    """Flask under Gunicorn; its own command makes the indexes first."""

    needs: tuple[str, ...] = ("mongodb", "elasticsearch", "llm")
    stack: str = "developer-experience"
    backend: Path = BACKEND
    command: tuple[str, ...] = ("gunicorn",)
    migrations: tuple[tuple[str, ...], ...] = (("flask", "--app", "chat", "prepare"),)

    def addresses(self, links: Mapping[str, str]) -> Mapping[str, str]:
        """Tell where MongoDB, Elasticsearch and the model are."""
        return {
            "DATABASE_URL": links["mongodb"],
            "SEARCH_URL": links["elasticsearch"],
            "OPENAI_BASE_URL": links["llm"],
        }
