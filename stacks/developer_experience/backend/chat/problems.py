"""Everything that goes wrong, as problem documents (RFC 9457)."""

import enum
import logging

from elasticsearch import ApiError, TransportError
from flask import Flask, Response, json
from pydantic import ValidationError
from pymongo.errors import PyMongoError
from werkzeug.exceptions import HTTPException

from .llm import ModelFailed

logger = logging.getLogger(__name__)


class Kind(enum.Enum):
    """The contract's types of problem: status and title, under the end of the URN."""

    MALFORMED = "malformed", 400, "This is not a request that can be read"
    INVALID = "invalid", 422, "The request does not fit"
    UNAUTHORIZED = "unauthorized", 401, "You are not signed in"
    NOT_FOUND = "not-found", 404, "There is no such thing"
    METHOD_NOT_ALLOWED = "method-not-allowed", 405, "This cannot be done here"
    CONFLICT = "conflict", 409, "This is taken, or being done"
    IDEMPOTENCY_MISMATCH = "idempotency-mismatch", 422, "The key was used with another body"
    TOO_LARGE = "too-large", 413, "The body is too large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type", 415, "The body is not application/json"
    MODEL_FAILED = "model-failed", 502, "The language model failed"
    UNAVAILABLE = "unavailable", 503, "This cannot be done at present"
    INTERNAL = "internal", 500, "Something broke"

    def __init__(self, urn: str, status: int, title: str):
        self.urn = f"urn:bakeoff:problem:{urn}"
        self.status = status
        self.title = title


class Problem(Exception):
    """A request that is refused. `errors` pairs a pointer with what is wrong there."""

    def __init__(
        self,
        kind: Kind,
        detail: str = "",
        *,
        errors: list[tuple[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ):
        super().__init__(detail or kind.title)
        self.kind = kind
        self.detail = detail
        self.errors = errors or []
        self.headers = headers or {}

    def document(self) -> dict:
        """The problem as JSON-ready data."""
        document = {"type": self.kind.urn, "title": self.kind.title, "status": self.kind.status}
        if self.detail:
            document["detail"] = self.detail
        if self.errors:
            document["errors"] = [{"pointer": at, "detail": what} for at, what in self.errors]
        return document

    def response(self) -> Response:
        """The problem as an answer."""
        return Response(
            json.dumps(self.document()),
            self.kind.status,
            self.headers,
            content_type="application/problem+json",
        )


def unauthorized(detail: str) -> Problem:
    """A 401, with the challenge that belongs to it."""
    return Problem(Kind.UNAUTHORIZED, detail, headers={"WWW-Authenticate": "Bearer"})


_OF_STATUS = {
    404: Kind.NOT_FOUND,
    405: Kind.METHOD_NOT_ALLOWED,
    413: Kind.TOO_LARGE,
    415: Kind.UNSUPPORTED_MEDIA_TYPE,
    500: Kind.INTERNAL,
    503: Kind.UNAVAILABLE,
}


def problem_of(error: Exception) -> Problem:
    """The problem that an error is."""
    match error:
        case Problem():
            return error
        case HTTPException():
            kept = {name: value for name, value in error.get_headers() if name == "Allow"}
            return Problem(_OF_STATUS.get(error.code, Kind.MALFORMED), headers=kept)
        case ValidationError():
            faults = [
                ("".join(f"/{step}" for step in fault["loc"]), fault["msg"])
                for fault in error.errors(include_url=False, include_input=False)
            ]
            return Problem(Kind.INVALID, errors=faults)
        case ModelFailed():
            logger.warning("The model failed: %s", error)
            return Problem(Kind.MODEL_FAILED, str(error))
        case PyMongoError():
            logger.error("The database failed: %s", error)
            return Problem(Kind.UNAVAILABLE, "The database cannot be used now.")
        case ApiError() | TransportError():
            logger.error("Search failed: %s", error)
            return Problem(Kind.UNAVAILABLE, "Search cannot be used now.")
    logger.error("Nobody foresaw this", exc_info=error)
    return Problem(Kind.INTERNAL)


def register(app: Flask) -> None:
    """Has every error of the app and of Flask answered by its problem document."""
    app.register_error_handler(Exception, lambda error: problem_of(error).response())
