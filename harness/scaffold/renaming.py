"""A stack's files under another name: only what names the stack is touched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

NOTE = """\
# Yours to change, one piece at a time; after each: bakeoff verify {stack} --smoke
# `components` may be any of stacks.components and your own; what the app `needs` is in app.py.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renaming:
    """A stack's and its package's name before and after; `attribute` is the Stack in stack.py."""

    old: str
    new: str
    old_package: str
    new_package: str
    attribute: str

    def apply(self, folder: Path) -> None:
        """Rename within the copy of a stack's package in `folder`; raises OSError."""
        for path in sorted(folder.rglob("*")):
            if not path.is_file():
                continue
            try:
                text = path.read_bytes().decode()
            except UnicodeDecodeError:
                continue
            renamed = self._renamed(path.relative_to(folder), text)
            if renamed != text:
                path.write_bytes(renamed.encode())

    def _renamed(self, path: Path, text: str) -> str:
        if len(path.parts) > 1:
            return self.program(text)
        if path.suffix == ".py":
            text = self.module(text)
            return self.noted(text) if path.name == "stack.py" else text
        return self.sentences(text) if path.suffix == ".md" else text

    def module(self, text: str) -> str:
        """Rename in a module of the composition: imports, the name as a literal, sentences."""
        text = re.sub(rf"(?<![\w.]){re.escape(self.old_package)}(?!\w)", self.new_package, text)
        return self.sentences(self._literals(text))

    def sentences(self, text: str) -> str:
        """Rename where words speak of the stack ("the primary stack"); "primary key" stays."""
        return re.sub(rf"(?<![\w-]){re.escape(self.old)} stack(?!\w)", f"{self.new} stack", text)

    def program(self, text: str) -> str:
        """Rename the default of $BAKEOFF_STACK in an app, and nothing else of it."""
        return "".join(
            self._literals(line) if "bakeoff_stack" in line.lower() else line
            for line in text.splitlines(keepends=True)
        )

    def noted(self, text: str) -> str:
        """Say above the composition what may be changed."""
        note = NOTE.format(stack=self.new)
        place = re.compile(rf"^(?={re.escape(self.attribute)}\b)", re.MULTILINE)
        return place.sub(note, text, count=1)

    def _literals(self, text: str) -> str:
        return re.sub(rf"(?P<q>[\"'`]){re.escape(self.old)}(?P=q)", rf"\g<q>{self.new}\g<q>", text)
