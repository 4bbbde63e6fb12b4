"""Running the suite and reading what came out."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from stacks.contract.verify import Failure, VerifyError, read_junit, run, sentence


def test_a_server_that_answers_wrongly_does_not_conform(serve, tmp_path: Path) -> None:
    """Each failure tells the test as a sentence, what was sent, what came, and the contract."""
    url = serve(lambda _method, _path: (200, "text/html", "<h1>It works!</h1>"))
    junit = tmp_path / "junit.xml"
    outcome = run(url, only_smoke=True, junit=junit)
    assert not outcome.conforms
    assert (outcome.passed, outcome.skipped, outcome.failed) == (0, 0, len(outcome.failures))
    health = next(each for each in outcome.failures if each.test == "health says ok")
    for part in ("GET /healthz", "It works!", "text/html", "The app can be used: 200 and `ok`."):
        assert part in health.message
    assert junit.is_file()


def test_where_nothing_answers_nothing_is_said_about_the_stack() -> None:
    """An address without a server is an error of the run, not a failure of the stack."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(VerifyError, match="nothing answers at"):
        run(url, only_smoke=True)


def test_the_run_ends_with_the_test_that_found_the_stack_gone() -> None:
    """A stack that stops answering is one failure, not one for every test that is left."""

    class Once(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing: a test's output is its own."""

    server = HTTPServer(("127.0.0.1", 0), Once)
    with server, ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: (server.handle_request(), server.server_close()))
        outcome = run(f"http://127.0.0.1:{server.server_port}", only_smoke=True)
    assert (outcome.passed, outcome.failed) == (0, 1)
    assert "came: nothing" in outcome.failures[0].message


def test_junit_is_read_with_skips_and_errors(tmp_path: Path) -> None:
    """Failures and errors in setup both count as failed; skipped tests do not count as passed."""
    path = tmp_path / "junit.xml"
    path.write_text(
        '<testsuites><testsuite><testcase name="test_a_b"/>'
        '<testcase name="test_c"><skipped message="why"/></testcase>'
        '<testcase name="test_d[x]"><failure message="was 500">trace</failure>'
        '<properties><property name="contract" value="It is 200."/></properties></testcase>'
        '<testcase name="test_e"><error message="setup"/></testcase></testsuite></testsuites>'
    )
    outcome = read_junit(path, duration=1.5)
    assert (outcome.passed, outcome.failed, outcome.skipped) == (1, 2, 1)
    assert outcome.duration == 1.5
    assert outcome.failures == (
        Failure(test="d (x)", message="was 500\nthe contract: It is 200."),
        Failure(test="e", message="setup"),
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [("test_a_key_is_free", "a key is free"), ("test_a_b[GET-/v1/me]", "a b (GET-/v1/me)")],
)
def test_names_read_as_sentences(name: str, expected: str) -> None:
    """A test's name is told as words, with its case in brackets."""
    assert sentence(name) == expected
