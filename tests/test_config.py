"""Configure: plans, bakeoff.toml and flags, and what is said when they do not fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import PlanError
from harness.plan_files import PLANS, load_plan


def complaint(folder: Path, text: str) -> str:
    """Return what is said about a bakeoff.toml with this text."""
    (folder / "bakeoff.toml").write_text(text, "utf-8")
    with pytest.raises(PlanError) as caught:
        load_plan("smoke", folder, {})
    return str(caught.value)


@pytest.mark.parametrize("name", sorted(path.stem for path in PLANS.glob("*.toml")))
def test_every_plan_that_comes_with_bakeoff_loads(name: str, tmp_path: Path) -> None:
    """The built-in plans fit their own schema and know their names."""
    assert name == load_plan(name, tmp_path, {}).name


def test_the_folder_is_laid_over_the_plan_and_flags_over_both(tmp_path: Path) -> None:
    """A flag beats bakeoff.toml, which beats the plan; untouched keys stay."""
    (tmp_path / "bakeoff.toml").write_text("sessions = 3\n[load]\nusers = 5\n", "utf-8")

    plan = load_plan("smoke", tmp_path, {"sessions": 4})

    assert (4, 5, 2) == (plan.sessions, plan.load.users, plan.load.slices)


def test_a_pyproject_table_serves_as_configuration(tmp_path: Path) -> None:
    """[tool.bakeoff] is read where there is no bakeoff.toml."""
    (tmp_path / "pyproject.toml").write_text("[tool.bakeoff]\nsessions = 7\n", "utf-8")

    assert load_plan("smoke", tmp_path, {}).sessions == 7


def test_a_scenario_may_have_several_loads_of_its_own(tmp_path: Path) -> None:
    """[[loads.NAME]] replaces the plan's load for that scenario."""
    (tmp_path / "bakeoff.toml").write_text(
        '[[loads.chat]]\nusers = 2\n[[loads.chat]]\nmodel = "open"\nrate = 9\n', "utf-8"
    )

    plan = load_plan("smoke", tmp_path, {})

    assert ["2 users", "9 requests/s"] == [load.title for load in plan.loads_of("chat")]
    assert plan.loads_of("browse") == (plan.load,)


def test_text_that_is_not_toml_names_file_and_line(tmp_path: Path) -> None:
    """A syntax error says where it is."""
    said = complaint(tmp_path, "sessions = 3\nload == 4\n")

    assert "bakeoff.toml" in said
    assert "line 2" in said


def test_an_unknown_key_names_its_line_and_the_keys_allowed_there(tmp_path: Path) -> None:
    """A misspelt key is found, not ignored."""
    said = complaint(tmp_path, "sessions = 3\n\n[load]\nuserz = 4\n")

    assert "bakeoff.toml, line 4: load.userz is not a key of a plan" in said
    assert "users" in said


def test_a_wrong_value_names_what_was_found_and_what_is_allowed(tmp_path: Path) -> None:
    """The message has the value and its allowed ones."""
    said = complaint(tmp_path, 'launcher = "docker"\n')

    assert "line 1: launcher is 'docker'" in said
    assert "'auto', 'containers' or 'processes'" in said


def test_a_value_out_of_range_says_the_range(tmp_path: Path) -> None:
    """Bounds are part of the message."""
    assert "load.users is 0; input should be greater than or equal to 1" in complaint(
        tmp_path, "[load]\nusers = 0\n"
    )


def test_an_open_load_needs_a_rate(tmp_path: Path) -> None:
    """An open load without a rate would measure nothing."""
    assert "a rate above 0, or of_capacity, goes with model = 'open'" in complaint(
        tmp_path, '[load]\nmodel = "open"\n'
    )


def test_an_unknown_plan_lists_the_known_ones(tmp_path: Path) -> None:
    """A plan is a known name or a file."""
    with pytest.raises(PlanError, match=r"full, gate, quick, smoke"):
        load_plan("fast", tmp_path, {})


def test_a_plan_that_is_not_text_is_refused(tmp_path: Path) -> None:
    """Binary data gets a sentence, not a traceback."""
    (tmp_path / "p.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(PlanError, match="not UTF-8"):
        load_plan(str(tmp_path / "p.toml"), tmp_path, {})


def test_a_share_of_the_capacity_needs_a_search_before_it(tmp_path: Path) -> None:
    """Else nobody knows the rate."""
    said = complaint(tmp_path, '[[loads.chat]]\nmodel = "open"\nof_capacity = 0.6\n')

    assert "of_capacity in the loads of chat wants one with model = 'capacity' before it" in said


def test_loads_of_capacity_are_named_by_what_they_keep(tmp_path: Path) -> None:
    """The title does not depend on what will be found."""
    (tmp_path / "bakeoff.toml").write_text(
        '[[loads.chat]]\nmodel = "capacity"\nslo_p95_s = 0.3\n'
        '[[loads.chat]]\nmodel = "open"\nof_capacity = 0.6\n',
        "utf-8",
    )

    titles = [load.title for load in load_plan("smoke", tmp_path, {}).loads_of("chat")]
    assert ["capacity, p95 within 300 ms", "60 % of the lowest capacity"] == titles


def test_a_blank_that_is_too_short_says_nothing(tmp_path: Path) -> None:
    """Two slices of a quarter of a second are the least."""
    said = complaint(tmp_path, "blank_s = 0.2\n")

    assert "blank_s is 0.2; 0 leaves the blank out, else it takes at least 0.5 s" in said
