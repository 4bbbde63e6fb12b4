"""Bodies: what is not JSON, what does not fit, what is too large, and what must pass unchanged."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from stacks.contract.conformance.client import Api, User, messages_of

LIMIT = 64 * 1024
NOT_JSON = {
    "nothing": b"",
    "cut short": b'{"title": "x"',
    "a word": b"title",
    "single quotes": b"{'title': 'x'}",
    "more after the end": b'{"title": "x"} {}',
    "a comma too many": b'{"title": "x",}',
    "not UTF-8": b'{"title": "\xff\xfe"}',
    "UTF-16": '{"title": "x"}'.encode("utf-16"),
    "a surrogate coded in UTF-8": b'{"title": "\xed\xa0\x80"}',
    "a raw control character": b'{"title": "a\nb"}',
    "NaN": b'{"title": NaN}',
    "Infinity": b'{"title": "x", "more": -Infinity}',
}
NOT_OBJECTS = {
    "null": b"null",
    "a list": b'[{"title": "x"}]',
    "a string": b'"title"',
    "a number": b"7",
}
BAD_TITLES = {
    "empty": '""',
    "too long": json.dumps("t" * 201),
    "a number": "5",
    "true": "true",
    "null": "null",
    "a list": '["x"]',
    "an object": '{"$gt": ""}',
    "NUL": r'"a\u0000b"',
    "a lone high surrogate": r'"a\ud800b"',
    "a lone low surrogate": r'"a\udc00b"',
    "surrogates the wrong way round": r'"\udc00\ud800"',
}
BAD_STREAMS = {"a string": '"true"', "a number": "1", "null": "null", "a list": "[]"}
TEXTS = {
    "emoji": "\N{FAMILY}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4} ok",
    "right to left": "שלום עולם مرحبا \u202bx\u202c",
    "combining": "e\u0301 n\u0303 \u1e9b\u0323 (not composed)",
    "astral": "\U00020000\U0001f600\U0010fffd",
    "controls": "tab\t, bell\x07, delete\x7f, C1\x85, escape\x1b[31m",
    "line ends": "one\r\ntwo\nthree\rfour\u2028five\u2029six",
    "spaces at both ends": "  \n both ends \t ",
    "one space": " ",
    "noncharacters": "\ufffe\uffff\ufeff",
    "HTML": "<script>alert(1)</script>&amp;<b>",
    "SQL": "Robert'); DROP TABLE messages;-- \\' \" %s %(x)s {0} ${x} ?",
    "a header": "x\r\nX-Injected: 1\r\n\r\n<html>",
    "a backslash": r"\u0041 \n \\",
}


@pytest.mark.parametrize("case", NOT_JSON)
def test_a_body_that_is_not_json_is_400(user: User, case: str) -> None:
    """A body that is not JSON (RFC 8259, UTF-8) is 400."""
    user.post_raw("/v1/conversations", NOT_JSON[case]).problem(400, "malformed")


@pytest.mark.parametrize("where", ["/v1/users", "/v1/sessions"])
def test_malformed_credentials_are_400(api: Api, where: str) -> None:
    """Signing up and in tells a body that is not JSON from one that does not fit."""
    headers = {"content-type": "application/json"}
    api.request("POST", where, content=b"{", headers=headers).problem(400, "malformed")


@pytest.mark.parametrize("case", NOT_OBJECTS)
def test_json_that_is_not_an_object_is_422(user: User, case: str) -> None:
    """JSON that does not fit the schema is 422; the pointer to the whole body is empty."""
    user.post_raw("/v1/conversations", NOT_OBJECTS[case]).problem(422, "invalid", "")


@pytest.mark.parametrize("case", BAD_TITLES)
def test_a_title_that_does_not_fit_is_422(user: User, case: str) -> None:
    """A title is a string of 1 to 200 characters without U+0000 and lone surrogates."""
    body = b'{"title": %s}' % BAD_TITLES[case].encode()
    user.post_raw("/v1/conversations", body).problem(422, "invalid", "/title")


def test_a_content_that_does_not_fit_is_422(user: User) -> None:
    """A message's content is a string of 1 to 8000 characters; nothing is stored otherwise."""
    talk = user.conversation()["id"]
    for value in [*BAD_TITLES.values(), json.dumps("c" * 8001)]:
        if value != BAD_TITLES["too long"]:
            body = b'{"content": %s}' % value.encode()
            user.post_raw(messages_of(talk), body).problem(422, "invalid", "/content")
    user.post(messages_of(talk), {}).problem(422, "invalid", "/content")
    assert user.all(messages_of(talk)) == []


@pytest.mark.parametrize("case", BAD_STREAMS)
def test_stream_is_true_or_false(user: User, case: str) -> None:
    """`stream` is a boolean; what looks like one is 422."""
    body = b'{"content": "hi", "stream": %s}' % BAD_STREAMS[case].encode()
    talk = user.conversation()["id"]
    user.post_raw(messages_of(talk), body).problem(422, "invalid", "/stream")


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", None]
)
def test_another_content_type_is_415(user: User, media: str | None) -> None:
    """A content type other than `application/json`, or none, is 415."""
    headers = {"content-type": media} if media else {}
    talk = user.conversation()["id"]
    for path, body in (
        ("/v1/conversations", b'{"title": "x"}'),
        (messages_of(talk), b'{"content": "x"}'),
    ):
        answer = user.request("POST", path, content=body, headers=headers)
        answer.problem(415, "unsupported-media-type")


@pytest.mark.parametrize("where", ["/v1/users", "/v1/sessions"])
def test_credentials_of_another_content_type_are_415(api: Api, where: str) -> None:
    """Signing up and in takes `application/json` only, so no form of a foreign page."""
    body = {"name": "somebody", "password": "long-enough"}
    api.request("POST", where, data=body).problem(415, "unsupported-media-type")


@pytest.mark.parametrize("media", ["application/json; charset=utf-8", "Application/JSON"])
def test_a_content_type_with_parameters_or_capitals_is_the_same(user: User, media: str) -> None:
    """`application/json` is a media type: read in any case, with or without parameters."""
    headers = {"content-type": media}
    user.request("POST", "/v1/conversations", content=b'{"title": "x"}', headers=headers).ok(201)


def padded(size: int) -> bytes:
    """Return a body for a new conversation that is exactly `size` bytes long."""
    return b'{"title": "x"%s}' % (b" " * (size - 14))


def test_a_body_of_64_kib_fits_and_a_byte_more_does_not(user: User) -> None:
    """A body over 64 KiB is 413."""
    assert len(padded(LIMIT)) == LIMIT
    user.post_raw("/v1/conversations", padded(LIMIT)).ok(201)
    user.post_raw("/v1/conversations", padded(LIMIT + 1)).problem(413, "too-large")


def test_a_large_body_in_chunks_is_413(user: User) -> None:
    """A body over 64 KiB is 413, also when its length is not told before."""

    def chunks() -> Iterator[bytes]:
        yield from (padded(LIMIT * 2)[at : at + 4096] for at in range(0, LIMIT * 2, 4096))

    headers = {"content-type": "application/json"}
    answer = user.request("POST", "/v1/conversations", content=chunks(), headers=headers)
    answer.problem(413, "too-large")


@pytest.mark.parametrize("where", ["/v1/users", "/v1/sessions", "messages"])
def test_a_large_body_is_413_everywhere(user: User, where: str) -> None:
    """The limit of 64 KiB holds for every write."""
    path = messages_of(user.conversation()["id"]) if where == "messages" else where
    user.post_raw(path, padded(LIMIT + 1)).problem(413, "too-large")


def test_a_very_large_body_is_413_or_cut_off(base_url: str, user: User) -> None:
    """A body of megabytes is 413 as a problem document, unless the server ends the connection."""
    at = urlsplit(base_url)
    head = (
        f"POST /v1/conversations HTTP/1.1\r\nHost: {at.netloc}\r\nConnection: close\r\n"
        f"Authorization: Bearer {user.token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {32 * LIMIT}\r\n\r\n"
    )
    if at.scheme != "http":
        pytest.skip("written for plain HTTP")
    received = b""
    with socket.create_connection((at.hostname or "", at.port or 80), timeout=20) as raw:
        try:
            raw.sendall(head.encode() + padded(32 * LIMIT))
            while chunk := raw.recv(65536):
                received += chunk
        except ConnectionError:
            received = received or b"cut off"
    assert received == b"cut off" or (
        received.startswith(b"HTTP/1.1 413") and b"urn:bakeoff:problem:too-large" in received
    ), f"sent: {32 * LIMIT} bytes\ncame: {received[:400]!r}"


@pytest.mark.parametrize(
    "body", [b"[" * 30_000, b"[" * 30_000 + b"]" * 30_000, b'{"title": ' + b"9" * 6000 + b"}"]
)
def test_json_that_wears_out_a_parser_is_refused(user: User, body: bytes) -> None:
    """Deep nesting and huge numbers are input at fault (400 or 422), never a failure of the app."""
    answer = user.post_raw("/v1/conversations", body)
    if answer.status not in (400, 422):
        raise answer.breach("a body that a parser gives up on is 400 or 422")


@pytest.mark.parametrize("case", TEXTS)
def test_text_comes_back_as_it_was_sent(user: User, case: str) -> None:
    """Strings hold any Unicode text except U+0000 and lone surrogates, and pass unchanged."""
    made = user.conversation(TEXTS[case])
    assert made["title"] == TEXTS[case]
    answer = user.get(f"/v1/conversations/{made['id']}")
    assert answer.ok(200) == made
    assert "x-injected" not in answer.headers


def test_a_message_of_every_text_comes_back_as_it_was_sent(user: User) -> None:
    """What holds for titles holds for messages: as exchange, listed, and in a stream's `done`."""
    talk = user.conversation()["id"]
    text = "\n".join(TEXTS.values())
    exchange, stream = user.send(talk, text), user.stream(talk, text)
    assert exchange["question"]["content"] == stream.done["question"]["content"] == text
    listed = user.all(messages_of(talk))
    assert [each["content"] for each in listed if each["role"] == "user"] == [text, text]


def test_escapes_are_read(user: User) -> None:
    """A pair of escaped surrogates is one character."""
    body = rb'{"title": "\ud83d\ude00 \u00e9 \/ \" \\"}'
    assert user.post_raw("/v1/conversations", body).ok(201)["title"] == '\U0001f600 é / " \\'


def test_lengths_are_counted_in_characters(user: User) -> None:
    """Bounds count Unicode characters, not bytes and not UTF-16 units."""
    user.conversation("\U0001f600" * 200)
    user.post("/v1/conversations", {"title": "\U0001f600" * 201}).problem(422, "invalid", "/title")


def test_the_longest_message_fits(user: User) -> None:
    """A message has up to 8000 characters, of one word or of many, each of up to four bytes."""
    talk = user.conversation()["id"]
    for text in ("w" * 8000, "\U0001f600" * 8000):
        assert user.send(talk, text)["question"]["content"] == text


def test_unknown_members_of_a_body_are_ignored(user: User) -> None:
    """Unknown members of a body are ignored, whatever they are called."""
    body = {"title": "x", "id": "1", "message_count": 9, "__proto__": {}, "a\0b": None}
    made = user.post("/v1/conversations", body).ok(201)
    assert (made["title"], made["message_count"]) == ("x", 0)
