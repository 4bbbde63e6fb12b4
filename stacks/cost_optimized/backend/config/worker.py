"""gunicorn's threaded worker, with the contract's form for what gunicorn itself refuses.

It also keeps to its word about connections. gunicorn reads 64 KiB at most of a body that the app
left unread, and then closes a connection that it has just promised to keep.
"""

import json
import time

from gunicorn.http.body import LengthReader
from gunicorn.http.errors import ConfigurationProblem, ParseException
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

_BODY = json.dumps(
    {
        "type": "urn:bakeoff:problem:malformed",
        "title": "The request cannot be read",
        "status": 400,
        "detail": "Its first line, its headers or its framing do not fit HTTP or are too long.",
    }
).encode("ascii")
_ANSWER = (
    b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_BODY), _BODY)
)
# Four times what the gateway lets through, so that it never finds a connection closed.
MAX_DISCARDED = 4 * 1024 * 1024
DISCARD_SECONDS = 5.0


class ProblemWorker(ThreadWorker):
    """A threaded worker that answers an unreadable request with a problem document."""

    def handle_request(self, req, conn):
        """Reads what the app left of the body; first announces the end where that may be a lot."""
        reader = req.body.reader
        measured = isinstance(reader, LengthReader)
        if not measured or reader.length > MAX_DISCARDED:
            req.force_close()
        keep = super().handle_request(req, conn)
        if measured and reader.length == 0:
            return keep
        deadline = time.monotonic() + DISCARD_SECONDS
        try:
            return conn.parser.finish_body(deadline=deadline, max_bytes=MAX_DISCARDED) and keep
        except (OSError, ParseException):
            return False

    def handle_error(self, req, client, addr, exc):
        """Answers 400 where gunicorn would send a page of HTML."""
        if not isinstance(exc, ParseException) or isinstance(exc, ConfigurationProblem):
            super().handle_error(req, client, addr, exc)
            return
        try:
            write_nonblock(client, _ANSWER)
        except OSError as error:
            self.log.debug("The client went away: %s", error)
