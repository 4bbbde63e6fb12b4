"""Make the package of a new stack: all of it, or nothing."""

from __future__ import annotations

import shutil
import tempfile
from importlib.resources import files
from pathlib import Path
from string import Template

from harness.errors import EnvironmentFault, UsageError
from harness.scaffold.naming import Names
from harness.scaffold.origin import Origin
from harness.scaffold.renaming import Renaming

# What tools leave in a working copy; the copy has its own soon enough.
LEFT_OUT = ("__pycache__", "*.pyc", "node_modules", "dist", ".venv", ".env", "*.db", "*.db-*")
MADE_FROM = {
    "pyproject.toml": "pyproject.toml.template",
    "README.md": "README.md.template",
    ".gitignore": "gitignore.template",
    "tests/test_stack.py": "test_stack.py.template",
}


def make(names: Names, origin: Origin, folder: Path) -> None:
    """Write the package of a stack like `origin` to `folder`, which must not exist.

    Raises UsageError for a folder that cannot be, EnvironmentFault when writing fails; then
    nothing is left of it.
    """
    if folder.exists() or folder.is_symlink():
        raise UsageError(f"{folder} exists already; remove it, or choose another with --folder")
    if not folder.parent.is_dir():
        raise UsageError(f"{folder} cannot be made: there is no folder {folder.parent}")
    if folder.resolve().is_relative_to(origin.folder.resolve()):
        raise UsageError(f"{folder} is within {origin.folder}, which is to be copied")
    try:
        with tempfile.TemporaryDirectory(prefix=".bakeoff-", dir=folder.parent) as scratch:
            made = Path(scratch) / "made"
            _fill(made, names, origin)
            made.rename(folder)
    except OSError as error:
        # copytree tells its failures as a list, the others have one reason.
        reason = error.strerror or str(error)
        raise EnvironmentFault(f"{folder} cannot be written: {reason}") from error


def _fill(made: Path, names: Names, origin: Origin) -> None:
    package = made / names.package
    shutil.copytree(origin.folder, package, ignore=shutil.ignore_patterns(*LEFT_OUT))
    Renaming(
        old=origin.stack,
        new=names.stack,
        old_package=origin.package,
        new_package=names.package,
        attribute=origin.attribute,
    ).apply(package)
    (package / "__init__.py").touch()
    values = {
        "stack": names.stack,
        "package": names.package,
        "distribution": names.distribution,
        "attribute": origin.attribute,
        "like": origin.stack,
        "licence": f'license = "{origin.licence}"\n' if origin.licence else "",
        "terms": f" ({origin.licence})" if origin.licence else "",
    }
    templates = files("harness.scaffold") / "templates"
    for name, template in MADE_FROM.items():
        (made / name).parent.mkdir(exist_ok=True)
        text = Template((templates / template).read_text("utf-8")).substitute(values)
        (made / name).write_text(text, "utf-8")
    for name, text in origin.licence_texts.items():
        (made / name).write_text(text, "utf-8")
