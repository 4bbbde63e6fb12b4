"""The cost-optimized stack's own program: the Django app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stacks.components.chat_app import ChatApp

BACKEND = Path(__file__).parent / "backend"


@dataclass(frozen=True, slots=True, kw_only=True)
class App(ChatApp):
    """Django under Gunicorn; its own migrations run first."""

    needs: tuple[str, ...] = ("sqlite", "memcached", "llm")
    stack: str = "cost-optimized"
    backend: Path = BACKEND
    command: tuple[str, ...] = ("gunicorn",)
    migrations: tuple[tuple[str, ...], ...] = (("python3", "manage.py", "migrate", "--no-input"),)

    def addresses(self, links: Mapping[str, str]) -> Mapping[str, str]:
        """Tell where the SQLite file, Memcached and the model are."""
        return {
            "DATABASE_URL": links["sqlite"],
            "CACHE_URL": links["memcached"],
            "OPENAI_BASE_URL": links["llm"],
        }
