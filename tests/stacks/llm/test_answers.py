"""What the model says: the same to the same messages, counted in the tokens that are streamed."""

import json
import re
import statistics
from collections.abc import Callable

import pytest

BODY = {"model": "bakeoff-1", "messages": [{"role": "user", "content": "hello"}]}


def text(answer: dict) -> str:
    """Give the words of a whole answer."""
    return answer["choices"][0]["message"]["content"]


def test_an_answer_depends_on_seed_and_messages_alone(start: Callable) -> None:
    """Two servers of one seed agree, whatever their delays; another seed answers otherwise."""
    first, second, other = (
        start("--seed", seed, "--first-token-s", wait, "--tokens-per-s", "0")
        for seed, wait in (("7", "0"), ("7", "0.01"), ("8", "0"))
    )
    said = text(first.chat("hello", temperature=0))
    assert said == text(second.chat("hello", temperature=1, user="someone"))
    assert said != text(other.chat("hello"))


def test_another_prompt_gets_another_answer(server) -> None:
    """Answers are as good as unique, so that a mix-up between users shows."""
    assert len({text(server.chat(f"question {i}")) for i in range(200)}) == 200


def test_text_parts_count_as_their_text(server) -> None:
    """A message in parts is the message that its parts make."""
    parts = [{"type": "text", "text": "hel"}, {"type": "text", "text": "lo"}]
    assert text(server.chat("hello")) == text(
        server.chat("", messages=[{"role": "user", "content": parts}])
    )


def test_lengths_lie_between_20_and_120_tokens_around_52(server) -> None:
    """The lengths are spread as stated."""
    counts = [server.chat(f"{i}")["usage"]["completion_tokens"] for i in range(300)]
    assert min(counts) >= 20
    assert max(counts) <= 120
    assert 46 <= statistics.median(counts) <= 58


def test_a_token_is_a_word_or_a_punctuation_mark(server) -> None:
    """Counting the text gives the usage."""
    answer = server.chat("count me")
    chunks = re.findall(r"[A-Za-z]+|[^A-Za-z\s]", text(answer))
    assert len(chunks) == answer["usage"]["completion_tokens"]


def test_an_answer_is_plain_sentences(server) -> None:
    """It starts with a capital, ends with a full stop, and doubles no punctuation."""
    for i in range(200):
        assert re.fullmatch(r"[A-Z][a-z]*(?:[,;.!?]? [A-Za-z]+)*\.", text(server.chat(f"n{i}")))


def test_prompt_tokens_are_the_words_of_all_messages(server) -> None:
    """Words are what white space separates."""
    messages = [
        {"role": "system", "content": "You are  helpful."},
        {"role": "user", "content": "Grüße,\nWelt!"},
    ]
    usage = server.chat("", messages=messages)["usage"]
    assert usage["prompt_tokens"] == 5
    assert usage["total_tokens"] == 5 + usage["completion_tokens"]


def test_a_stream_says_what_the_whole_answer_says(server) -> None:
    """The deltas joined are the text, and there are as many as completion tokens."""
    whole, events = server.chat("same"), server.events("same")
    deltas = [e["choices"][0]["delta"] for e in events]
    spoken = [delta["content"] for delta in deltas if "content" in delta]
    assert "".join(spoken) == text(whole)
    assert len(spoken) == whole["usage"]["completion_tokens"]
    assert deltas[0]["role"] == "assistant"
    assert events[-1]["choices"][0]["finish_reason"] == "stop"


def test_a_stream_carries_usage_when_asked(server) -> None:
    """The last event has the usage and no choices; all others have null."""
    *events, last = server.events("usage", stream_options={"include_usage": True})
    assert last["choices"] == []
    assert last["usage"] == server.chat("usage")["usage"]
    assert {event["usage"] for event in events} == {None}


def test_a_stream_carries_no_usage_otherwise(server) -> None:
    """Nobody gets a member that they did not ask for."""
    assert not any("usage" in event for event in server.events("usage"))


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_an_answer_can_be_limited(server, name: str) -> None:
    """A limited answer is the beginning of the full one and says so."""
    full, limited = server.chat("long"), server.chat("long", **{name: 5})
    assert text(full).startswith(text(limited))
    assert limited["usage"]["completion_tokens"] == 5
    assert limited["choices"][0]["finish_reason"] == "length"


def test_ids_differ_from_call_to_call(server) -> None:
    """Clients may use them as keys; the first part is the prompt's."""
    first, second = server.chat("id")["id"], server.chat("id")["id"]
    assert first != second
    assert first[:25] == second[:25]


def test_models_are_listed(server) -> None:
    """Both models can be found, in the list and alone."""
    models = json.loads(server.ask("GET", "/v1/models")[2])["data"]
    assert [model["id"] for model in models] == ["bakeoff-1", "bakeoff-probe"]
    assert json.loads(server.ask("GET", "/v1/models/bakeoff-1")[2]) == models[0]


def test_version_tells_what_shapes_the_answers(server) -> None:
    """Two servers with the same document answer alike."""
    document = json.loads(server.ask("GET", "/version")[2])
    assert document["name"] == "bakeoff-llm"
    assert document["settings"]["seed"] == 1


@pytest.mark.parametrize(
    ("body", "status", "param"),
    [
        (b"{", 400, None),
        (b"[]", 400, None),
        (b"", 400, None),
        ({"model": "bakeoff-1"}, 400, "messages"),
        ({"model": "bakeoff-1", "messages": []}, 400, "messages"),
        ({"model": "bakeoff-1", "messages": [1]}, 400, "messages[0]"),
        (BODY | {"messages": [{"role": "user"}]}, 400, "messages[0].content"),
        (BODY | {"messages": [{"role": "user", "content": [{}]}]}, 400, "messages[0].content"),
        ({"messages": BODY["messages"]}, 400, "model"),
        (BODY | {"model": "gpt"}, 404, "model"),
        (BODY | {"n": 2}, 400, "n"),
        (BODY | {"stream": "yes"}, 400, "stream"),
        (BODY | {"stream_options": 1}, 400, "stream_options"),
        (BODY | {"max_tokens": 0}, 400, "max_tokens"),
    ],
)
def test_a_wrong_body_is_refused_in_the_shape_of_the_api(server, body, status, param) -> None:
    """The error names the parameter at fault."""
    got, _, answer = server.ask("POST", "/v1/chat/completions", body)
    error = json.loads(answer)["error"]
    assert (got, error["param"]) == (status, param)
    assert error["type"] == "invalid_request_error"
    assert error["message"]
