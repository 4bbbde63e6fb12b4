"""Idempotency keys: once per key, whatever is repeated, mixed up or broken off."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from stacks.contract.conformance.answers import Answer
from stacks.contract.conformance.client import User, fresh, messages_of

BAD_KEYS = {
    "too long": "k" * 65,
    "longer than many servers read": "k" * 10_000,
    "a space": "a b",
    "a dot": "a.b",
    "a quote": "'a'",
    "not ASCII": "clé",
    "a slash": "a/b",
}


def test_a_repetition_gets_the_first_answer(user: User) -> None:
    """The repetition gets the first status and body, and says `Idempotency-Replayed: true`."""
    key = fresh()
    first = user.post("/v1/conversations", {"title": "once"}, key=key)
    user.send(first.ok(201)["id"], fresh())
    for _ in range(2):
        again = user.post("/v1/conversations", {"title": "once"}, key=key)
        assert again.ok(201) == first.body, "word for word, though it has messages by now"
        assert again.headers.get("idempotency-replayed") == "true"
    assert "idempotency-replayed" not in first.headers


def test_a_repeated_conversation_is_made_once(newcomer: User) -> None:
    """The same key with the same body is carried out once."""
    made = [newcomer.post("/v1/conversations", {"title": "x"}, key="k").ok(201) for _ in range(3)]
    assert newcomer.all("/v1/conversations") == made[:1]


def test_a_repeated_message_is_sent_once(user: User) -> None:
    """A repeated message is neither stored again nor given to the model again."""
    key, talk = fresh(), user.conversation()["id"]
    body = {"content": fresh()}
    first = user.post(messages_of(talk), body, key=key)
    user.send(talk, "something in between")
    again = user.post(messages_of(talk), body, key=key)
    assert (first.ok(201), first.replayed, again.replayed) == (again.ok(201), False, True)
    assert len(user.all(messages_of(talk))) == 4


@pytest.mark.parametrize(
    "changed", [{"content": "b"}, {"content": "a", "stream": True}], ids=["text", "stream"]
)
def test_a_key_with_another_body_is_422(user: User, changed: object) -> None:
    """The same key with another body is 422 of the type idempotency-mismatch, and does nothing."""
    key, talk = fresh(), user.conversation()["id"]
    first = user.post(messages_of(talk), {"content": "a"}, key=key).ok(201)
    user.post(messages_of(talk), changed, key=key).problem(422, "idempotency-mismatch")
    assert user.all(messages_of(talk)) == [first["answer"], first["question"]]
    assert user.post(messages_of(talk), {"content": "a"}, key=key).ok(201) == first


def test_without_a_key_a_repetition_is_a_new_write(user: User) -> None:
    """Without a key the same body twice is two messages."""
    talk = user.conversation()["id"]
    assert user.send(talk, "twice") != user.send(talk, "twice")
    assert len(user.all(messages_of(talk))) == 4


def test_a_key_belongs_to_its_user(user: User, stranger: User) -> None:
    """The same key of another user is another key, and shows nothing of the first."""
    key = fresh()
    mine = user.post("/v1/conversations", {"title": "mine"}, key=key).ok(201)
    theirs = stranger.post("/v1/conversations", {"title": "theirs"}, key=key)
    assert theirs.ok(201)["id"] != mine["id"]
    assert not theirs.replayed


def test_a_key_belongs_to_its_path(user: User) -> None:
    """The same key at another path is another key."""
    key = fresh()
    one, two = (user.conversation()["id"] for _ in range(2))
    answers = [user.post(messages_of(talk), {"content": "a"}, key=key) for talk in (one, two)]
    assert [each.ok(201)["question"]["conversation_id"] for each in answers] == [one, two]
    assert not user.post("/v1/conversations", {"title": "a"}, key=key).replayed


def test_keys_are_told_apart_letter_by_letter(user: User) -> None:
    """Keys of 1 to 64 letters, digits, `-` and `_` differ where a letter's case differs."""
    base = fresh() + "-_" + "k" * 49
    for key in (base, base.upper(), base[:-1]):
        assert not user.post("/v1/conversations", {"title": "a"}, key=key).replayed


@pytest.mark.parametrize("case", BAD_KEYS)
def test_a_key_that_does_not_fit_is_422(user: User, case: str) -> None:
    """A key is 1 to 64 letters, digits, `-` and `_`; anything else is 422."""
    headers = {"idempotency-key": BAD_KEYS[case].encode()}
    answer = user.request("POST", "/v1/conversations", json={"title": "x"}, headers=headers)
    answer.problem(422, "invalid", "Idempotency-Key")


def test_a_failed_write_frees_its_key(user: User) -> None:
    """A failed write leaves no trace: its key may be used again, with another body too."""
    key, talk = fresh(), user.conversation()["id"]
    path = messages_of(talk)
    user.post(path, {"content": ""}, key=key).problem(422, "invalid", "/content")
    user.post_raw(path, b"{", key=key).problem(400, "malformed")
    user.post_raw(path, b" " * 70_000, key=key).problem(413, "too-large")
    user.request("POST", path, key=key, content=b"x").problem(415, "unsupported-media-type")
    first = user.post(path, {"content": "now"}, key=key)
    assert not first.replayed
    assert user.all(path) == [first.ok(201)["answer"], first.body["question"]]


def test_a_write_to_nowhere_frees_its_key(user: User) -> None:
    """A write that is 404 is 404 again, not a conflict."""
    for _ in range(2):
        path = messages_of("nowhere")
        user.post(path, {"content": "a"}, key="same-key").problem(404, "not-found")


def test_a_repeated_stream_is_answered_whole(user: User) -> None:
    """The repetition of a streamed message is JSON with 201: the Exchange of its `done`."""
    key, talk = fresh(), user.conversation()["id"]
    text = fresh()
    done = user.stream(talk, text, key=key).done
    again = user.post(messages_of(talk), {"content": text, "stream": True}, key=key)
    assert again.ok(201) == done
    assert again.replayed
    assert user.all(messages_of(talk)) == [done["answer"], done["question"]]


def test_a_repetition_during_a_stream_does_not_write_twice(user: User) -> None:
    """While the first is under way the repetition is 409; once it is stored, its answer."""
    key, path = fresh(), messages_of(user.conversation()["id"])
    body = {"content": f"Explain {fresh()} at length.", "stream": True}
    headers = {"authorization": f"Bearer {user.token}", "idempotency-key": key}
    with user.api.open_stream(path, json=body, headers=headers) as (_, events):
        next(events)
        meanwhile = user.post(path, body, key=key)
        done = next(event for event in events if event.name == "done").data
    if not meanwhile.replayed:
        meanwhile.problem(409, "conflict")
    assert user.post(path, body, key=key).ok(201) == done
    assert user.all(path) == [done["answer"], done["question"]]


def together(write: Callable[[], Answer]) -> list[Answer]:
    """Do the same write six times at once, and check that one alone was carried out."""
    with ThreadPoolExecutor(6) as pool:
        answers = [each.result() for each in [pool.submit(write) for _ in range(6)]]
    for answer in answers:
        if answer.status not in (201, 409):
            raise answer.breach("repetitions at the same time are 201 or 409")
    done = [answer for answer in answers if answer.status == 201]
    first = [answer for answer in done if not answer.replayed]
    assert len(first) == 1, f"one is carried out, the others are repetitions: {answers}"
    assert [answer.body for answer in done] == [first[0].body] * len(done)
    return answers


def test_conversations_repeated_at_the_same_time_are_made_once(newcomer: User) -> None:
    """Concurrent repetitions are carried out once; the others are 409 or get its answer."""
    together(lambda: newcomer.post("/v1/conversations", {"title": "x"}, key="k"))
    assert len(newcomer.all("/v1/conversations")) == 1


def test_messages_repeated_at_the_same_time_are_sent_once(user: User) -> None:
    """Concurrent repetitions of a message make exactly one exchange."""
    key, path = fresh(), messages_of(user.conversation()["id"])
    body = {"content": fresh()}
    together(lambda: user.post(path, body, key=key))
    assert len(user.all(path)) == 2
    assert user.post(path, body, key=key).replayed


def test_different_bodies_at_the_same_time_are_not_both_written(user: User) -> None:
    """Of two bodies with one key in the same moment one is written; the other is 409 or 422."""
    key, path = fresh(), messages_of(user.conversation()["id"])
    with ThreadPoolExecutor(4) as pool:
        sent = pool.map(lambda n: user.post(path, {"content": f"number {n}"}, key=key), range(4))
    statuses = [answer.status for answer in sent]
    assert statuses.count(201) == 1, statuses
    assert set(statuses) <= {201, 409, 422}, statuses
    assert len(user.all(path)) == 2
