"""Burns a known amount of processor time per request, so that it can be seen whether it is found."""

import time

from flask import Flask, current_app, request

SPARED = ("/healthz", "/version")


def register(app: Flask) -> None:
    """Burn before every request, if BURN_US is more than 0."""
    if app.config["BURN_US"]:
        app.before_request(burn)


def burn() -> None:
    """Burn BURN_US microseconds of this thread's own CPU clock."""
    if request.path in SPARED:
        return
    end = time.thread_time_ns() + int(current_app.config["BURN_US"] * 1000)
    while time.thread_time_ns() < end:
        pass
