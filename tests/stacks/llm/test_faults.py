"""Faults on request, and the counters that an audit reads."""

import json
import time
from collections.abc import Callable

import pytest

STREAM = {"model": "bakeoff-1", "stream": True, "messages": [{"role": "user", "content": "hi"}]}


def body(text: str, *, stream: bool = False) -> bytes:
    """Give a call's JSON."""
    return json.dumps(
        STREAM | {"stream": stream, "messages": [{"role": "user", "content": text}]}
    ).encode()


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("status", [500, 429, 503])
def test_a_prompt_can_make_the_model_fail(server, status: int, stream: bool) -> None:  # noqa: FBT001
    """The status is the one that the prompt names; a stream does not even begin."""
    text = body(f"please [[fail:{status}]] now", stream=stream)
    got, headers, answer = server.ask("POST", "/v1/chat/completions", text)
    assert got == status
    assert headers["content-type"] == "application/json"
    assert "error" in json.loads(answer)


def test_only_the_last_message_can_ask_for_a_fault(server) -> None:
    """A conversation goes on after a fault in its past."""
    messages = [{"role": "user", "content": t} for t in ("[[fail:500]]", "and now?")]
    assert server.chat("", messages=messages)["choices"]


def test_a_cut_stream_ends_without_its_end(server, request_bytes: Callable) -> None:
    """Some tokens come, then the connection closes."""
    answer = server.exchange(request_bytes(body("[[cut]]", stream=True)))
    assert b'"content":' in answer
    assert b"[DONE]" not in answer
    assert not answer.endswith(b"0\r\n\r\n")


def test_a_cut_whole_answer_is_shorter_than_announced(server, request_bytes: Callable) -> None:
    """Half of the body comes, then the connection closes."""
    head, _, half = server.exchange(request_bytes(body("[[cut]]"))).partition(b"\r\n\r\n")
    length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
    assert len(half) == length // 2


def test_a_hanging_model_answers_nothing(server, request_bytes: Callable) -> None:
    """Not a byte comes until the client gives up."""
    with server.connect() as connection:
        connection.settimeout(0.3)
        connection.sendall(request_bytes(body("[[hang]]")))
        with pytest.raises(TimeoutError):
            connection.recv(1)


def test_a_client_that_leaves_stops_its_stream(start: Callable, request_bytes: Callable) -> None:
    """The stream is open while it is read, and counted as aborted afterwards."""
    server = start("--first-token-s", "0", "--tokens-per-s", "5")
    with server.connect() as connection:
        connection.sendall(request_bytes(json.dumps(STREAM).encode()))
        connection.recv(100)
        server.until("open_streams", 1)
    server.until("open_streams", 0)
    assert server.stats()["aborted"] == 1


def test_a_client_that_leaves_before_a_whole_answer_is_counted(
    start: Callable, request_bytes: Callable
) -> None:
    """Its call is aborted, not answered."""
    server = start("--first-token-s", "30")
    with server.connect() as connection:
        connection.sendall(request_bytes(body("slow")))
        server.until("calls", 1)
    server.until("aborted", 1)
    assert server.stats()["answered"] == 0


def test_every_call_is_counted_once(start: Callable) -> None:
    """Calls are answered + failed + aborted; refusals and probes are apart."""
    server = start("--first-token-s", "0", "--tokens-per-s", "0")
    usage = server.chat("one")["usage"]
    server.events("one")
    server.ask("POST", "/v1/chat/completions", body("[[fail:500]]"))
    server.ask("POST", "/v1/chat/completions", b"{")
    server.chat("probe", model="bakeoff-probe")
    stats = server.stats()
    counted = ("calls", "streams", "answered", "failed", "aborted", "probe_calls", "refused")
    assert [stats[name] for name in counted] == [3, 1, 2, 1, 0, 1, 1]
    assert stats["completion_tokens"] == 2 * usage["completion_tokens"]
    assert stats["prompt_tokens"] == 2


def test_a_stop_lets_an_answer_end(start: Callable, request_bytes: Callable, rest) -> None:
    """An answer under way is finished before the server goes; an idle connection is closed."""
    server = start("--first-token-s", "0.3", "--first-token-sigma", "0", "--tokens-per-s", "0")
    with server.connect() as idle, server.connect() as busy:
        busy.sendall(request_bytes(body("last words")))
        server.until("calls", 1)
        server.process.terminate()
        assert rest(idle) == b""
        assert b'"finish_reason":"stop"' in rest(busy)
    assert server.process.wait(5) == 0


def test_a_stop_does_not_wait_for_a_hanging_call(start: Callable, request_bytes: Callable) -> None:
    """After a grace of two seconds the server goes all the same."""
    server = start()
    with server.connect() as connection:
        connection.sendall(request_bytes(body("[[hang]]")))
        server.until("calls", 1)
        begin = time.monotonic()
        server.process.terminate()
        assert server.process.wait(10) == 0
    assert time.monotonic() - begin < 5
