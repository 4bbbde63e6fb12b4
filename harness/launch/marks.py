"""Fill in the marks of a spec, such as {port}; the list of them is in `harness.specs`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.errors import AdapterError

_MARK = re.compile(
    r"\{(host|port(?::[a-z_]+)?|published|data|bin|binary|root|secret|workers|cpus)\}"
)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with every mark replaced by its value; braces of other kinds stay.

    Raises AdapterError for a mark without a value, such as a port that was not listed.
    """

    def value(match: re.Match[str]) -> str:
        try:
            return values[match[1]]
        except KeyError:
            raise AdapterError(
                f"{match[0]} has no value here; a spec may use "
                + ", ".join(f"{{{name}}}" for name in values)
            ) from None

    return _MARK.sub(value, text)


def fill_all(texts: tuple[str, ...], values: Mapping[str, str]) -> list[str]:
    """Return each text filled in, as the list of arguments that starting a process takes."""
    return [fill(text, values) for text in texts]


def fill_values(texts: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """Return a mapping with its values filled in."""
    return {name: fill(text, values) for name, text in texts.items()}
