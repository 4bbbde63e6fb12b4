"""gunicorn's threaded worker, which answers what is not HTTP with a problem document too."""

import json

from gunicorn.http.errors import ConfigurationProblem, ParseException
from gunicorn.workers.gthread import ThreadWorker

_PROBLEM = json.dumps(
    {
        "type": "urn:bakeoff:problem:malformed",
        "title": "This is not a request that can be read",
        "status": 400,
    }
)
_ANSWER = (
    "HTTP/1.1 400 Bad Request\r\n"
    "Connection: close\r\n"
    "Content-Type: application/problem+json\r\n"
    f"Content-Length: {len(_PROBLEM)}\r\n\r\n{_PROBLEM}"
).encode("ascii")


class ProblemWorker(ThreadWorker):
    """Differs in its answer to requests that cannot be parsed, which is a page of HTML."""

    def handle_error(self, req, client, addr, exc):
        """Answers 400, or leaves to gunicorn what is not the client's fault."""
        if isinstance(exc, ConfigurationProblem) or not isinstance(exc, ParseException):
            super().handle_error(req, client, addr, exc)
            return
        try:
            client.sendall(_ANSWER)
        except OSError as error:
            self.log.debug("A client was gone before it was answered: %s", error)
