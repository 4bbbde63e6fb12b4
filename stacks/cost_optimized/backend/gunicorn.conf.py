"""gunicorn's settings; the README has the reason for each that differs from its default."""

import os
import sys
from pathlib import Path

wsgi_app = "config.wsgi:application"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WORKERS", "1"))
worker_class = "config.worker.ProblemWorker"
threads = int(os.environ.get("THREADS", "32"))
preload_app = True
keepalive = 75
timeout = 60
limit_request_line = 0
limit_request_field_size = 32 * 1024
forwarder_headers = ""
secure_scheme_headers = {}
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
loglevel = "warning"
errorlog = "-"
accesslog = None


def when_ready(server):
    """Loads what requests need, and frees the idempotency keys of a killed predecessor.

    The workers are forked next and share what is loaded here.
    """
    from django.db import DatabaseError, connections

    from chat import idempotency, llm
    from config import urls  # noqa: F401 - Django would import them with the first request

    llm.client()
    try:
        idempotency.release_all()
    except DatabaseError as error:
        server.log.error("Cannot read the database (was it migrated?): %s", error)
    # A SQLite connection must not cross a fork.
    connections.close_all()


def post_fork(server, worker):
    """Lets threads take turns every 0.5 ms: one that stores a message holds SQLite's write lock."""
    sys.setswitchinterval(0.0005)
