"""Errors as OpenAI's API words them: `{"error": {message, type, param, code}}`."""

from http import HTTPStatus

import orjson


class ApiError(Exception):
    """A request that gets an error answer instead of a completion."""

    def __init__(
        self, status: int, message: str, *, param: str | None = None, code: str | None = None
    ) -> None:
        """Take the HTTP status, a sentence for people, and the faulty parameter if there is one."""
        super().__init__(message)
        self.status = status
        self.message = message
        self.param = param
        self.code = code

    def body(self) -> bytes:
        """Give the JSON document."""
        error = {
            "message": self.message,
            "type": kind(self.status),
            "param": self.param,
            "code": self.code,
        }
        return orjson.dumps({"error": error})


def kind(status: int) -> str:
    """Give OpenAI's error type for an HTTP status."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "rate_limit_error"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "server_error"
    return "invalid_request_error"
