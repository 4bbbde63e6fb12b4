"""Locustfiles of others: Locust's own users, with the corrected percentiles."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from harness.drive import drive
from harness.drive.results import Outcome
from harness.launch.provision import provide
from stacks.components import nginx

USERS, EACH_A_SECOND, RUN_S, STALL_S = 10, 20, 12.0, 2.0
HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CONF = """
daemon off; master_process off; pid {folder}/pid; error_log stderr warn;
events {{ worker_connections 64; }}
http {{
  access_log off; keepalive_requests 1000000;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; location / {{ return 200 ok; }} }}
}}
"""


@pytest.fixture
def server(tmp_path, free_port):
    """Run NGINX as a single process, which can be stopped."""
    found = provide("nginx", nginx.SOURCES)
    (tmp_path / "nginx.conf").write_text(CONF.format(folder=tmp_path, port=free_port))
    command = [str(found.binary), "-p", str(tmp_path), "-c", "nginx.conf"]
    process = subprocess.Popen(command, env={**os.environ, **found.env})
    yield process, f"http://127.0.0.1:{free_port}"
    process.kill()
    process.wait()


def _seen(done):
    """Return the outcomes and error texts by endpoint."""
    samples = done.read_samples()
    return {
        done.endpoints[endpoint]: {
            (Outcome(row["outcome"]).name, done.errors[row["error"]])
            for row in samples[samples["endpoint"] == endpoint]
        }
        for endpoint in set(samples["endpoint"])
    }


def test_requests_of_others_are_noted_as_locust_judges_them(serve, job):
    """By their names, from both of Locust's clients: 4xx, 5xx and what the user says."""
    done = drive(job(serve().url, locustfile=HERE / "foreign_locustfile.py", slices=[(0, 1.5)]))
    assert done.faults == {}
    assert _seen(done) == {
        "usual": {("ANSWERED", "")},
        "missing": {("WRONG", "status 404")},
        "broken": {("FAILED", "status 503")},
        "judged": {("WRONG", "not what I like")},
        "forgiven": {("ANSWERED", "")},
    }
    assert set(done.read_samples()["user"]) == {0, 1, 2, 3}


def test_others_send_in_the_slices_of_their_stack_alone(serve, job):
    """Two stacks by turns; nothing is sent to one in the slice of the other."""
    plan = job(
        serve().url,
        serve().url,
        locustfile=HERE / "foreign_locustfile.py",
        slices=[(n % 2, 0.3) for n in range(6)],
    )
    done = drive(plan)
    samples = done.read_samples()
    assert set(samples["stack"]) == {0, 1}
    for one in done.slices:
        sent = samples["sent"][samples["slice"] == one.index]
        assert ((sent >= one.start) & (sent <= one.drained)).all()


def test_others_follow_the_arrivals_of_an_open_load(serve, job):
    """Whatever their own waits: a hundred a second for a second, all sent."""
    plan = job(
        serve().url, locustfile=HERE / "paced_locustfile.py", model="open", rate=100.0,
        arrivals="constant", slices=[(0, 1.0)],
    )  # fmt: skip
    samples = drive(plan).read_samples()
    assert (len(samples), set(samples["outcome"])) == (100, {Outcome.ANSWERED})
    assert np.diff(np.sort(samples["due"])) == pytest.approx([0.01] * 99, abs=1e-6)


def test_others_whose_server_is_gone_fail_without_haste(free_port, job):
    """Four users who are refused try at most 20 times a second each."""
    done = drive(job(f"http://127.0.0.1:{free_port}", locustfile=HERE / "foreign_locustfile.py"))
    samples = done.read_samples()
    assert set(samples["outcome"]) <= {Outcome.FAILED, Outcome.WRONG, Outcome.ANSWERED}
    assert len(samples) <= 4 * 12
    assert any("ConnectionRefusedError" in error for error in done.errors)


def _freeze(process):
    """Stop the server for a while."""
    process.send_signal(signal.SIGSTOP)
    time.sleep(STALL_S)
    process.send_signal(signal.SIGCONT)


def _by_hand(url):
    """Start the same users under Locust itself, until told to end."""
    command = [
        sys.executable, "-m", "locust", "-f", str(HERE / "paced_locustfile.py"), "--host", url,
        "--headless", "--users", str(USERS), "--spawn-rate", str(USERS), "--json",
    ]  # fmt: skip
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def _p99_of_locust(by_hand):
    """End it, and return what its own statistics say, in seconds."""
    by_hand.terminate()
    (entry,) = json.loads(by_hand.communicate()[0])
    times = [float(ms) for ms, count in entry["response_times"].items() for _ in range(count)]
    return np.percentile(times, 99) / 1e3


def test_a_stall_is_in_the_percentiles_of_others(server, job):
    """NGINX stands still for 2 s: p99 is at least 1.7 s, where Locust itself says far less.

    What was due meanwhile is sent afterwards, so as many are sent as the pacing asks for.
    """
    process, url = server
    plan = job(
        url, locustfile=HERE / "paced_locustfile.py", users=USERS, slices=[(0, 3.0), (0, RUN_S)],
        request_timeout_s=30.0,
    )  # fmt: skip

    def stall(progress):
        if progress.slice == 0:
            threading.Timer(STALL_S, _freeze, [process]).start()

    with _by_hand(url) as by_hand:
        samples = drive(plan, progress=stall).read_samples()
        of_locust = _p99_of_locust(by_hand)
    samples = samples[samples["slice"] == 1]
    response = np.percentile(samples["end"] - samples["due"], 99)
    service = np.percentile(samples["end"] - samples["sent"], 99)
    assert len(samples) == pytest.approx(USERS * EACH_A_SECOND * RUN_S, rel=0.02)
    assert response >= 1.7
    assert max(service, of_locust) < 0.5
