"""The essential flow: what must work before anything else is worth checking."""

from __future__ import annotations

import time

import pytest

from stacks.contract.conformance.client import Api, User, fresh, messages_of

pytestmark = pytest.mark.smoke


def test_health_says_ok(api: Api) -> None:
    """The app can be used: 200 and `ok`."""
    assert api.request("GET", "/healthz").ok(200) == {"status": "ok"}


def test_version_names_the_stack(api: Api) -> None:
    """What runs is told to anybody, the stack's name included."""
    assert api.request("GET", "/version").ok(200)["stack"]


def test_a_user_signs_up_and_in(api: Api) -> None:
    """Creating a user signs in; so does POST /v1/sessions with the same credentials."""
    user = api.new_user()
    credentials = {"name": user.name, "password": user.password}
    signed_in = api.request("POST", "/v1/sessions", json=credentials).ok(201)
    again = User(api=api, id=user.id, name=user.name, password="", token=signed_in["token"])
    assert again.get("/v1/me").ok(200) == signed_in["user"] == user.get("/v1/me").ok(200)


def test_a_message_is_answered_stored_and_found(user: User) -> None:
    """A message and its answer are stored together before the answer is acknowledged."""
    word = fresh()
    talk = user.conversation()["id"]
    exchange = user.send(talk, f"What is {word}?")
    assert exchange["answer"]["content"]
    assert user.all(messages_of(talk)) == [exchange["answer"], exchange["question"]]
    assert exchange["question"] in user.all("/v1/search", q=word)
    assert user.get(f"/v1/conversations/{talk}").ok(200)["message_count"] == 2


def test_a_message_is_answered_as_a_stream(user: User) -> None:
    """A stream is `token` events, then `done` with the stored exchange."""
    talk = user.conversation()["id"]
    stream = user.stream(talk, f"Tell me about {fresh()}.")
    assert stream.text == stream.done["answer"]["content"]
    assert user.all(messages_of(talk)) == [stream.done["answer"], stream.done["question"]]


def test_a_write_is_carried_out_once_per_key(user: User) -> None:
    """The repetition of a write with the same key gets the first answer, and stores nothing."""
    key, talk = fresh(), user.conversation()["id"]
    first = user.post(messages_of(talk), {"content": "once"}, key=key)
    second = user.post(messages_of(talk), {"content": "once"}, key=key)
    assert (first.ok(201), first.replayed) == (second.ok(201), False)
    assert second.replayed
    assert len(user.all(messages_of(talk))) == 2


def test_without_a_token_nothing_is_told(api: Api) -> None:
    """No token: 401, with the header WWW-Authenticate."""
    api.request("GET", "/v1/me").problem(401, "unauthorized")


def test_usage_counts_the_message(newcomer: User) -> None:
    """Every answered message makes one usage event, counted within seconds."""
    newcomer.send(newcomer.conversation()["id"], "count me")
    deadline = time.monotonic() + 10.0
    while (totals := newcomer.get("/v1/usage").ok(200))["messages"] == 0:
        assert time.monotonic() < deadline, f"10 s later the totals are still {totals}"
        time.sleep(0.05)
    assert totals["messages"] == 1
