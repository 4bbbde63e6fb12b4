"""Requests made up from openapi.yaml by schemathesis, with a fixed seed: many, odd, and the same
for every stack.
"""

from __future__ import annotations

import copy
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import schemathesis

from stacks.contract.conformance.answers import Answer
from stacks.contract.conformance.client import User
from stacks.contract.spec import answer_faults, document


def judged_as_a_whole() -> dict[str, Any]:
    """Return the contract without the schema of streams, which schemathesis takes for that of each
    event; test_streams.py reads streams.
    """
    contract = copy.deepcopy(document())
    send = contract["paths"]["/v1/conversations/{conversation_id}/messages"]["post"]
    send["responses"]["200"]["content"]["text/event-stream"] = {}
    return contract


CONFIG = schemathesis.Config.from_path(Path(__file__).with_name("schemathesis.toml"))
SCHEMA = schemathesis.openapi.from_dict(judged_as_a_whole(), config=CONFIG)


@pytest.fixture(scope="session")
def talk(user: User) -> str:
    """Return the conversation that stands for every id that fits."""
    return str(user.conversation("made up")["id"])


def prepare(case: schemathesis.Case[Any], talk: str) -> None:
    """Point ids that fit to a conversation that exists, and give new users a name of their own."""
    given = str(case.path_parameters.get("conversation_id", ""))
    if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", given):
        case.path_parameters["conversation_id"] = talk
    if case.operation.path == "/v1/users" and isinstance(case.body, dict):
        name = case.body.get("name")
        if isinstance(name, str) and re.fullmatch(r"[a-z0-9_.-]{3,64}", name):
            case.body["name"] = f"p-{secrets.token_hex(8)}"


@SCHEMA.parametrize()
def test_a_made_up_request_is_answered_as_the_contract_says(
    case: schemathesis.Case[Any], base_url: str, user: User, talk: str
) -> None:
    """Any request at all gets a status, headers and a body that the contract knows; what does not
    fit the schema is refused.
    """
    prepare(case, talk)
    response = case.call_and_validate(
        base_url=base_url, headers={"authorization": f"Bearer {user.token}"}
    )
    sent, url = response.request, str(response.request.url)
    headers = {name.lower(): values[0] for name, values in response.headers.items()}
    faults = answer_faults(
        case.method, urlsplit(url).path, response.status_code, headers, response.text
    )
    if faults:
        answer = Answer(
            sent=f"{sent.method} {url} {sent.body!r}",
            status=response.status_code,
            headers=headers,
            text=response.text,
        )
        raise answer.breach("; ".join(faults))
