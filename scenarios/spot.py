"""Reads back what was loaded, before any load: a stack that lost or mixed it up is not measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from harness.errors import ContractBroken
from scenarios.loading import PATIENCE_S

OK = 200
MOST_ON_A_PAGE = 100
MOST_ACCOUNTS = 3


def read_back(url: str, data: Mapping[str, Any], *, search: bool) -> None:
    """Compare lists, messages and, if asked, a search of some accounts with what was loaded.

    Raises ContractBroken that says what was expected and what was found.
    """
    for account in data["accounts"][:MOST_ACCOUNTS]:
        headers = {"Authorization": f"Bearer {account['token']}"}
        with httpx.Client(base_url=url, headers=headers, timeout=PATIENCE_S) as client:
            _same(f"name of {account['name']}", account["name"], _get(client, "/v1/me")["name"])
            _conversations(client, account["conversations"])
            if search and any(c["questions"] for c in account["conversations"]):
                _search(client, account["conversations"])


def _conversations(client: httpx.Client, loaded: Sequence[Mapping[str, Any]]) -> None:
    page = _get(client, f"/v1/conversations?limit={MOST_ON_A_PAGE}")["items"]
    newest = list(reversed(loaded))[:MOST_ON_A_PAGE]
    _same("titles, newest first", [c["title"] for c in newest], [c["title"] for c in page])
    for conversation in loaded:
        path = f"/v1/conversations/{conversation['id']}/messages?limit={MOST_ON_A_PAGE}"
        found = [message["content"] for message in _get(client, path)["items"]]
        pairs = zip(conversation["questions"], conversation["answers"], strict=True)
        texts = [text for pair in pairs for text in pair][::-1][:MOST_ON_A_PAGE]
        _same(f"messages of {conversation['title']!r}, newest first", texts, found)


def _search(client: httpx.Client, loaded: Sequence[Mapping[str, Any]]) -> None:
    """Search for two words of the first question, which must be among what is found."""
    first = next(c["questions"][0] for c in loaded if c["questions"])
    query = " ".join(first.rstrip("?").split(", ")[-2:])
    found = _get(client, f"/v1/search?q={query}&limit={MOST_ON_A_PAGE}")["items"]
    if first not in [message["content"] for message in found]:
        raise ContractBroken(f"a search for {query!r} does not find the message {first!r}")


def _get(client: httpx.Client, path: str) -> Any:
    try:
        answer = client.get(path)
        if answer.status_code == OK:
            return answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise ContractBroken(f"verifying: GET {path}: {type(error).__name__}: {error}") from error
    raise ContractBroken(
        f"verifying: GET {path} was answered {answer.status_code} instead of {OK}: "
        f"{answer.text[:200]}"
    )


def _same(what: str, expected: object, found: object) -> None:
    if expected != found:
        raise ContractBroken(f"{what}: loaded {expected!r}, but read {found!r}")
