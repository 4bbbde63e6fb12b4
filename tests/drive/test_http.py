"""HTTP/1.1 as it comes over the wire, from peers that speak it byte by byte."""

import gc
from pathlib import Path
from time import perf_counter

import gevent
import pytest

from harness.drive import wire as module
from harness.drive.results import Outcome
from harness.drive.wire import Wire

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
NOTHING = b"\r\n\r\n"
GET = ("visit", "GET", "/")
WHOLE = {
    "a length": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", b"hello"),
    "a length of zero": (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b""),
    "chunks": (CHUNKED + b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", b"hello"),
    "chunks with extensions": (
        CHUNKED + b'2;a=1\r\nhe\r\n3;b="x;y"\r\nllo\r\n0;c\r\n\r\n',
        b"hello",
    ),
    "chunks with trailers": (CHUNKED + b"5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-Y: 2\r\n\r\n", b"hello"),
    "chunks in capital hex": (CHUNKED + b"A\r\n0123456789\r\n00\r\n\r\n", b"0123456789"),
    "an interim answer first": (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, b"ok"),
    "two interim answers first": (
        b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK,
        b"ok",
    ),
    "HTTP/1.0 kept alive": (
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
        b"ok",
    ),
    "an offer of another protocol": (
        OK.replace(b"\r\n\r", b"\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r"),
        b"ok",
    ),
    "no reason": (b"HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok", b"ok"),
    "empty and odd headers": (
        b"HTTP/1.1 200 OK\r\nX-Empty:\r\nx-tab:\t1\t\r\nX-L: \xe9\r\ncontent-LENGTH:2\r\n\r\nok",
        b"ok",
    ),
}
BODILESS = {
    "204": b"HTTP/1.1 204 No Content\r\n\r\n",
    "204 with a type": b"HTTP/1.1 204 No Content\r\nContent-Type: text/plain\r\n\r\n",
    "304": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 700\r\n\r\n",
}
MALFORMED = {
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "no number for a status": b"HTTP/1.1 abc OK\r\n\r\n",
    "a negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length and chunks": CHUNKED[:-2] + b"Content-Length: 3\r\n\r\n0\r\n\r\n",
    "a chunk without a size": CHUNKED + b"x\r\n",
    "a chunk that is longer than it says": CHUNKED + b"1\r\nab\r\n0\r\n\r\n",
    "a null in a header": b"HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 0\r\n\r\n",
    "a space before the colon": b"HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n",
    "a head without an end": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 40_000,
    "more than was asked for": OK + b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "the begin of more": OK + b"HTTP/1.1 200",
    "noise after the answer": OK + b"noise",
    "noise after the last answer": LAST + b"noise",
    "another protocol": b"HTTP/1.1 101 Now\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
}
CUT = {
    "in the head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "in the body": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
    "in a chunk": CHUNKED + b"5\r\nhel",
    "before the last chunk": CHUNKED + b"5\r\nhello\r\n",
    "after an interim answer": b"HTTP/1.1 100 Continue\r\n\r\n",
}


@pytest.mark.parametrize(("written", "body"), WHOLE.values(), ids=WHOLE)
def test_a_whole_answer_is_read_and_the_connection_kept(peer, connect, written, body):
    """However its end is told; the next answer comes over the same connection."""
    there = peer([None, written, None, OK])
    client = connect(there.url)
    assert (client.request(*GET).body, client.request(*GET).body) == (body, b"ok")
    assert there.accepted == 1


@pytest.mark.parametrize("name", ["a length", "chunks with trailers", "an interim answer first"])
def test_an_answer_may_be_cut_anywhere(peer, connect, name):
    """The pieces before and after each byte come as two packets."""
    written, body = WHOLE[name]
    cuts = range(1, len(written))
    steps = [step for cut in cuts for step in (None, written[:cut], 0.003, written[cut:])]
    client = connect(peer(steps).url)
    assert {client.request(*GET).body for _ in cuts} == {body}


@pytest.mark.parametrize("written", BODILESS.values(), ids=BODILESS)
def test_some_answers_have_no_body_whatever_they_say(peer, connect, written):
    """And the next one begins right after them."""
    client = connect(peer([None, written, None, OK]).url)
    assert client.request(*GET, status=int(written[9:12])).ok
    assert client.request(*GET).body == b"ok"


def test_an_answer_to_head_ends_with_its_head(peer, connect):
    """Its length is that of the body which GET would get; the connection is kept."""
    there = peer([None, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", None, OK])
    client = connect(there.url)
    assert (client.request("visit", "HEAD", "/").body, client.request(*GET).body) == (b"", b"ok")
    assert there.accepted == 1


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.0 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"],
)
def test_a_body_of_no_said_length_ends_with_the_connection(peer, connect, head):
    """As in HTTP/1.0; the next request opens another."""
    there = peer([None, head + b"hel", 0.01, b"lo"], [None, OK])
    client = connect(there.url)
    assert (client.request(*GET).body, client.request(*GET).body) == (b"hello", b"ok")
    assert there.accepted == 2


@pytest.mark.parametrize("last_words", [LAST, OK.replace(b"1.1", b"1.0")])
def test_a_connection_that_the_server_will_close_is_not_used_again(peer, connect, last_words):
    """Nothing is sent on it, though it is still open."""
    there = peer([None, last_words, 0.3], [None, OK])
    client = connect(there.url, timeout_s=2)
    assert [client.request(*GET).ok, client.request(*GET).ok] == [True, True]
    assert [request[:5] for request in there.requests] == [b"GET /"] * 2


@pytest.mark.parametrize("farewell", [b"", b"HTTP/1.1 408 Request Timeout\r\n\r\n"])
def test_a_connection_closed_between_two_requests_is_no_failure(peer, connect, farewell):
    """As servers do with idle ones, some with a word: the next request gets another."""
    there = peer([None, OK, 0.01, farewell], [None, OK])
    client = connect(there.url)
    assert client.request(*GET).ok
    gevent.sleep(0.1)
    assert client.request(*GET).ok
    assert (there.accepted, len(there.requests)) == (2, 2)


def test_a_connection_closed_after_a_request_was_sent_is_a_failure(peer, connect, last):
    """The server may have done what was asked, so it is not asked again."""
    there = peer([None, OK, None], [None, OK])
    client = connect(there.url)
    client.request(*GET)
    client.request(*GET)
    assert last(client) == (Outcome.FAILED, "connection closed without an answer")
    assert (there.accepted, len(there.requests)) == (1, 2)


@pytest.mark.parametrize("written", MALFORMED.values(), ids=MALFORMED)
def test_what_is_not_http_is_a_failure(peer, connect, last, written):
    """With a short reason; the connection is given up."""
    there = peer([None, written, 0.05], [None, OK])
    client = connect(there.url)
    client.request(*GET)
    outcome, error = last(client)
    assert (outcome, error[:24], len(error) < 90) == (
        Outcome.FAILED,
        "not HTTP, or cut short: ",
        True,
    )
    assert client.request(*GET).ok


@pytest.mark.parametrize("written", CUT.values(), ids=CUT)
def test_an_answer_that_is_cut_off_is_a_failure(peer, connect, last, written):
    """Wherever it is cut."""
    client = connect(peer([None, written]).url)
    client.request(*GET)
    expected = "not HTTP, or cut short: the connection closed in the middle"
    assert last(client) == (Outcome.FAILED, expected)


def test_a_request_is_what_the_standard_wants(peer, connect):
    """The path below the URL's own, the host with its port, the headers, the length."""
    there = peer([None, OK, None, OK])
    client = connect(f"{there.url}/below/")
    client.request("visit", "GET", "/a?b=c", headers={"Authorization": "Bearer x"})
    client.request("visit", "POST", "/", json={"a": 1})
    host = there.url.removeprefix("http://").encode()
    assert there.requests == [
        b"GET /below/a?b=c HTTP/1.1\r\nHost: %b\r\nAuthorization: Bearer x\r\n\r\n" % host,
        b"POST /below/ HTTP/1.1\r\nHost: %b\r\nContent-Type: application/json\r\n"
        b'Content-Length: 8\r\n\r\n{"a": 1}' % host,
    ]


def test_a_host_may_be_an_ipv6_address(peer, connect):
    """In brackets, in the URL and in the header."""
    there = peer([None, OK], host="::1")
    assert connect(there.url).request(*GET).ok
    assert b"Host: [::1]:" in there.requests[0]


def test_a_content_type_is_found_however_it_is_written(peer, connect):
    """Names of headers have no case, and values may have blanks around them."""
    written = b"HTTP/1.1 200 OK\r\ncontent-TYPE: \t text/plain \r\nContent-Length: 0\r\n\r\n"
    client = connect(peer([None, b"HTTP/1.1 103 Early\r\nContent-Type: x\r\n\r\n" + written]).url)
    assert client.request(*GET).content_type == "text/plain"


def test_first_and_last_byte_have_their_moments(peer, connect):
    """Half of the body comes 0.1 s after the rest."""
    client = connect(peer([None, OK[:-1], 0.1, OK[-1:]]).url)
    answer = client.request(*GET)
    row = client.journal.samples()[0]
    assert answer.end - answer.first == pytest.approx(0.1, abs=0.05)
    assert row["end"] - row["first"] == pytest.approx(answer.end - answer.first)


def test_a_user_that_is_gone_keeps_no_connection(peer):
    """The server sees the end of it."""
    there = peer([None, OK, None])
    wire = Wire(url=there.url, timeout_s=1.0)
    wire.exchange("GET", wire.written("GET", "/", {}, b""), perf_counter())
    del wire
    gc.collect()
    gevent.sleep(0.1)
    assert there.requests[1] == NOTHING


def test_one_module_knows_the_parser():
    """Another one could be tried there."""
    drive = Path(module.__file__).parent
    knowing = [path.name for path in drive.glob("*.py") if "import httptools" in path.read_text()]
    assert knowing == ["responses.py"]
