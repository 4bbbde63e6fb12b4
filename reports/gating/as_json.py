"""Judgement <-> a versioned JSON document, for `--json` and for keeping."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from harness.errors import SchemaError
from harness.gate import Judgement
from harness.serial import from_json, to_json
from reports.gating.headline import headline, where, word

SCHEMA = 1
KIND = "bakeoff gate"
UPPER = ("high", "upper")


def document(judgement: Judgement) -> dict[str, Any]:
    """Return the judgement as JSON-ready values, with its verdict in words.

    Bounds that are infinite, because sessions are too few, are null.
    """
    return {
        "kind": KIND,
        "schema": SCHEMA,
        "verdict": word(judgement),
        "exit_code": judgement.exit_code,
        "sentence": headline(judgement),
        "where": where(judgement),
        "judgement": to_json(_finite(asdict(judgement))),
    }


def read(value: object) -> Judgement:
    """Return the judgement that `document` turned into `value`; raises SchemaError."""
    if not isinstance(value, Mapping) or value.get("kind") != KIND:
        raise SchemaError("this is not a gate's document: it has no kind 'bakeoff gate'")
    if value.get("schema") != SCHEMA:
        raise SchemaError(
            f"a gate's document of schema {value.get('schema')!r} cannot be read; this bakeoff "
            f"reads schema {SCHEMA}"
        )
    return from_json(Judgement, _bounded(value.get("judgement")), "judgement")


def _finite(value: object) -> object:
    """Return `value` with None for numbers that JSON does not have."""
    if isinstance(value, Mapping):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _bounded(value: object) -> object:
    """Return `value` with infinity for upper bounds that are null."""
    if isinstance(value, Mapping):
        return {
            name: math.inf if item is None and name in UPPER else _bounded(item)
            for name, item in value.items()
        }
    return [_bounded(item) for item in value] if isinstance(value, list) else value
