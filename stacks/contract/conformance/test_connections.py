"""Connections: kept open, or closed with a word."""

from __future__ import annotations

import json
import time
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

import pytest

from stacks.contract.conformance.client import User

LARGE = b'{"title": "x"%s}' % (b" " * 70_000)
REFUSED = {
    "too large": ("POST", "/v1/conversations", LARGE, {}),
    "too large for another method": ("PUT", "/v1/me", LARGE, {}),
    "large to an unknown path": ("POST", "/v1/nothing-here", LARGE, {}),
    "large without a token": ("POST", "/v1/conversations", LARGE, {"authorization": "Bearer no"}),
    "of another type": ("POST", "/v1/conversations", b"x" * 5000, {"content-type": "text/plain"}),
    "not JSON": ("POST", "/v1/conversations", b"{", {}),
    "a body for a read": ("GET", "/v1/me", b"{}", {}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_connection_ends_only_when_the_answer_said_so(
    base_url: str, user: User, case: str
) -> None:
    """A connection that ends after an answer says so with `Connection: close`; else the next
    request on it is answered.
    """
    at = urlsplit(base_url)
    if at.scheme != "http":
        pytest.skip("written for plain HTTP")
    method, path, body, more = REFUSED[case]
    token = {"authorization": f"Bearer {user.token}"}
    sent = f"sent: {method} {path} with {len(body)} bytes"
    connection = HTTPConnection(at.hostname or "", at.port, timeout=20)
    try:
        headers = {"content-type": "application/json", **token, **more}
        connection.request(method, path, body=body, headers=headers)
        first = connection.getresponse()
        first.read()
        sent += f"\ncame: {first.status} {first.headers}"
        if first.will_close:
            return
        connection.auto_open = 0
        time.sleep(0.05)
        connection.request("GET", "/v1/me", headers=token)
        second = connection.getresponse()
        assert json.loads(second.read())["id"] == user.id, sent
    except (HTTPException, OSError) as error:
        pytest.fail(f"the connection ended without `Connection: close`: {error!r}\n{sent}")
    finally:
        connection.close()
