"""Frozen dataclasses to JSON-ready values and back, strictly.

Known are dataclasses, enumerations (by value), str, int, float, bool, None, Path, Literal,
X | None, tuples, frozensets (sorted), mappings with text keys, and `object` for JSON-ready values.
Nothing is guessed: an unknown, missing or wrong member raises SchemaError with the path to it,
such as `measurement.endpoints[2].counts.sent`. Numbers must be finite, because JSON has no others.
"""

from __future__ import annotations

import math
import types
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from harness.errors import SchemaError

T = TypeVar("T")


def to_json(value: object, path: str = "") -> Any:
    """Return `value` as dicts, lists, text, numbers, booleans and None."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name), _at(path, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {_key(key, path): to_json(item, _at(path, str(key))) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(to_json(item, f"{path}{{}}") for item in value)
    if isinstance(value, list | tuple):
        return [to_json(item, f"{path}[{index}]") for index, item in enumerate(value)]
    return _scalar(value, path)


def from_json(kind: type[T], value: object, path: str = "") -> T:
    """Return the `kind` that `to_json` turned into `value`; raises SchemaError naming the path."""
    return cast("T", _read(kind, value, path))


def _read(kind: Any, value: object, path: str) -> object:
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is object or kind is Any:
        return value
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass(kind, value, path)
    if origin in (Union, types.UnionType):
        return _optional(arguments, value, path)
    if origin in (tuple, frozenset):
        return _sequence(origin, arguments, value, path)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(arguments[1], value, path)
    return _plain(kind, value, path)


def _mapping(kind: Any, value: object, path: str) -> object:
    if not isinstance(value, Mapping):
        raise _wrong(path, "an object", value)
    return {_key(key, path): _read(kind, item, _at(path, str(key))) for key, item in value.items()}


def _dataclass(kind: type, value: object, path: str) -> object:
    hints = _members(kind)
    if not isinstance(value, Mapping):
        raise _wrong(path, f"an object with the members of {kind.__name__}", value)
    unknown = sorted(str(name) for name in value if name not in hints)
    missing = [name for name in hints if name not in value]
    if unknown or missing:
        says = [f"unknown member {_at(path, name)}" for name in unknown]
        says += [f"missing member {_at(path, name)}" for name in missing]
        raise SchemaError(f"{kind.__name__}: {', '.join(says)}")
    return kind(**{name: _read(hints[name], value[name], _at(path, name)) for name in hints})


@cache
def _members(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {f.name: hints[f.name] for f in fields(kind)}


def _optional(arguments: tuple[Any, ...], value: object, path: str) -> object:
    others = [argument for argument in arguments if argument is not types.NoneType]
    if len(others) != 1:
        raise TypeError(f"{path}: only X | None can be read back, not {arguments}")
    return None if value is None else _read(others[0], value, path)


def _sequence(origin: Any, arguments: tuple[Any, ...], value: object, path: str) -> object:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise _wrong(path, "a list", value)
    if origin is frozenset or arguments[-1] is Ellipsis:
        kinds = [arguments[0]] * len(value)
    elif len(arguments) == len(value):
        kinds = list(arguments)
    else:
        raise _wrong(path, f"a list of {len(arguments)}", value)
    pairs = enumerate(zip(kinds, value, strict=True))
    return origin(_read(kind, item, f"{path}[{index}]") for index, (kind, item) in pairs)


def _plain(kind: Any, value: object, path: str) -> object:
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if kind is Path and isinstance(value, str):
        return Path(value)
    if kind in (types.NoneType, str, bool, int) and type(value) is kind:
        return value
    choices = _choices(kind)
    for choice in choices:
        plain = choice.value if isinstance(choice, Enum) else choice
        if type(plain) is type(value) and plain == value:
            return choice
    raise _wrong(path, f"one of {', '.join(map(str, choices))}" if choices else _name(kind), value)


def _choices(kind: Any) -> tuple[object, ...]:
    """Return what an enumeration or a Literal allows; empty for any other kind."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(kind)
    return get_args(kind) if get_origin(kind) is Literal else ()


def _name(kind: Any) -> str:
    return str(getattr(kind, "__name__", kind))


def _scalar(value: object, path: str) -> object:
    plain = value.value if isinstance(value, Enum) else value
    if plain is None or isinstance(plain, str | bool | int):
        return plain
    if isinstance(plain, Path):
        return str(plain)
    if isinstance(plain, float) and math.isfinite(plain):
        return plain
    raise SchemaError(f"{path or 'value'}: {plain!r} has no JSON form")


def _key(key: object, path: str) -> str:
    if not isinstance(key, str):
        raise SchemaError(f"{path or 'value'}: the key {key!r} is not text")
    return key


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _wrong(path: str, expected: str, value: object) -> SchemaError:
    shown = repr(value)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."  # noqa: PLR2004 - one line of text
    return SchemaError(f"{path or 'value'}: expected {expected}, found {shown}")
