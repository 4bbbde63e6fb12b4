"""Frozen dataclasses to JSON-ready values and back, strictly.

Known are dataclasses, enumerations (by value), str, int, float, bool, None, Path, Literal,
X | None, tuples, frozensets (sorted), mappings with text keys, and `object` for JSON-ready values.
Nothing is guessed: an unknown, missing or wrong member raises SchemaError with the path to it,
such as `measurement.endpoints[2].counts.sent`. Numbers must be finite, because JSON has no others.
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from harness.errors import SchemaError

T = TypeVar("T")
Reader = Callable[[Any], object]


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
    try:
        return cast("T", _reader(cast("Any", kind))(value))
    except _Misfit as misfit:
        for step in reversed(misfit.steps):
            path = f"{path}[{step}]" if isinstance(step, int) else _at(path, step)
        raise SchemaError(misfit.tell(path)) from None


class _Misfit(Exception):
    """What does not fit, said by `tell` once the path is known; `steps` lead to it, the last first.

    The path is put together only here, because most values fit and never need one.
    """

    def __init__(self, tell: Callable[[str], str]) -> None:
        self.tell = tell
        self.steps: list[str | int] = []


@cache
def _reader(kind: Any) -> Reader:
    """Return what reads a `kind` and raises _Misfit for another; it is made once for each kind."""
    if kind is object or kind is Any:
        return _unchanged
    if isinstance(kind, type) and is_dataclass(kind):
        return partial(_read_dataclass, kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _optional(arguments)
    if origin in (tuple, frozenset):
        return _sequence(origin, arguments)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return partial(_read_mapping, _ready(arguments[1]), _reader(arguments[1]))
    return partial(_read_plain, kind, _choices(kind))


def _sequence(origin: Any, arguments: tuple[Any, ...]) -> Reader:
    if origin is tuple and arguments[-1] is not Ellipsis:
        return partial(_read_tuple, tuple(map(_reader, arguments)))
    return partial(_read_sequence, origin, _ready(arguments[0]), _reader(arguments[0]))


def _ready(kind: Any) -> type | None:
    """Return the type whose values are read as they are, None where there is none."""
    return kind if kind in (str, bool, int, float) else None


@cache
def _members(kind: type) -> Mapping[str, tuple[type | None, Reader]]:
    """Return what reads each member; asked for when reading, because a kind may hold itself."""
    hints = get_type_hints(kind)
    return {f.name: (_ready(hints[f.name]), _reader(hints[f.name])) for f in fields(kind)}


def _read_dataclass(kind: type, value: object) -> object:
    members = _members(kind)
    if not isinstance(value, (dict, Mapping)):  # dict first: Mapping takes long to tell
        raise _wrong(f"an object with the members of {kind.__name__}", value)
    if value.keys() != members.keys():
        raise _Misfit(partial(_strangers, kind, value))
    found, name = dict[str, object](), ""
    try:
        for name, (ready, reader) in members.items():
            item = value[name]
            found[name] = item if type(item) is ready else reader(item)
    except _Misfit as misfit:
        misfit.steps.append(name)
        raise
    return kind(**found)


def _strangers(kind: type, value: Mapping[object, object], path: str) -> str:
    members = _members(kind)
    unknown = sorted(str(name) for name in value if name not in members)
    says = [f"unknown member {_at(path, name)}" for name in unknown]
    says += [f"missing member {_at(path, name)}" for name in members if name not in value]
    return f"{kind.__name__}: {', '.join(says)}"


def _optional(arguments: tuple[Any, ...]) -> Reader:
    others = [argument for argument in arguments if argument is not types.NoneType]
    if len(others) != 1:
        raise TypeError(f"only X | None can be read back, not {arguments}")
    reader = _reader(others[0])
    return lambda value: None if value is None else reader(value)


def _read_mapping(ready: type | None, reader: Reader, value: object) -> object:
    if not isinstance(value, (dict, Mapping)):
        raise _wrong("an object", value)
    for key in value:
        if not isinstance(key, str):
            raise _Misfit(partial(_not_text, key))
    return dict(zip(value, _read_each(value.values(), tuple(value), ready, reader), strict=True))


def _read_sequence(
    origin: Callable[[list[object]], object], ready: type | None, reader: Reader, value: object
) -> object:
    items = _listed(value)
    return origin(_read_each(items, range(len(items)), ready, reader))


def _read_tuple(readers: tuple[Reader, ...], value: object) -> object:
    items = _listed(value)
    if len(items) != len(readers):
        raise _wrong(f"a list of {len(readers)}", value)
    pairs = zip(readers, items, strict=True)
    return tuple(_read_each(pairs, range(len(items)), None, lambda pair: pair[0](pair[1])))


def _read_each(
    items: Iterable[Any], steps: Sequence[str | int], ready: type | None, reader: Reader
) -> list[object]:
    """Read all items; a step leads to each."""
    found = list[object]()
    try:
        for item in items:
            found.append(item if type(item) is ready else reader(item))
    except _Misfit as misfit:
        misfit.steps.append(steps[len(found)])
        raise
    return found


def _listed(value: object) -> Sequence[object]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise _wrong("a list", value)
    return value


def _unchanged(value: object) -> object:
    return value


def _read_plain(kind: Any, choices: tuple[object, ...], value: object) -> object:
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if kind is Path and isinstance(value, str):
        return Path(value)
    if kind in (types.NoneType, str, bool, int) and type(value) is kind:
        return value
    for choice in choices:
        plain = choice.value if isinstance(choice, Enum) else choice
        if type(plain) is type(value) and plain == value:
            return choice
    raise _wrong(f"one of {', '.join(map(str, choices))}" if choices else _name(kind), value)


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
        raise SchemaError(_not_text(key, path))
    return key


def _not_text(key: object, path: str) -> str:
    return f"{path or 'value'}: the key {key!r} is not text"


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _wrong(expected: str, value: object) -> _Misfit:
    shown = repr(value)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."  # noqa: PLR2004 - one line of text
    return _Misfit(lambda path: f"{path or 'value'}: expected {expected}, found {shown}")
