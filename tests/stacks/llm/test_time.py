"""The model of time: waits drawn from the prompt, kept by whole answers and streams alike."""

import json
import math
import statistics
import time
from collections.abc import Callable
from itertools import pairwise

import pytest

from stacks.llm.model import LanguageModel
from stacks.llm.prompt import read_call
from stacks.llm.settings import Settings

PROMPT = json.dumps({"model": "bakeoff-1", "messages": [{"role": "user", "content": "wait"}]})


def answer(settings: Settings, text: str = "wait"):
    """Give the model's answer without a server."""
    return LanguageModel(settings).answer(read_call(PROMPT.replace("wait", text).encode()))


def test_waits_are_log_normal_around_the_median() -> None:
    """Median and spread of the first token are those that were set."""
    settings = Settings(first_token_s=0.2, first_token_sigma=0.5)
    model = LanguageModel(settings)
    calls = [read_call(PROMPT.replace("wait", f"{i}").encode()) for i in range(3000)]
    logs = [math.log(model.answer(call).first_token_s) for call in calls]
    assert math.exp(statistics.mean(logs)) == pytest.approx(0.2, rel=0.05)
    assert statistics.stdev(logs) == pytest.approx(0.5, rel=0.05)


def test_waits_scale_with_the_settings_only() -> None:
    """The same prompt draws the same quantile under other settings."""
    one, two = answer(Settings(first_token_s=0.1)), answer(Settings(first_token_s=0.2))
    assert two.first_token_s == pytest.approx(2 * one.first_token_s)
    assert one.tokens == two.tokens


def test_a_whole_answer_takes_the_wait_and_its_tokens(start: Callable) -> None:
    """It comes no earlier than first token + tokens / rate, and soon after."""
    server = start("--first-token-s", "0.05", "--tokens-per-s", "200")
    expected = answer(Settings(first_token_s=0.05, tokens_per_s=200)).whole_s
    begin = time.monotonic()
    server.chat("wait")
    assert expected <= time.monotonic() - begin < expected + 2


def test_a_stream_keeps_its_pace(start: Callable, request_bytes: Callable) -> None:
    """No token is early, and they come one after the other instead of together."""
    server = start("--first-token-s", "0.05", "--tokens-per-s", "100")
    expected = answer(Settings(first_token_s=0.05, tokens_per_s=100))
    body = (PROMPT[:-1] + ',"stream":true}').encode()
    arrived, begin = [], time.monotonic()
    with server.connect() as connection:
        connection.sendall(request_bytes(body, "connection: close\r\n"))
        while data := connection.recv(65536):
            arrived += [time.monotonic() - begin] * data.count(b'"content":')
    due = [expected.first_token_s + i / 100 for i in range(len(expected.tokens))]
    assert all(at >= wanted for at, wanted in zip(arrived, due, strict=True))
    assert len({b for a, b in pairwise(arrived) if b > a}) > 5
    assert begin + expected.whole_s <= time.monotonic()


def test_without_delays_nothing_waits() -> None:
    """Zero is zero."""
    assert answer(Settings(first_token_s=0, tokens_per_s=0)).whole_s == 0


def test_settings_come_from_the_environment_and_flags_win(start: Callable) -> None:
    """A flag beats its variable."""
    server = start("--seed", "5", LLM_SEED="4", LLM_TOKENS_PER_S="12.5")
    settings = json.loads(server.ask("GET", "/version")[2])["settings"]
    assert (settings["seed"], settings["tokens_per_s"]) == (5, 12.5)


@pytest.mark.parametrize(
    "wrong", [{"first_token_s": -1.0}, {"tokens_per_s": math.nan}, {"port": 70000}]
)
def test_settings_out_of_range_are_refused(wrong: dict) -> None:
    """The message names the setting."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Settings(**wrong)
