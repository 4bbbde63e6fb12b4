"""What a new stack is called: as a stack, as a Python package, as a distribution."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from harness.errors import UsageError

LONGEST = 63
FORM = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names that follow from a stack's; the prefix keeps them off other packages' names."""

    stack: str

    @property
    def package(self) -> str:
        """Return what is imported."""
        return f"bakeoff_{self.stack.replace('-', '_')}"

    @property
    def distribution(self) -> str:
        """Return what is installed."""
        return f"bakeoff-{self.stack.replace('_', '-')}"


def names(stack: str, taken: Iterable[str]) -> Names:
    """Return the names for a new stack; raises UsageError for one that is ill-formed or taken.

    Stricter than a plan is: containers' images and Python packages are called by it too, so `a-b`
    and `a_b` are the same.
    """
    if len(stack) > LONGEST or not FORM.fullmatch(stack):
        raise UsageError(
            f"{stack!r} cannot be a stack's name: use lower-case letters and digits, with single "
            f"- or _ between them, {LONGEST} characters at most"
        )
    given = Names(stack=stack)
    for other in taken:
        if Names(stack=other).package == given.package:
            raise UsageError(f"there is a stack {other!r} already; choose another name")
    return given
