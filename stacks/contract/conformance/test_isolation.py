"""Who may see what: authentication first, and other users' things do not exist."""

from __future__ import annotations

import pytest

from stacks.contract.conformance.client import Api, User, fresh, messages_of
from stacks.contract.spec import document, operations

GUARDED = [
    each
    for each in operations()
    if document()["paths"][each.template][each.method.lower()].get("security") != []
]
NO_IDS = {
    "none such": "c0ffee00-0000-4000-8000-000000000000",
    "a number": "1",
    "negative": "-1",
    "zero": "0",
    "too large a number": "9" * 40,
    "too long": "a" * 65,
    "far too long": "a" * 1000,
    "a quote": "'",
    "SQL": "1%20OR%201=1",
    "emoji": "%F0%9F%98%80",
    "not UTF-8": "%FF%FE",
    "a line end": "1%0A",
    "a header": "x%0D%0AX-Injected:%201",
    "a path": "..%2Fconversations",
    "null": "null",
}


@pytest.mark.parametrize("operation", GUARDED, ids=lambda each: each.name)
@pytest.mark.parametrize("token", [None, "Bearer wrong"], ids=["no token", "a wrong token"])
def test_authentication_comes_first(api: Api, operation: object, token: str | None) -> None:
    """Where a token is needed it is checked before path, parameters and body: 401."""
    path = operation.template.replace("{conversation_id}", "no-such-id")  # type: ignore[attr-defined]
    headers = {"content-type": "text/plain", "idempotency-key": "not a key!"}
    if token:
        headers["authorization"] = token
    api.request(
        operation.method,  # type: ignore[attr-defined]
        path,
        params={"limit": "0", "cursor": "none"},
        content=b"{",
        headers=headers,
    ).problem(401, "unauthorized")


def test_what_belongs_to_another_user_does_not_exist(user: User, stranger: User) -> None:
    """Another user's conversation is 404, to read, to list and to write, as one that is not."""
    talk = user.conversation()["id"]
    for theirs in (talk, NO_IDS["none such"]):
        stranger.get(f"/v1/conversations/{theirs}").problem(404, "not-found")
        stranger.get(messages_of(theirs)).problem(404, "not-found")
        stranger.post(messages_of(theirs), {"content": "hi"}).problem(404, "not-found")
    assert user.all(messages_of(talk)) == []


def test_another_user_cannot_stream_into_a_conversation(user: User, stranger: User) -> None:
    """A stream that cannot begin is a problem document with its status, not a stream."""
    talk = user.conversation()["id"]
    body = {"content": "hi", "stream": True}
    stranger.post(messages_of(talk), body).problem(404, "not-found")


def test_lists_and_search_show_the_users_own_things_only(user: User, stranger: User) -> None:
    """Lists and search hold what belongs to the user alone."""
    word = fresh()
    talk = user.conversation(word)
    user.send(talk["id"], word)
    assert talk["id"] not in [each["id"] for each in stranger.all("/v1/conversations")]
    assert stranger.all("/v1/search", q=word) == []


@pytest.mark.parametrize("case", NO_IDS)
def test_an_id_that_was_not_given_out_is_404(user: User, case: str) -> None:
    """A conversation's id is as given out; anything else is 404."""
    path = f"/v1/conversations/{NO_IDS[case]}"
    for each in (path, f"{path}/messages"):
        answer = user.get(each)
        answer.problem(404, "not-found")
        assert "x-injected" not in answer.headers
    user.post(f"{path}/messages", {"content": "hi"}).problem(404, "not-found")


def test_an_id_with_a_nul_is_refused(user: User) -> None:
    """An id with U+0000 was never given out: 404, or 400 from a gateway that lets none through."""
    answer = user.request("GET", "/v1/conversations/a%00b", judged=False)
    if answer.status not in (400, 404):
        raise answer.breach("U+0000 in a path is 404 or 400")
