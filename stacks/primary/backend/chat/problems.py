"""Errors as problem documents (RFC 9457): the exception of the app, and what becomes one."""

import logging
from collections.abc import Mapping, Sequence
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import compile_path

logger = logging.getLogger(__name__)

OUTAGES = (OperationalError, InterfaceError, PoolTimeoutError)
MEDIA_TYPE = "application/problem+json"


class Kind(StrEnum):
    """What can be wrong."""

    MALFORMED = "malformed"
    INVALID = "invalid"
    UNAUTHORIZED = "unauthorized"
    NOT_FOUND = "not-found"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    CONFLICT = "conflict"
    IDEMPOTENCY_MISMATCH = "idempotency-mismatch"
    TOO_LARGE = "too-large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type"
    MODEL_FAILED = "model-failed"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


STATUS = {
    Kind.MALFORMED: 400,
    Kind.INVALID: 422,
    Kind.UNAUTHORIZED: 401,
    Kind.NOT_FOUND: 404,
    Kind.METHOD_NOT_ALLOWED: 405,
    Kind.CONFLICT: 409,
    Kind.IDEMPOTENCY_MISMATCH: 422,
    Kind.TOO_LARGE: 413,
    Kind.UNSUPPORTED_MEDIA_TYPE: 415,
    Kind.MODEL_FAILED: 502,
    Kind.UNAVAILABLE: 503,
    Kind.INTERNAL: 500,
}
KIND_OF_STATUS = {status: kind for kind, status in reversed(STATUS.items())}


class Fault(BaseModel):
    """One fault of the input: a JSON pointer into the body or the name of a parameter."""

    pointer: str
    detail: str


class ProblemDocument(BaseModel):
    """The body of every answer with a status of 400 or more."""

    type: str
    title: str
    status: int
    detail: str | None = None
    errors: list[Fault] | None = None


class Problem(HTTPException):
    """Ends a request with a problem document."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        errors: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(STATUS[kind], detail, headers)
        self.kind = kind
        self.errors = list(errors)

    def document(self) -> dict[str, Any]:
        """Return the document's members."""
        return ProblemDocument(
            type=f"urn:bakeoff:problem:{self.kind}",
            title=HTTPStatus(self.status_code).phrase,
            status=self.status_code,
            detail=self.detail,
            errors=self.errors or None,
        ).model_dump(exclude_none=True)

    def response(self) -> Response:
        """Return the answer that carries the document."""
        return JSONResponse(
            self.document(), self.status_code, headers=self.headers, media_type=MEDIA_TYPE
        )


def invalid(pointer: str, detail: str) -> Problem:
    """Return the problem of one member or parameter that does not fit."""
    return Problem(
        Kind.INVALID, "The input does not fit.", errors=[Fault(pointer=pointer, detail=detail)]
    )


def not_found() -> Problem:
    """Return the problem of something that does not exist, or not for this user."""
    return Problem(Kind.NOT_FOUND, "There is nothing here.")


def unauthorized(detail: str) -> Problem:
    """Return the problem of somebody who is not signed in."""
    return Problem(Kind.UNAUTHORIZED, detail, headers={"WWW-Authenticate": "Bearer"})


def describe(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of an operation that can end with these problems, for the docs."""
    schema = {"$ref": "#/components/schemas/ProblemDocument"}
    return {
        STATUS[kind]: {
            "description": HTTPStatus(STATUS[kind]).phrase,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for kind in kinds
    }


def _pointer(location: tuple[int | str, ...]) -> str:
    source, *path = location
    if source == "body":
        return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)
    return str(path[0])


async def _on_http_exception(request: Request, error: HTTPException) -> Response:
    if isinstance(error, Problem):
        return error.response()
    kind = KIND_OF_STATUS.get(error.status_code, Kind.INTERNAL)
    headers = dict(error.headers or {})
    allowed = _methods_of(request.app, request.url.path)
    if kind is Kind.METHOD_NOT_ALLOWED and allowed:
        headers["Allow"] = ", ".join(allowed)
    return Problem(kind, str(error.detail), headers=headers).response()


def _methods_of(app: FastAPI, path: str) -> list[str]:
    """Return all methods of a path: the framework tells those of its first route only."""
    templates = app.openapi()["paths"].items()
    found = {m.upper() for each, has in templates if compile_path(each)[0].match(path) for m in has}
    return sorted(found)


async def _on_invalid(_request: Request, error: RequestValidationError) -> Response:
    errors = [Fault(pointer=_pointer(each["loc"]), detail=each["msg"]) for each in error.errors()]
    return Problem(Kind.INVALID, "The input does not fit.", errors=errors).response()


def unavailable(error: Exception) -> Problem:
    """Return the problem of a database that cannot be used; the reason is for the log only."""
    logger.warning("database: %s", getattr(error, "orig", error))
    return Problem(Kind.UNAVAILABLE, "The database cannot be used now.")


async def _on_outage(_request: Request, error: Exception) -> Response:
    return unavailable(error).response()


async def _on_disconnect(_request: Request, _error: Exception) -> Response:
    return Problem(Kind.MALFORMED, "The body ended early.").response()


async def _on_failure(_request: Request, _error: Exception) -> Response:
    return Problem(Kind.INTERNAL, "The app failed; the failure was logged.").response()


def install(app: FastAPI) -> None:
    """Make every error of the app and of the framework a problem document."""
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    for outage in OUTAGES:
        app.add_exception_handler(outage, _on_outage)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
    app.add_exception_handler(Exception, _on_failure)
