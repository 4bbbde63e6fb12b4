"""A chat-completions request body, read and checked."""

import re
from dataclasses import dataclass
from typing import Any

import orjson

from .errors import ApiError

MODEL = "bakeoff-1"
PROBE = "bakeoff-probe"
MODELS = (MODEL, PROBE)
_FAULT = re.compile(r"\[\[(fail:[45]\d\d|hang|cut)\]\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the model: `messages` are (role, text) pairs, oldest first.

    `fault` is what the last message asks for: `fail:500`, `fail:429` ..., `hang` or `cut`.
    """

    model: str
    messages: list[tuple[str, str]]
    stream: bool
    include_usage: bool
    max_tokens: int | None
    fault: str | None


def read_call(body: bytes) -> Call:
    """Read a request body; raises ApiError (400, or 404 for an unknown model)."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ApiError(400, f"The body could not be read as JSON: {error}") from None
    if not isinstance(document, dict):
        raise _wrong("The body must be a JSON object.", None)
    messages = _messages(document.get("messages"))
    options = document.get("stream_options") or {}
    if not isinstance(options, dict):
        raise _wrong("'stream_options' must be an object.", "stream_options")
    if document.get("n") not in (None, 1):
        raise _wrong("'n' must be 1: one answer is given to a prompt.", "n")
    text = messages[-1][1]
    found = _FAULT.search(text) if "[[" in text else None
    return Call(
        model=_model(document),
        messages=messages,
        stream=_flag(document, "stream", "stream"),
        include_usage=_flag(options, "include_usage", "stream_options.include_usage"),
        max_tokens=_limit(document),
        fault=found[1] if found else None,
    )


def _messages(given: Any) -> list[tuple[str, str]]:
    """Give the messages as pairs; text parts of one message are joined."""
    if not isinstance(given, list) or not given:
        raise _wrong("'messages' must be a list of at least one message.", "messages")
    pairs: list[tuple[str, str]] = []
    for index, message in enumerate(given):
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise _wrong("A message must be an object with a 'role'.", f"messages[{index}]")
        content = message.get("content")
        if not isinstance(content, str):
            content = _joined(content, message["role"], f"messages[{index}].content")
        pairs.append((message["role"], content))
    return pairs


def _joined(content: Any, role: str, where: str) -> str:
    """Join text parts; only an assistant's message may have no content at all."""
    if content is None and role == "assistant":
        return ""
    parts = content if isinstance(content, list) and content else [None]
    texts: list[str] = []
    for part in parts:
        text = part.get("text") if isinstance(part, dict) else None
        if not isinstance(text, str):
            raise _wrong("'content' must be a string or a list of text parts.", where)
        texts.append(text)
    return "".join(texts)


def _model(document: dict[str, Any]) -> str:
    model = document.get("model")
    if not isinstance(model, str):
        raise _wrong("'model' must be a string.", "model")
    if model not in MODELS:
        known = " and ".join(MODELS)
        message = f"The model '{model}' does not exist; there are {known}."
        raise ApiError(404, message, param="model", code="model_not_found")
    return model


def _flag(document: dict[str, Any], name: str, where: str) -> bool:
    value = document.get(name)
    if value is not None and not isinstance(value, bool):
        raise _wrong(f"'{where}' must be true or false.", where)
    return bool(value)


def _limit(document: dict[str, Any]) -> int | None:
    """Give the largest number of tokens asked for, by its new name or by its old one."""
    for name in ("max_completion_tokens", "max_tokens"):
        value = document.get(name)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise _wrong(f"'{name}' must be a whole number of at least 1.", name)
        return value
    return None


def _wrong(message: str, param: str | None) -> ApiError:
    return ApiError(400, message, param=param)
