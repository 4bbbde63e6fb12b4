"""A results database of each kind, PostgreSQL by a server of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from example_trials import PASSWORD, RUN
from harness.errors import LaunchFailed
from harness.launch.provision import provide
from harness.store import Store
from stacks.components.postgresql import SOURCES


@pytest.fixture(scope="session")
def postgresql():
    """Yield the URL of a PostgreSQL of its own, or skip where none can be had."""
    try:
        provided = provide("postgresql", SOURCES)
    except LaunchFailed as fault:
        pytest.skip(str(fault))
    folder, environment = provided.bin, os.environ | provided.env
    as_user = {"user": "nobody"} if os.geteuid() == 0 else {}
    home = Path(tempfile.mkdtemp(prefix="bakeoff-test-pg-"))
    if as_user:
        shutil.chown(home, "nobody")
    secret = home / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    data, log = home / "data", (home / "log").open("wb")
    subprocess.run(
        [folder / "initdb", "-D", data, "-U", "bench", "-A", "scram-sha-256", "--no-sync",
         "--pwfile", secret, "-E", "UTF8", "--no-locale"],
        check=True, stdout=log, stderr=log, cwd=home, env=environment, **as_user,
    )  # fmt: skip
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [folder / "postgres", "-D", data, "-p", str(port), "-k", home, "-c", "fsync=off",
         "-c", "listen_addresses=127.0.0.1"],
        stdout=log, stderr=log, cwd=home, env=environment, **as_user,
    )  # fmt: skip
    login = f"bench:{PASSWORD}@127.0.0.1:{port}"
    try:
        _wait_for(f"postgresql://{login}/postgres", server)
        yield f"postgresql+psycopg://{login}/"
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait(30)
        log.close()
        shutil.rmtree(home)


def _wait_for(url, server):
    for _ in range(200):
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            assert server.poll() is None, "PostgreSQL ended while starting"
            time.sleep(0.1)
        else:
            return


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """Yield the URL of an empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new/results.db"
        return
    found = request.getfixturevalue("postgresql") + "postgres"
    with psycopg.connect(found.replace("+psycopg", "")) as admin:
        admin.execute("DROP TABLE IF EXISTS bakeoff_records, bakeoff_runs, bakeoff_schema")
    yield found


@pytest.fixture
def store(url):
    """Yield an open store that holds the run r1."""
    with Store.open(url) as opened:
        opened.begin(RUN)
        yield opened
