"""The contract as data: which operation a request means, and whether an answer fits it.

Read from `openapi.yaml` beside this file. Used by the conformance suite, by the comparison of two
stacks, and wherever else an answer has to be judged without writing its shape down a second time.
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

SPEC_PATH = Path(__file__).with_name("openapi.yaml")
JSON = "application/json"
PROBLEM = "application/problem+json"
METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")

KINDS_BY_STATUS = {
    400: {"malformed"},
    401: {"unauthorized"},
    404: {"not-found"},
    405: {"method-not-allowed"},
    409: {"conflict"},
    413: {"too-large"},
    415: {"unsupported-media-type"},
    422: {"invalid", "idempotency-mismatch"},
    500: {"internal"},
    502: {"model-failed"},
    503: {"unavailable"},
}
"""The last part of a problem's `type` that goes with each status."""

_LEAKS = re.compile(
    r"Traceback|File \"|site-packages|dist-packages|node_modules|\.py\b|\.js:\d|/usr/|/home/|/app/|"
    r"psycopg|sqlalchemy|sqlite3?\.|django\.|Errno|asyncpg|(?:Operational|Integrity|Data)Error",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of the contract: its name, path template, and answers by status."""

    name: str
    method: str
    template: str
    answers: dict[int, dict[str, Any]]


@functools.cache
def document() -> dict[str, Any]:
    """Return openapi.yaml as Python data."""
    loaded: dict[str, Any] = yaml.safe_load(SPEC_PATH.read_text(encoding="utf-8"))
    return loaded


def _resolve(node: dict[str, Any]) -> dict[str, Any]:
    """Follow one `$ref` inside the document, if there is one."""
    if "$ref" not in node:
        return node
    found: Any = document()
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    result: dict[str, Any] = found
    return result


@functools.cache
def operations() -> tuple[Operation, ...]:
    """Return every operation of the contract, in the document's order."""
    return tuple(
        Operation(
            name=item["operationId"],
            method=method.upper(),
            template=template,
            answers={int(code): _resolve(answer) for code, answer in item["responses"].items()},
        )
        for template, path_item in document()["paths"].items()
        for method, item in path_item.items()
        if method in METHODS
    )


def methods_of(path: str) -> set[str]:
    """Return the methods that the contract knows at this path; empty where nothing is."""
    return {each.method for each in operations() if _matches(each.template, path)}


def operation_at(method: str, path: str) -> Operation | None:
    """Return the operation that this request means, or None where the contract has none."""
    for each in operations():
        if each.method == method and _matches(each.template, path):
            return each
    return None


def _matches(template: str, path: str) -> bool:
    pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
    return re.fullmatch(pattern, path) is not None


@functools.cache
def _validator(pointer: str) -> Draft202012Validator:
    resource = Resource.from_contents(document(), default_specification=DRAFT202012)
    registry = Registry().with_resource("urn:contract", resource)
    return Draft202012Validator({"$ref": f"urn:contract{pointer}"}, registry=registry)


def schema_faults(schema: str, value: object) -> list[str]:
    """Return in words how `value` departs from a schema of the contract, such as `Message`."""
    return [
        f"{schema}{''.join(f'/{part}' for part in error.absolute_path)}: {error.message}"
        for error in _validator(f"#/components/schemas/{schema}").iter_errors(value)
    ]


def answer_faults(
    method: str, path: str, status: int, headers: dict[str, str], text: str
) -> list[str]:
    """Return in words how an answer departs from the contract; an empty list when it fits.

    `path` is without query; header names are lower case. The text of a stream is not looked at.
    """
    operation = operation_at(method, path)
    if status >= HTTPStatus.BAD_REQUEST:
        return _status_faults(operation, status, method) + problem_faults(status, headers, text)
    if operation is None:
        return [f"the contract has no {method} {path}, so the status is 404 or 405, not {status}"]
    if status not in operation.answers:
        known = ", ".join(str(code) for code in operation.answers)
        return [f"{operation.name} answers with {known}, never with {status}"]
    ((media, content),) = operation.answers[status]["content"].items()
    if _media(headers) != media:
        return [f"Content-Type of {operation.name} {status} is {media}, not {_media(headers)!r}"]
    if media != JSON:
        return []
    return _json_faults(content["schema"]["$ref"].rpartition("/")[2], text)


def _status_faults(operation: Operation | None, status: int, method: str) -> list[str]:
    known = set(operation.answers) if operation else {404, 405}
    if status in known:
        return []
    name = operation.name if operation else f"{method} of an unknown path or method"
    return [f"{name} answers with {', '.join(map(str, sorted(known)))}, never with {status}"]


def _media(headers: dict[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _json_faults(schema: str, text: str) -> list[str]:
    try:
        value = json.loads(text)
    except ValueError as error:
        return [f"the body is {schema} as JSON, but does not parse: {error}"]
    return schema_faults(schema, value)


def problem_faults(status: int, headers: dict[str, str], text: str) -> list[str]:
    """Return how an error answer departs from a problem document that tells nothing internal."""
    if _media(headers) != PROBLEM:
        return [f"an error has the Content-Type {PROBLEM}, not {_media(headers)!r}"]
    faults = _json_faults("Problem", text)
    if faults:
        return faults
    problem = json.loads(text)
    kind = problem["type"].rpartition(":")[2]
    if problem["status"] != status:
        faults.append(f"`status` repeats the status line: {status}, not {problem['status']}")
    if kind not in KINDS_BY_STATUS.get(status, {kind}):
        faults.append(f"type of {status} is one of {KINDS_BY_STATUS[status]}, not {kind}")
    if (
        status == HTTPStatus.UNPROCESSABLE_ENTITY
        and kind == "invalid"
        and not problem.get("errors")
    ):
        faults.append("422 has a list `errors` with one entry for each fault")
    if status == HTTPStatus.UNAUTHORIZED and not headers.get("www-authenticate"):
        faults.append("401 has the header WWW-Authenticate")
    if leak := _LEAKS.search(text):
        faults.append(f"a problem document tells nothing internal, but holds {leak.group()!r}")
    return faults
