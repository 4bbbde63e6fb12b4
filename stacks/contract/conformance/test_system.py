"""Health, version, and what is answered where the contract has nothing."""

from __future__ import annotations

import re

import pytest

from stacks.contract.conformance.client import Api, User
from stacks.contract.spec import methods_of, operations

UNKNOWN_METHODS = [
    (method, template)
    for template in sorted({each.template for each in operations()})
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
    if method not in methods_of(template)
]
UNKNOWN_PATHS = (
    "/nothing-here",
    "/v1",
    "/v1/nothing-here",
    "/v2/me",
    "/V1/me",
    "/v1/me/",
    "/v1/conversations/",
    "/v1/me/more",
    "/v1/users/somebody",
    "/v1/conversations/some-id/nothing-here",
    "/v1/conversations/some-id/messages/some-id",
)


def test_health_needs_no_token_and_minds_no_wrong_one(api: Api) -> None:
    """Operations without security answer whatever the header Authorization holds."""
    headers = {"authorization": "Bearer nonsense"}
    assert api.request("GET", "/healthz", headers=headers).ok(200) == {"status": "ok"}


def test_version_reports_a_number_for_each_part(api: Api) -> None:
    """Runtime, framework and each component tell a version, such as `Python 3.11.7`."""
    version = api.request("GET", "/version").ok(200)
    parts = {"runtime": version["runtime"], "framework": version["framework"]}
    assert version["components"], "at least the database is a component"
    without = [
        f"{k}={v!r}"
        for k, v in {**parts, **version["components"]}.items()
        if not re.search(r"\d", v)
    ]
    assert without == []
    assert version["stack"]
    assert version["app"]


def test_version_holds_no_secret(api: Api) -> None:
    """What runs is told without addresses, credentials or paths."""
    text = api.request("GET", "/version").text
    assert not re.search(r"://|@|password|secret|token|api.?key|/home/|/tmp/", text, re.IGNORECASE)


@pytest.mark.parametrize("path", UNKNOWN_PATHS)
def test_an_unknown_path_is_404(user: User, path: str) -> None:
    """An unknown path is a problem document with 404; a path with a slash more is another path."""
    user.get(path).problem(404, "not-found")


def test_an_unknown_path_is_404_for_a_write_too(user: User) -> None:
    """Unknown paths are 404, whatever the method and the body."""
    user.post("/v1/nothing-here", {"title": "x"}).problem(404, "not-found")


@pytest.mark.parametrize(("method", "template"), UNKNOWN_METHODS)
def test_an_unknown_method_is_405_with_allow(user: User, method: str, template: str) -> None:
    """A method that a path does not have is 405, with all it has in `Allow`."""
    known = methods_of(template)
    path = template.replace("{conversation_id}", user.conversation()["id"])
    answer = user.request(method, path)
    answer.problem(405, "method-not-allowed")
    allowed = {each.strip() for each in answer.headers.get("allow", "").split(",")}
    if not known <= allowed <= known | {"HEAD", "OPTIONS"}:
        raise answer.breach(f"`Allow` tells the methods of {template}: {', '.join(sorted(known))}")
