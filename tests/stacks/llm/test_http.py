"""HTTP/1.1 as clients of all kinds speak it."""

import json
import re
import socket
import time
from collections.abc import Callable

import pytest

BODY = b'{"model":"bakeoff-1","messages":[{"role":"user","content":"hi"}]}'
STREAM = BODY[:-1] + b',"stream":true}'
HEALTH = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"
CLOSE = b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"


def statuses(answers: bytes) -> list[int]:
    """Give the status of each answer in a row."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d\d\d) ", answers)]


def test_a_connection_is_kept(server) -> None:
    """Requests follow each other on one connection until it is asked to close."""
    with server.connect() as connection:
        for _ in range(3):
            connection.sendall(HEALTH)
            assert statuses(connection.recv(4096)) == [200]
        connection.sendall(CLOSE)
        assert b"connection: close\r\n" in connection.recv(4096)
        assert connection.recv(1) == b""


def test_pipelined_requests_are_answered_in_order(start: Callable, request_bytes: Callable) -> None:
    """A slow answer holds back the quick ones behind it."""
    server = start("--first-token-s", "0.1", "--tokens-per-s", "0")
    sent = request_bytes(BODY) + request_bytes(STREAM) + HEALTH * 50
    answers = server.exchange(sent + b"GET /nowhere HTTP/1.1\r\nconnection: close\r\n\r\n")
    assert statuses(answers) == [200] * 52 + [404]
    places = [answers.index(mark) for mark in (b'"chat.completion"', b"[DONE]", b'{"status"')]
    assert places == sorted(places)


def test_a_chunked_request_body_is_read(server) -> None:
    """The body is what the chunks make."""
    chunks = b"%x\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (9, BODY[:9], len(BODY) - 9, BODY[9:])
    head = b"POST /v1/chat/completions HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"
    assert statuses(server.exchange(head + chunks + CLOSE)) == [200, 200]


def test_a_request_may_come_byte_by_byte(server, request_bytes: Callable) -> None:
    """Borders between packets mean nothing."""
    with server.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in request_bytes(BODY):
            connection.sendall(bytes([byte]))
        assert statuses(connection.recv(4096)) == [200]


def test_a_client_that_expects_100_is_told_to_continue(server, request_bytes: Callable) -> None:
    """The body is asked for before it is sent."""
    request = request_bytes(BODY, "expect: 100-continue\r\n")
    with server.connect() as connection:
        connection.sendall(request[: -len(BODY)])
        assert connection.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(BODY)
        assert statuses(connection.recv(4096)) == [200]


def test_an_unknown_expectation_is_refused(server, request_bytes: Callable) -> None:
    """417, as the standard says."""
    assert statuses(server.exchange(request_bytes(BODY, "expect: magic\r\n"))) == [417]


def test_head_has_the_head_of_get(server) -> None:
    """The same headers, no body."""
    get, head = server.ask("GET", "/v1/models"), server.ask("HEAD", "/v1/models")
    assert head[2] == b""
    assert head[0] == 200
    assert head[1]["content-length"] == get[1]["content-length"] == str(len(get[2]))


def test_a_body_over_the_limit_is_refused_unread(start: Callable, request_bytes: Callable) -> None:
    """The answer arrives although the client is still sending."""
    server = start("--max-body-bytes", "1000")
    answer = server.exchange(request_bytes(b" " * 5_000_000)[:2_000_000])
    assert statuses(answer) == [413]
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["type"] == "invalid_request_error"


def test_a_chunked_body_over_the_limit_is_refused(start: Callable) -> None:
    """No announced length is needed to see it."""
    server = start("--max-body-bytes", "1000")
    head = b"POST /v1/chat/completions HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"
    assert statuses(server.exchange(head + b"800\r\n" + b" " * 2048 + b"\r\n")) == [413]


def test_a_large_body_within_the_limit_is_read(server) -> None:
    """A long conversation is no trouble."""
    answer = server.chat("word " * 500_000)
    assert answer["usage"]["prompt_tokens"] == 500_000


def test_an_endless_head_is_refused(server) -> None:
    """Headers have a limit too."""
    sent = b"GET /healthz HTTP/1.1\r\nx: " + b"a" * 100_000
    assert statuses(server.exchange(sent)) == [431]


def test_what_is_not_http_is_refused(server) -> None:
    """A sentence in the shape of the API, then the end."""
    answer = server.exchange(b"hello there\r\n\r\n")
    assert statuses(answer) == [400]
    assert b"not proper HTTP" in answer


def test_a_broken_request_does_not_spoil_the_one_before(server) -> None:
    """What came first is answered first."""
    assert statuses(server.exchange(HEALTH + b"\x00\x01\r\n\r\n")) == [200, 400]


def test_an_offer_to_upgrade_is_passed_over(server, request_bytes: Callable) -> None:
    """Clients that offer HTTP/2 in clear text get their answer in HTTP/1.1."""
    offer = "connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n"
    sent = request_bytes(BODY, offer)
    assert statuses(server.exchange(sent + sent + CLOSE)) == [200, 200, 200]


def test_connect_is_refused(server) -> None:
    """The server is no proxy."""
    assert statuses(server.exchange(b"CONNECT x:80 HTTP/1.1\r\nhost: x\r\n\r\n")) == [400]


def test_http_1_0_is_answered_without_chunks(server, request_bytes: Callable) -> None:
    """A stream ends where the connection does."""
    head, _, body = server.exchange(request_bytes(STREAM, version="1.0")).partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in head
    assert body.startswith(b"data: {")
    assert body.endswith(b"data: [DONE]\n\n")


def test_http_1_0_can_keep_the_connection(server) -> None:
    """It must ask, and is told."""
    with server.connect() as connection:
        for _ in range(2):
            connection.sendall(b"GET /healthz HTTP/1.0\r\nconnection: keep-alive\r\n\r\n")
            assert b"connection: keep-alive\r\n" in connection.recv(4096)


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/nowhere", 404, None),
        ("GET", "/v1/models/none", 404, None),
        ("GET", "/v1/chat/completions", 405, "POST"),
        ("POST", "/healthz", 405, "GET, HEAD"),
        ("GET", "/healthz?deep=1", 200, None),
    ],
)
def test_paths_and_methods_are_known(server, method, path, status, allow) -> None:
    """404 for what is not there, 405 with the methods that are."""
    got, headers, _ = server.ask(method, path)
    assert (got, headers.get("allow")) == (status, allow)


def test_a_target_may_be_a_whole_url(server) -> None:
    """As a proxy sends it."""
    sent = b"GET http://x/healthz?a=b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    assert statuses(server.exchange(sent)) == [200]


def test_a_client_that_does_not_read_is_waited_for(
    start: Callable, request_bytes: Callable
) -> None:
    """The server stops answering instead of piling answers up, and goes on when read again."""
    server = start("--first-token-s", "0", "--tokens-per-s", "0")
    count = 4000
    with server.connect() as connection:
        connection.setblocking(False)
        waiting = memoryview(request_bytes(STREAM) * count)
        stuck = _push(connection, waiting)
        answered = server.stats()["answered"]
        assert answered < count
        connection.settimeout(10)
        ended = 0
        tail = b""
        while ended < count:
            if stuck:
                connection.setblocking(False)
                stuck = _push(connection, stuck)
                connection.settimeout(10)
            data = tail + connection.recv(1 << 20)
            ended += data.count(b"data: [DONE]\n\n")
            tail = data[-13:]
    server.until("answered", count)


def _push(connection: socket.socket, data: memoryview) -> memoryview:
    """Send until the other side takes no more for a moment; give what is left."""
    last = time.monotonic()
    while data and time.monotonic() - last < 0.3:
        try:
            data = data[connection.send(data) :]
            last = time.monotonic()
        except BlockingIOError:
            time.sleep(0.01)
    return data
