"""The official client works with the server; skipped where it is not installed."""

import pytest

openai = pytest.importorskip("openai", reason="the official client is not installed")
MESSAGES = [{"role": "user", "content": "hello"}]


@pytest.fixture(scope="module")
def client(server):
    """Give the official client."""
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="any", max_retries=0) as made:
        yield made


def test_whole_and_streamed_answers_agree(client) -> None:
    """Text and usage are the same."""
    whole = client.chat.completions.create(model="bakeoff-1", messages=MESSAGES)
    chunks = list(
        client.chat.completions.create(
            model="bakeoff-1",
            messages=MESSAGES,
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == whole.choices[0].message.content
    assert chunks[-1].usage == whole.usage


@pytest.mark.parametrize(
    ("text", "error"),
    [("[[fail:500]]", "InternalServerError"), ("[[fail:429]]", "RateLimitError")],
)
def test_faults_become_the_clients_errors(client, text: str, error: str) -> None:
    """The client tells them apart."""
    with pytest.raises(getattr(openai, error)):
        client.chat.completions.create(
            model="bakeoff-1", messages=[{"role": "user", "content": text}]
        )
