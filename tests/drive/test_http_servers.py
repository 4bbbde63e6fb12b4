"""HTTP/1.1 with the servers that stacks are made of, each with the same routes.

NGINX stands before uvicorn, as a gateway does, once plain and once with TLS.
"""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import gevent
import numpy as np
import pytest

from harness.contract import Virtualenv
from harness.drive.wire import trust
from harness.launch import node
from harness.launch.provision import provide
from stacks.components import nginx

HERE = Path(__file__).parent / "peers"
STACKS = Path(__file__).parents[2] / "stacks"
IDLE_S = 1
NGINX = """
daemon off; pid {folder}/pid; error_log stderr warn;
events {{ worker_connections 64; }}
http {{
  access_log off; keepalive_timeout {idle};
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port} {tls};
    ssl_certificate {folder}/chain.pem; ssl_certificate_key {folder}/key.pem;
    client_max_body_size 4m; proxy_request_buffering off;
    location = /port {{ return 200 $remote_port; }}
    location = /last {{ keepalive_timeout 0; return 200 bye; }}
    location / {{
      proxy_pass http://127.0.0.1:{behind}; proxy_http_version 1.1; proxy_buffering off;
    }}
  }}
}}
"""
OPENSSL = """
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=tests -keyout ca.key -out ca.pem
openssl req -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -keyout key.pem -out asked.pem
openssl x509 -req -in asked.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names \
  -out chain.pem
"""
KINDS = (
    "uvicorn-httptools", "uvicorn-h11", "gunicorn-gthread", "gunicorn-sync", "node", "nginx",
    "nginx-tls",
)  # fmt: skip


def _certify(folder):
    """Make an authority, and a certificate by it for loopback."""
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    subprocess.run(["sh", "-ec", OPENSSL], cwd=folder, check=True, capture_output=True)


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def _python(stack, program):
    lock = STACKS / stack / "backend/requirements.lock"
    return str(provide(program, (Virtualenv(lock=lock),)).bin / program)


def _command(kind, port, behind, folder):
    """Return the command of a server, and what its environment needs."""
    name, _, variant = kind.partition("-")
    at = f"127.0.0.1:{port}"
    if name == "uvicorn":
        program = [_python("primary", "uvicorn"), "--app-dir", str(HERE), "asgi:app"]
        keep = ["--timeout-keep-alive", str(IDLE_S), "--log-level", "warning"]
        return [*program, "--port", str(port), "--http", variant, *keep], {}
    if name == "gunicorn":
        program = [_python("cost_optimized", "gunicorn"), "--chdir", str(HERE), "wsgi:app"]
        how = ["-k", variant, "--threads", "4" if variant == "gthread" else "1"]
        keep = ["--keep-alive", str(IDLE_S), "--log-level", "warning", "--no-control-socket"]
        return [*program, "-b", at, *how, *keep], {}
    if name == "node":
        return [str((node.find(20) or node.fetch()).binary), str(HERE / "node.cjs"), str(port)], {}
    found = provide("nginx", nginx.SOURCES)
    _certify(folder)
    (folder / "nginx.conf").write_text(
        NGINX.format(
            folder=folder, port=port, behind=behind, idle=IDLE_S, tls="ssl" if variant else ""
        )
    )
    return [str(found.binary), "-p", str(folder), "-c", "nginx.conf"], found.env


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """Start servers by their kind, each once; return URL and folder. All end with the module."""
    running, started = [], {}

    def get(kind):
        if kind not in started:
            behind = get("uvicorn-httptools")[0].rpartition(":")[2] if "nginx" in kind else ""
            port, folder = _free_port(), tmp_path_factory.mktemp(kind)
            command, env = _command(kind, port, behind, folder)
            running.append(subprocess.Popen(command, cwd=folder, env={**os.environ, **env}))
            _await(port)
            scheme = "https" if kind.endswith("tls") else "http"
            started[kind] = (f"{scheme}://127.0.0.1:{port}", folder)
        return started[kind]

    yield get
    for process in running:
        process.terminate()
    for process in running:
        process.wait(10)


@pytest.fixture
def trusted(monkeypatch):
    """Trust the authority in a file, from now to the end of the test."""

    def use(file):
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        trust.cache_clear()

    yield use
    trust.cache_clear()


@pytest.fixture(params=KINDS)
def kind(request):
    """Name each server in turn."""
    if request.param.endswith("tls") and shutil.which("openssl") is None:
        pytest.skip("no openssl on PATH to make a certificate with")
    return request.param


@pytest.fixture
def client(kind, start, trusted, connect):
    """Make a client of each server in turn."""
    url, folder = start(kind)
    if url.startswith("https"):
        trusted(folder / "ca.pem")
    return connect(url, timeout_s=5)


def _await(port):
    for _ in range(400):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server did not start")


def _get(client, path, **more):
    answer = client.request("visit", "GET", path, **more)
    assert answer.error == ""
    return answer.body


def test_bodies_come_whole(client):
    """By length, in pieces, large, and none; twice, so that each follows on another."""
    for _ in range(2):
        assert _get(client, "/pieces") == b"one two three"
        assert _get(client, "/large") == b"0123456789abcdef" * 65_536
        assert _get(client, "/empty", status=204) == b""
        assert _get(client, "/unchanged", status=304) == b""
        assert _get(client, "/nowhere", status=404) == b"nothing here"


def test_large_bodies_are_sent(client):
    """Two megabytes arrive."""
    size = len('{"content": ""}') + 2_000_000
    sent = client.request("visit", "POST", "/echo", json={"content": "x" * 2_000_000})
    assert sent.text == str(size)


def test_an_answer_to_head_has_no_body(client):
    """And the next answer is not mistaken for it."""
    assert client.request("visit", "HEAD", "/large").body == b""
    assert _get(client, "/pieces") == b"one two three"


def test_connections_are_kept_by_servers_that_keep_them(client, kind):
    """Ten requests come from one port; gunicorn's plain worker closes after each."""
    ports = {_get(client, "/port") for _ in range(10)}
    assert len(ports) == (10 if kind == "gunicorn-sync" else 1)


@pytest.mark.parametrize("kind", [k for k in KINDS if "gunicorn" not in k], indirect=True)
def test_a_server_may_end_the_connection_with_an_answer(client):
    """It says so, and the next request uses another; gunicorn lets no app say so."""
    before, bye, after = (_get(client, path) for path in ("/port", "/last", "/port"))
    assert (bye, before != after) == (b"bye", True)


def test_a_connection_that_the_server_found_idle_too_long_is_no_failure(client, kind):
    """It closes after a second or two; what is asked then is answered on another."""
    before = _get(client, "/port")
    gevent.sleep(IDLE_S + (1.6 if kind == "node" else 0.6))
    assert _get(client, "/port") != before


def test_events_are_read_when_they_come(client):
    """Three, 50 ms apart."""
    answer = client.stream("streamMessage", "/events", json={})
    assert [(event.name, event.data) for event in answer.events] == [
        ("token", b"0"), ("token", b"1"), ("token", b"2"),
    ]  # fmt: skip
    assert np.diff([event.at for event in answer.events]) == pytest.approx([0.05] * 2, abs=0.04)


def test_early_hints_are_passed_over(start, connect):
    """Node.js sends 103 before the answer."""
    client = connect(start("node")[0])
    assert _get(client, "/hints") == _get(client, "/port")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on PATH")
def test_a_certificate_of_nobody_known_is_a_failure(start, connect, last):
    """Who serves is not believed."""
    client = connect(start("nginx-tls")[0], timeout_s=5)
    client.request("visit", "GET", "/port")
    assert "certificate verify failed" in last(client)[1]
