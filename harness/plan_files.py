"""Configure: TOML and flags -> Plan.

The built-in plans are files in harness/plans/; a file of the same keys may replace them. A
`bakeoff.toml` in the working folder, or `[tool.bakeoff]` in a pyproject.toml there, is laid over
the plan, and flags over both. Every complaint names the file, the line, the key, what was found and
what is allowed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from harness.config import Gate, Load, Machine, Plan
from harness.errors import PlanError

PLANS = Path(__file__).parent / "plans"


def load_plan(name: str, folder: Path, flags: Mapping[str, object]) -> Plan:
    """Return the plan called `name` (or the file at that path) with `folder`'s configuration and
    `flags` laid over it.
    """
    path = PLANS / f"{name}.toml"
    if not path.is_file():
        path = Path(name)
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in PLANS.glob("*.toml")))
        raise PlanError(
            f"there is no plan {name!r}: it is neither one of {known} nor a file that can be read"
        )
    base = _checked(_read(path), path, ())
    own, where, under = _configuration(folder)
    merged = _merged(base, _checked(own, where, under)) if own else base
    merged = _merged(merged, flags)
    merged.setdefault("name", path.stem)
    return _plan(merged, where if own else path, under)


def _configuration(folder: Path) -> tuple[dict[str, Any], Path, tuple[str, ...]]:
    own = folder / "bakeoff.toml"
    if own.is_file():
        return _read(own), own, ()
    project = folder / "pyproject.toml"
    if project.is_file():
        return _read(project).get("tool", {}).get("bakeoff", {}), project, ("tool", "bakeoff")
    return {}, own, ()


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise PlanError(f"{path}: this is not TOML: {error}") from error
    except UnicodeDecodeError as error:
        raise PlanError(f"{path}: this is not UTF-8 text (byte {error.start})") from error
    except OSError as error:
        raise PlanError(f"{path}: cannot be read: {error.strerror}") from error


def _checked(values: Mapping[str, Any], path: Path, under: tuple[str, ...]) -> dict[str, Any]:
    """Check one file alone, so that a complaint names the file that is wrong; return its values."""
    _plan(values, path, under)
    return dict(values)


def _plan(values: Mapping[str, Any], path: Path, under: tuple[str, ...]) -> Plan:
    try:
        return Plan.model_validate(values)
    except ValidationError as error:
        raise PlanError(
            "\n".join(_complaint(fault, path, under) for fault in error.errors())
        ) from error


def _complaint(fault: Any, path: Path, under: tuple[str, ...]) -> str:
    keys = tuple(
        str(part) for part in fault["loc"] if not (isinstance(part, str) and part == "[key]")
    )
    line = _line_of(path, under + keys)
    where = f"{path}, line {line}" if line else str(path)
    if fault["type"] == "extra_forbidden":
        allowed = ", ".join(sorted(_known_keys(keys[:-1])))
        return f"{where}: {'.'.join(keys)} is not a key of a plan; allowed here: {allowed}"
    message = str(fault["msg"]).removeprefix("Value error, ")
    what = ".".join(keys) or "the plan"
    return f"{where}: {what} is {fault['input']!r}; {message[0].lower()}{message[1:]}"


def _known_keys(keys: tuple[str, ...]) -> list[str]:
    parts: dict[str, type[BaseModel]] = {
        "load": Load,
        "loads": Load,
        "machine": Machine,
        "gate": Gate,
    }
    model = parts.get(keys[0], Plan) if keys else Plan
    return list(model.model_fields)


def _line_of(path: Path, keys: tuple[str, ...]) -> int:
    """Return the line (from 1) where `keys` is set in the file, the nearest enclosing table's if
    not found, or 0.
    """
    names = [key for key in keys if not key.isdigit()]
    best, table = 0, list[str]()
    for number, text in enumerate(path.read_text("utf-8").splitlines(), 1):
        line = text.split("#", 1)[0].strip()
        if line.startswith("["):
            table = [part.strip().strip("\"'") for part in line.strip("[] ").split(".")]
            here = table
        elif "=" in line:
            here = table + [part.strip().strip("\"'") for part in line.split("=", 1)[0].split(".")]
        else:
            continue
        if here == names:
            return number
        if here and names[: len(here)] == here:
            best = number
    return best


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Lay `over` over `base`: tables key by key, everything else as a whole."""
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        result[key] = _merged(cast("Mapping[str, Any]", old), value) if both else value
    return result
