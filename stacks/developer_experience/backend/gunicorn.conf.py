"""gunicorn's settings; the README has the reason for each that differs from its default."""

import os
from pathlib import Path

wsgi_app = "chat:create_app()"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WORKERS", "1"))
worker_class = "chat.worker.ProblemWorker"
threads = int(os.environ.get("THREADS", "32"))
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


def post_worker_init(worker):
    """Takes up what a killed predecessor left unfinished, also when nobody sends anything."""
    worker.wsgi.extensions["indexer"].start()
