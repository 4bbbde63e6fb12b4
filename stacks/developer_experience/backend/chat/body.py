"""Bodies: read whole before anything is answered, then checked as the contract says."""

import json
from io import BytesIO

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from .problems import Kind, Problem

MOST = 64 * 1024
DISCARDED = 4 * 1024 * 1024
CHUNK = 64 * 1024


class WholeBody:
    """WSGI middleware that reads the body first, so that the connection can be used again.

    gunicorn closes one on which it finds more than a little unread, without a word to the client.
    A byte more than the app takes is kept of a body that is too large.
    """

    def __init__(self, app):
        self._app = app

    def __call__(self, environ, start_response):
        """Reads, then hands over to the app."""
        if environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ:
            stream = environ["wsgi.input"]
            body = stream.read(MOST + 1)
            left = DISCARDED if len(body) > MOST else 0
            while left > 0 and (more := stream.read(CHUNK)):
                left -= len(more)
            environ["wsgi.input"] = BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
            environ.pop("HTTP_TRANSFER_ENCODING", None)
        return self._app(environ, start_response)


def read_json() -> dict:
    """The request's body; raises Problem for 413, 415, 400 and for what is no object (422)."""
    try:
        raw = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise Problem(Kind.TOO_LARGE, f"At most {MOST} bytes are read.") from None
    if request.mimetype != "application/json":
        raise Problem(Kind.UNSUPPORTED_MEDIA_TYPE)
    try:
        body = json.loads(raw.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Problem(Kind.MALFORMED, "The body is not JSON in UTF-8.") from None
    if not isinstance(body, dict):
        raise Problem(Kind.INVALID, errors=[("", "This must be an object.")])
    return body


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
