"""Route classes that look at a request in the contract's order: who sends it, then what is sent.

FastAPI reads and parses a body before it runs dependencies, so both steps are taken here.
"""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from chat.auth import authenticate
from chat.problems import Kind, Problem

BODY_LIMIT = 64 * 1024


class JsonRequest(Request):
    """A request whose body is read with the contract's limit and parsed strictly as JSON."""

    async def body(self) -> bytes:
        """Return the body; raise the problem `too-large` as soon as that is known."""
        if not hasattr(self, "_body"):
            declared = self.headers.get("content-length", "")
            if declared.isdecimal() and int(declared) > BODY_LIMIT:
                raise _too_large()
            read = bytearray()
            async for chunk in self.stream():
                read += chunk
                if len(read) > BODY_LIMIT:
                    raise _too_large()
            self._body = bytes(read)
        return self._body

    async def json(self) -> Any:
        """Return the parsed body; raise `unsupported-media-type`, `too-large` or `malformed`."""
        if not hasattr(self, "_json"):
            media_type = self.headers.get("content-type", "").partition(";")[0]
            if media_type.strip().lower() != "application/json":
                raise Problem(Kind.UNSUPPORTED_MEDIA_TYPE, "The body must be application/json.")
            self._json = parse_json(await self.body())
        return self._json


class PublicRoute(APIRoute):
    """A route that anybody may use."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler that checks the request before FastAPI's own does its part."""
        handle = super().get_route_handler()

        async def check_and_handle(request: Request) -> Response:
            request = JsonRequest(request.scope, request.receive)
            await self.admit(request)
            if self.body_field is not None:
                await request.json()
            return await handle(request)

        return check_and_handle

    async def admit(self, request: Request) -> None:
        """Raise a problem if the sender may not use this route."""


class UserRoute(PublicRoute):
    """A route for users who are signed in; the user is `request.state.user`."""

    async def admit(self, request: Request) -> None:
        """Raise the problem `unauthorized` unless a user's token was sent."""
        request.state.user = await authenticate(request)


def parse_json(body: bytes) -> Any:
    """Parse a body as RFC 8259 has it: UTF-8, no NaN; raise the problem `malformed` otherwise."""
    try:
        return json.loads(body.decode(), parse_constant=_refuse, parse_int=_parse_int)
    except (ValueError, RecursionError) as error:
        detail = "The body is not JSON."
        raise Problem(Kind.MALFORMED, detail) from error


def _too_large() -> Problem:
    return Problem(Kind.TOO_LARGE, f"The body is over {BODY_LIMIT} bytes.")


def _refuse(constant: str) -> None:
    message = f"{constant} is not JSON"
    raise ValueError(message)


def _parse_int(digits: str) -> float:
    """Return a number also for integers that are longer than Python is willing to read."""
    return int(digits) if len(digits) < 1000 else float(digits)
