"""Loads the same data into any stack through its API: users with conversations and messages."""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx

from harness.errors import ContractBroken
from scenarios import words

AT_ONCE = 8
PATIENCE_S = 60.0
CREATED = 201
PASSWORD = "correct horse battery"  # noqa: S105 - of accounts that live as long as a load test


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How much to load: accounts, conversations for each, exchanges (two messages) in each.

    Accounts are few because hashing a password is slow on purpose.
    """

    accounts: int
    conversations: int
    exchanges: int


def load(url: str, seed: int, shape: Shape) -> Mapping[str, object]:
    """Load accounts, some at once, and return what was loaded, JSON-ready.

        {"seed", "accounts": [{"name", "token", "conversations":
            [{"id", "title", "questions": [...], "answers": [...], "ids": [...]}]}]}

    Texts depend on the seed and the account's number alone; conversations and questions are in the
    order of their creation, `ids` are those of the answers. Names are new each time, so that a
    stack may be loaded again. Raises ContractBroken for any answer but the expected one.
    """
    run = secrets.token_hex(4)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        work = [pool.submit(_account, url, seed, n, run, shape) for n in range(shape.accounts)]
        return {"seed": seed, "accounts": [done.result() for done in work]}


def _account(url: str, seed: int, number: int, run: str, shape: Shape) -> dict[str, Any]:
    rng = random.Random(f"{seed}/account/{number}")
    name = f"load-{run}-{number}"
    with httpx.Client(base_url=url, timeout=PATIENCE_S) as client:
        made = post(client, "/v1/users", {"name": name, "password": PASSWORD})
        client.headers["Authorization"] = f"Bearer {made['token']}"
        conversations = [
            _conversation(client, rng, shape.exchanges) for _ in range(shape.conversations)
        ]
    return {"name": name, "token": made["token"], "conversations": conversations}


def _conversation(client: httpx.Client, rng: random.Random, exchanges: int) -> dict[str, Any]:
    title = words.title(rng)
    made = post(client, "/v1/conversations", {"title": title})
    conversation: dict[str, Any] = {"id": made["id"], "title": title}
    conversation |= {"questions": [], "answers": [], "ids": []}
    for _ in range(exchanges):
        question = words.question(rng)
        path = f"/v1/conversations/{made['id']}/messages"
        answer = post(client, path, {"content": question})["answer"]
        conversation["questions"].append(question)
        conversation["answers"].append(answer["content"])
        conversation["ids"].append(answer["id"])
    return conversation


def post(client: httpx.Client, path: str, body: Mapping[str, object]) -> Any:
    """POST and return the answer's JSON; raises ContractBroken unless it is a 201 in time."""
    try:
        answer = client.post(path, json=body)
        if answer.status_code == CREATED:
            return answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise ContractBroken(f"preparing: POST {path}: {type(error).__name__}: {error}") from error
    raise ContractBroken(
        f"preparing: POST {path} was answered {answer.status_code} instead of {CREATED}: "
        f"{answer.text[:200]}"
    )
