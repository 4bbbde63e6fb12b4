"""Conversations and messages: order, counts, history and cached answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from stacks.contract.conformance.client import User, fresh, messages_of


def test_a_conversation_begins_empty(user: User) -> None:
    """A new conversation has no messages: count 0, an empty page, no cursor."""
    made = user.conversation("empty")
    assert made["message_count"] == 0
    assert user.get(f"/v1/conversations/{made['id']}").ok(200) == made
    assert user.get(messages_of(made["id"])).ok(200) == {"items": [], "next_cursor": None}


def test_times_are_utc(user: User) -> None:
    """Times are UTC with milliseconds."""
    made = datetime.strptime(user.conversation()["created_at"], "%Y-%m-%dT%H:%M:%S.%f%z")
    assert abs(made - datetime.now(tz=UTC)) < timedelta(minutes=10)


def test_an_exchange_is_a_question_and_its_answer(user: User) -> None:
    """The question holds what was sent and is never `cached`; the answer is the assistant's."""
    talk, text = user.conversation()["id"], f"What is {fresh()}?"
    exchange = user.send(talk, text)
    question, answer = exchange["question"], exchange["answer"]
    assert (question["role"], question["content"], question["cached"]) == ("user", text, False)
    assert (answer["role"], answer["cached"]) == ("assistant", False)
    assert question["conversation_id"] == answer["conversation_id"] == talk
    assert question["id"] != answer["id"]
    assert min(question["tokens"], answer["tokens"]) > 0
    assert question["created_at"] <= answer["created_at"]


def test_messages_are_listed_newest_first(user: User) -> None:
    """Messages are newest first, an answer newer than its question; the count is of both."""
    talk = user.conversation()["id"]
    exchanges = [user.send(talk, f"{fresh()} {n}") for n in range(4)]
    expected = [m for each in reversed(exchanges) for m in (each["answer"], each["question"])]
    assert user.all(messages_of(talk)) == expected
    assert user.get(f"/v1/conversations/{talk}").ok(200)["message_count"] == 8


def test_conversations_are_listed_in_order_of_creation(newcomer: User) -> None:
    """Conversations are newest first by creation; a message does not move one, but is counted."""
    made = [newcomer.conversation(f"number {n}") for n in range(3)]
    newcomer.send(made[0]["id"], fresh())
    made[0] = {**made[0], "message_count": 2}
    assert newcomer.all("/v1/conversations") == made[::-1]


def test_the_same_prompt_is_answered_from_the_cache(user: User, stranger: User) -> None:
    """The same prompt, from whoever it comes, gets the same content and tokens with `cached`."""
    text = f"What is {fresh()}?"
    first = user.send(user.conversation()["id"], text)
    second = stranger.send(stranger.conversation()["id"], text)
    assert (first["answer"]["cached"], second["answer"]["cached"]) == (False, True)
    assert second["question"]["cached"] is False
    for part in ("question", "answer"):
        same = [(each[part]["content"], each[part]["tokens"]) for each in (first, second)]
        assert same[0] == same[1], part
        assert first[part]["id"] != second[part]["id"]


def test_a_prompt_is_taken_letter_by_letter(user: User) -> None:
    """Prompts that differ in case or in a space are different prompts."""
    word = fresh()
    user.send(user.conversation()["id"], f"about {word}")
    for text in (f"About {word}", f"about {word} ", f"about  {word}"):
        assert user.send(user.conversation()["id"], text)["answer"]["cached"] is False, text


def test_the_history_is_part_of_the_prompt(user: User) -> None:
    """A prompt holds the messages before it: the same message after others is another prompt."""
    text = f"And {fresh()}?"
    user.send(user.conversation()["id"], text)
    talk = user.conversation()["id"]
    user.send(talk, fresh())
    assert user.send(talk, text)["answer"]["cached"] is False


def test_the_same_history_makes_the_same_prompt(user: User, stranger: User) -> None:
    """The same conversation held twice is answered from the cache, turn by turn."""
    texts = [fresh() for _ in range(7)]
    talks = [(each, each.conversation()["id"]) for each in (user, stranger)]
    first, second = ([who.send(talk, text) for text in texts] for who, talk in talks)
    assert [each["answer"]["cached"] for each in first] == [False] * 7
    assert [each["answer"]["cached"] for each in second] == [True] * 7
    assert [e["answer"]["content"] for e in first] == [e["answer"]["content"] for e in second]


def test_messages_sent_in_the_same_moment_are_all_kept(user: User) -> None:
    """Concurrent messages to one conversation are all answered, stored once, and in pairs."""
    talk = user.conversation()["id"]
    with ThreadPoolExecutor(6) as pool:
        sent = list(pool.map(lambda n: user.send(talk, f"{fresh()} {n}"), range(6)))
    listed = user.all(messages_of(talk))
    expected = [each[part] for each in sent for part in ("answer", "question")]
    assert sorted(each["id"] for each in listed) == sorted(each["id"] for each in expected)
    assert user.get(f"/v1/conversations/{talk}").ok(200)["message_count"] == 12
    at = {each["id"]: place for place, each in enumerate(listed)}
    late = [e for e in sent if at[e["answer"]["id"]] > at[e["question"]["id"]]]
    assert late == [], "an answer is newer than its question, so it is listed before it"
