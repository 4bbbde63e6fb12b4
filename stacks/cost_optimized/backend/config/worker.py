"""gunicorn's threaded worker, with the contract's form for what gunicorn itself refuses."""

import json

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


class ProblemWorker(ThreadWorker):
    """A threaded worker that answers an unreadable request with a problem document."""

    def handle_error(self, req, client, addr, exc):
        """Answers 400 where gunicorn would send a page of HTML."""
        if not isinstance(exc, ParseException) or isinstance(exc, ConfigurationProblem):
            super().handle_error(req, client, addr, exc)
            return
        try:
            write_nonblock(client, _ANSWER)
        except OSError as error:
            self.log.debug("The client went away: %s", error)
