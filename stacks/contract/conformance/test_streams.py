"""Streams: framing, order of events, and what is stored."""

from __future__ import annotations

import time

import pytest

from stacks.contract.conformance.answers import Answer, Stream
from stacks.contract.conformance.client import User, fresh, messages_of
from stacks.contract.spec import schema_faults


def judge(stream: Stream) -> None:
    """Check names, data and order of a stream's events."""
    names = [event.name for event in stream.events]
    assert names == ["token"] * (len(names) - 1) + ["done"], f"sent: {stream.sent}\ncame: {names}"
    for event in stream.events[:-1]:
        assert set(event.data) == {"delta"}, event
        assert isinstance(event.data["delta"], str), event
    assert schema_faults("Exchange", stream.done) == []
    assert stream.text == stream.done["answer"]["content"]


def test_a_stream_is_tokens_then_done(user: User) -> None:
    """Zero or more `token` events, then one `done`; the deltas joined are the content."""
    talk, text = user.conversation()["id"], f"Describe {fresh()} \N{GRINNING FACE}."
    stream = user.stream(talk, text)
    judge(stream)
    question = stream.done["question"]
    assert (question["content"], question["role"]) == (text, "user")
    assert (question["conversation_id"], question["cached"]) == (talk, False)


def test_a_new_answer_comes_in_parts(user: User) -> None:
    """Deltas are passed on as they come from the model, so a long answer has several."""
    stream = user.stream(user.conversation()["id"], f"Explain {fresh()} at length.")
    assert len(stream.events) > 2, stream.events


def test_a_stream_can_be_read_as_it_comes(user: User) -> None:
    """The first event can be used before the last one is there."""
    body = {"content": f"Explain {fresh()}.", "stream": True}
    path = messages_of(user.conversation()["id"])
    headers = {"authorization": f"Bearer {user.token}"}
    with user.api.open_stream(path, json=body, headers=headers) as (_, events):
        assert next(events).name == "token"
        assert [event.name for event in events][-1] == "done"


def test_a_streamed_exchange_is_stored_when_done_comes(user: User) -> None:
    """`done` is sent after the exchange was stored, so it is listed at once."""
    path = messages_of(user.conversation()["id"])
    body, headers = {"content": fresh(), "stream": True}, {"authorization": f"Bearer {user.token}"}
    with user.api.open_stream(path, json=body, headers=headers) as (_, events):
        done = next(event for event in events if event.name == "done").data
        assert user.all(path) == [done["answer"], done["question"]]


def test_streamed_and_whole_answers_share_the_cache(user: User) -> None:
    """A cached answer is streamed like a new one, with `cached` and the same content and tokens."""
    text = f"Sum up {fresh()}."
    first = user.send(user.conversation()["id"], text)["answer"]
    stream = user.stream(user.conversation()["id"], text)
    judge(stream)
    answer = stream.done["answer"]
    assert (first["cached"], answer["cached"]) == (False, True)
    assert (answer["content"], answer["tokens"]) == (first["content"], first["tokens"])


def test_a_streamed_answer_is_cached_for_whole_ones(user: User) -> None:
    """What was streamed first is in the cache for the next, streamed or whole."""
    text = f"Sum up {fresh()}."
    first = user.stream(user.conversation()["id"], text).done
    second = user.send(user.conversation()["id"], text)
    assert (first["answer"]["cached"], second["answer"]["cached"]) == (False, True)
    for part in ("question", "answer"):
        same = [(each[part]["content"], each[part]["tokens"]) for each in (first, second)]
        assert same[0] == same[1], part


def test_the_history_counts_whole_and_streamed_alike(user: User) -> None:
    """Streamed exchanges are part of the history, in the order of the conversation."""
    talk = user.conversation()["id"]
    first, second = user.stream(talk, fresh()).done, user.send(talk, fresh())
    expected = [second["answer"], second["question"], first["answer"], first["question"]]
    assert user.all(messages_of(talk)) == expected


def test_a_stream_that_cannot_begin_is_a_problem_document(user: User) -> None:
    """Faults of the input are told by status, not inside a stream."""
    body = {"content": "", "stream": True}
    user.post(messages_of(user.conversation()["id"]), body).problem(422, "invalid", "/content")


def patiently(user: User, path: str, body: object, key: str) -> Answer:
    """Repeat a write for up to 10 s, while the first one is still under way (409)."""
    deadline = time.monotonic() + 10.0
    while (answer := user.post(path, body, key=key)).status == 409:
        if time.monotonic() > deadline:
            raise answer.breach("a write that was broken off frees its key, or ends, within 10 s")
        time.sleep(0.05)
    return answer


@pytest.mark.parametrize("events_read", [0, 1])
def test_a_broken_stream_leaves_all_or_nothing(user: User, events_read: int) -> None:
    """Question and answer are stored in one step: whoever hangs up leaves both or none, and the
    repetition with the same key leaves exactly one exchange.
    """
    key, path = fresh(), messages_of(user.conversation()["id"])
    body = {"content": f"Explain {fresh()} at length.", "stream": True}
    headers = {"authorization": f"Bearer {user.token}", "idempotency-key": key}
    with user.api.open_stream(path, json=body, headers=headers) as (_, events):
        for _ in range(events_read):
            next(events)
    assert len(user.all(path)) in (0, 2)
    answer = patiently(user, path, body, key)
    if answer.status not in (200, 201):
        raise answer.breach("the repetition is carried out (200) or gets the first answer (201)")
    assert len(user.all(path)) == 2
