"""The house rules that a machine can hold: imports, sizes, documentation, tests for everything."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("harness", "stacks", "scenarios", "reports")
OWN_IDIOM = re.compile(r"^stacks/[a-z_]+/(backend|frontend)/")
TOP = {
    *("harness", "stacks", "scenarios", "reports", "tests"),
    *("README.md", "pyproject.toml", "Makefile", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"),
    *("requirements.lock", "requirements-dev.lock", "action.yml"),
}

TOLD = (
    "harness.records harness.stats harness.errors harness.serial harness.gate harness.pairs "
    "harness.changes harness.config harness.countings harness.standings harness.calibration "
    "harness.history.trend"
)

# Who may import whom, by the longest matching prefix; `harness.cli` is nobody's to import.
ALLOWED = {
    "harness.contract": "harness.errors harness.specs harness.clients harness.component "
    "harness.scenario",
    "harness.component": "harness.errors harness.specs harness.clients",
    "harness.scenario": "harness.component",
    "harness.specs": "",
    "harness.clients": "",
    "harness.errors": "",
    "harness.records": "harness.figures",
    "harness.figures": "",
    "harness.serial": "harness.errors",
    "harness.stats": "harness.records harness.stats harness.errors harness.measure.monitor",
    "harness.measure": "harness.records harness.stats harness.measure harness.errors "
    "harness.serial harness.drive.results harness.drive.job harness.drive.schedule",
    "harness.launch": "harness.contract harness.errors harness.launch harness.measure.usage",
    "harness.drive": "harness.errors harness.drive harness.measure.usage harness.serial "
    "harness.records harness.component harness.scenario",
    "harness.pairs": "harness.records harness.stats",
    "harness.countings": "harness.records harness.config",
    "harness.gate": "harness.records harness.stats harness.pairs harness.countings harness.config "
    "harness.reservations",
    "harness.reservations": "harness.records harness.stats harness.pairs",
    "harness.history": "harness.history harness.records harness.pairs harness.stored "
    "harness.comparable harness.stats harness.contract harness.errors harness.serial "
    "harness.launch",
    "harness.history.trend": "harness.pairs",
    "reports": f"reports {TOLD}",
    "reports.terms": "reports.terms harness.records harness.stats",
    "reports.digest": f"reports.digest reports.terms {TOLD}",
    "reports.tables": f"reports.tables reports.digest reports.terms {TOLD}",
    "reports.figures": f"reports.figures reports.digest reports.terms {TOLD}",
    "reports.story": f"reports.story reports.tables reports.digest reports.terms "
    f"reports.gating.change {TOLD}",
    "reports.draw": "reports.draw reports.terms",
    "reports.html": "reports.html reports.draw reports.terms",
    "scenarios": "scenarios harness.contract harness.errors harness.drive.users "
    "harness.drive.client harness.drive.answers harness.drive.native",
    "stacks.llm": "stacks.llm",
    "stacks.contract": "stacks.contract",
    "stacks": "stacks harness.contract harness.errors",
}


def modules() -> list[Path]:
    """Return every Python file of ours that is not an app's or a test."""
    found = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return [path for path in found if not OWN_IDIOM.match(path.relative_to(ROOT).as_posix())]


def dotted(path: Path) -> str:
    """Return the import name of a file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(path: Path) -> set[str]:
    """Return the import names of ours that a file imports."""
    found = set[str]()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found |= {
                f"{node.module}.{a.name}"
                for a in node.names
                if (ROOT / node.module.replace(".", "/")).is_dir()
            }
    return {name for name in found if name.split(".")[0] in PACKAGES}


SHARED = {"http", "chat_app", "chat_worker"}
components = [
    p for p in sorted((ROOT / "stacks/components").glob("[a-z]*.py")) if p.stem not in SHARED
]
ids = [dotted(path) for path in modules()]


@pytest.mark.parametrize("path", [*modules(), *sorted((ROOT / "tests").rglob("*.py"))], ids=str)
def test_no_module_is_over_250_lines(path: Path) -> None:
    """A module that needs more is two nouns."""
    assert len(path.read_text("utf-8").splitlines()) <= 250


@pytest.mark.parametrize("path", modules(), ids=ids)
def test_every_module_says_what_it_is(path: Path) -> None:
    """A module begins with a docstring."""
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize("path", modules(), ids=ids)
def test_imports_point_one_way(path: Path) -> None:
    """A module imports only what stands before it in the pipeline."""
    name = dotted(path)
    rule = max((p for p in ALLOWED if name == p or name.startswith(p + ".")), key=len, default=None)
    seen = {i for i in imported(path) if not (ROOT / i.replace(".", "/")).is_dir() or i in PACKAGES}
    assert "harness.cli" not in seen or name == "harness.__main__"
    if rule is not None:
        allowed = ALLOWED[rule].split()
        strays = {i for i in seen if not any(i == a or i.startswith(f"{a}.") for a in allowed)}
        assert strays == set()


def test_only_the_drive_imports_locust() -> None:
    """Locust patches the interpreter, so it lives in its own process."""
    guilty = {
        dotted(p)
        for p in modules()
        if re.search(r"^\s*(from|import) locust", p.read_text("utf-8"), re.MULTILINE)
    }
    assert {g for g in guilty if not g.startswith(("harness.drive.", "scenarios."))} == set()


def test_only_one_module_imports_testcontainers() -> None:
    """Everything that knows the engine's client is in one place."""
    guilty = {
        dotted(p)
        for p in modules()
        if re.search(r"^\s*(from|import) testcontainers", p.read_text("utf-8"), re.MULTILINE)
    }
    assert guilty == {"harness.launch.container_site"}


def test_the_top_level_holds_what_the_design_says() -> None:
    """Nothing settles at the top by accident."""
    there = {
        p.name
        for p in ROOT.iterdir()
        if not p.name.startswith(".") and p.name not in {"runs", "node_modules"}
    }
    assert there - TOP == set()


@pytest.mark.parametrize("path", components, ids=lambda p: p.stem)
def test_every_component_has_a_page_and_a_test(path: Path) -> None:
    """A component that nobody documents or tests is not one."""
    page = (ROOT / "stacks/components/README.md").read_text("utf-8").lower()
    tests = "".join(p.read_text("utf-8") for p in (ROOT / "tests").rglob("test_*.py"))
    assert path.stem in page
    assert path.stem in tests


@pytest.mark.parametrize(
    "scenario",
    sorted(p.parent for p in (ROOT / "scenarios").glob("*/scenario.py")),
    ids=lambda p: p.name,
)
def test_every_scenario_has_users_and_a_page(scenario: Path) -> None:
    """A scenario is a scenario.py, a locustfile.py and a README.md."""
    assert (scenario / "locustfile.py").is_file()
    assert (scenario / "README.md").is_file()


@pytest.mark.parametrize(
    "stack", sorted(p.parent for p in (ROOT / "stacks").glob("*/stack.py")), ids=lambda p: p.name
)
def test_every_stack_explains_itself(stack: Path) -> None:
    """A stack has a README with its deviations from defaults and its durability."""
    page = (stack / "README.md").read_text("utf-8").lower()
    assert "deviation" in page
    assert "durab" in page


def test_lock_files_name_no_address() -> None:
    """Hashes say what is meant; where it comes from is the reader's business."""
    for lock in (p for p in ROOT.rglob("requirements*.lock") if ".venv" not in p.parts):
        assert "://" not in lock.read_text("utf-8"), lock
