"""Everything that goes wrong, as problem documents (RFC 9457)."""

import enum
import logging

from django.db import OperationalError
from django.http import Http404
from rest_framework import exceptions

from .llm import ModelFailed
from .responses import json_response

logger = logging.getLogger(__name__)


class Kind(enum.Enum):
    """The contract's types of problem: the end of the URN, the status, the title."""

    MALFORMED = ("malformed", 400, "The request cannot be read")
    INVALID = ("invalid", 422, "The request does not fit")
    UNAUTHORIZED = ("unauthorized", 401, "Sign in first")
    NOT_FOUND = ("not-found", 404, "There is nothing here")
    METHOD_NOT_ALLOWED = ("method-not-allowed", 405, "This method cannot be used here")
    CONFLICT = ("conflict", 409, "This is taken or under way")
    IDEMPOTENCY_MISMATCH = ("idempotency-mismatch", 422, "This key came with another body")
    TOO_LARGE = ("too-large", 413, "The body is too large")
    UNSUPPORTED_MEDIA_TYPE = ("unsupported-media-type", 415, "The body must be application/json")
    MODEL_FAILED = ("model-failed", 502, "The language model failed")
    UNAVAILABLE = ("unavailable", 503, "The service cannot be used now")
    INTERNAL = ("internal", 500, "Something broke here")

    def __init__(self, name, status, title):
        self.urn = f"urn:bakeoff:problem:{name}"
        self.status = status
        self.title = title


class Problem(Exception):
    """A request that is refused. `errors` holds pairs of a pointer and what is wrong there."""

    def __init__(self, kind, detail="", errors=(), headers=None):
        super().__init__(detail or kind.title)
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}

    def document(self) -> dict:
        """The problem as data."""
        document = {
            "type": self.kind.urn,
            "title": self.kind.title,
            "status": self.kind.status,
        }
        if self.detail:
            document["detail"] = self.detail
        if self.errors:
            document["errors"] = [
                {"pointer": pointer, "detail": detail} for pointer, detail in self.errors
            ]
        return document

    def response(self):
        """The problem as an answer."""
        return json_response(
            self.document(),
            self.kind.status,
            content_type="application/problem+json",
            headers=self.headers,
        )


def unauthorized(detail: str) -> Problem:
    """A 401 with the challenge that belongs to it."""
    return Problem(Kind.UNAUTHORIZED, detail, headers={"WWW-Authenticate": "Bearer"})


def problem_of(error: Exception) -> Problem | None:
    """The problem that an exception means, or None for one that nobody foresaw."""
    match error:
        case Problem():
            return error
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return unauthorized(str(error.detail))
        case exceptions.MethodNotAllowed():
            return Problem(Kind.METHOD_NOT_ALLOWED)
        case Http404():
            return Problem(Kind.NOT_FOUND)
        case ModelFailed():
            logger.warning("The model failed: %s", error)
            return Problem(Kind.MODEL_FAILED, str(error))
        case OperationalError():
            logger.error("The database failed: %s", error)
            return Problem(Kind.UNAVAILABLE, "The database cannot be used now.")
    return None


def exception_handler(error, context):
    """Django REST framework's hook; None hands the error on to Django, and so to server_error."""
    problem = problem_of(error)
    return problem.response() if problem else None


def bad_request(request, exception):
    """Django's answer to a request that it mistrusts, such as one with a malformed Host."""
    return Problem(Kind.MALFORMED).response()


def page_not_found(request, exception):
    """The answer for a path that no route has."""
    return Problem(Kind.NOT_FOUND).response()


def server_error(request):
    """The answer after an exception that nobody foresaw; Django calls it while handling that."""
    logger.exception("%s %s broke", request.method, request.path)
    return Problem(Kind.INTERNAL).response()
