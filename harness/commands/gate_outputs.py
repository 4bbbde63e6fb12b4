"""Where a judgement goes: files for CI systems, text or JSON for whoever called."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

import click

from harness.errors import StoreFailed
from harness.gate import Judgement
from harness.records import Record
from reports.gating import action_benchmark, as_json, bencher
from reports.gating.junit import junit
from reports.gating.levels import levels
from reports.gating.markdown import LIMIT_BYTES, step_summary
from reports.gating.text import text

F = TypeVar("F", bound=Callable[..., object])
FILE = click.Path(path_type=Path)


def output_options(command: F) -> F:
    """Add the flags that say which files are to be written."""
    flags = (
        click.option("--summary", type=FILE, metavar="FILE", help="Append Markdown to it."),
        click.option("--junit", type=FILE, metavar="FILE", help="Write JUnit XML."),
        click.option(
            "--action-benchmark",
            type=FILE,
            metavar="FOLDER",
            help="Write files for github-action-benchmark.",
        ),
        click.option("--bencher", type=FILE, metavar="FILE", help="Write Bencher's JSON."),
    )
    for flag in reversed(flags):
        command = flag(command)
    return command


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """The files to write; those that nobody asked for are None."""

    summary: Path | None
    junit: Path | None
    action_benchmark: Path | None
    bencher: Path | None

    @classmethod
    def taken(cls, flags: dict[str, Any]) -> Self:
        """Return what the flags say and take it out of them."""
        return cls(**{name: flags.pop(name) for name in cls.__slots__})

    def write(self, judgement: Judgement, records: Sequence[Record]) -> None:
        """Write every file that was asked for; raises StoreFailed for one that cannot be."""
        figures = levels(records, judgement)
        if self.summary:
            taken = self.summary.stat().st_size if self.summary.is_file() else 0
            room = max(0, LIMIT_BYTES - taken)
            _write([(self.summary, step_summary(judgement, room))], append=True)
        if self.junit:
            _write([(self.junit, junit(judgement))])
        if folder := self.action_benchmark:
            files = action_benchmark.files(judgement, figures)
            _write((folder / name, content) for name, content in files.items())
        if self.bencher:
            document = bencher.document(judgement, figures)
            _write([(self.bencher, json.dumps(document, indent=1) + "\n")])


def told(judgement: Judgement, *, in_json: bool) -> str:
    """Return the judgement for standard output."""
    if in_json:
        return json.dumps(as_json.document(judgement), indent=2, sort_keys=True)
    return text(judgement).rstrip()


def _write(files: Iterable[tuple[Path, str]], *, append: bool = False) -> None:
    for path, content in files:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a" if append else "w", encoding="utf-8") as file:
                file.write(content)
        except OSError as error:
            raise StoreFailed(
                f"{path} cannot be written: {error.strerror}; the sessions are kept in the store"
            ) from error
