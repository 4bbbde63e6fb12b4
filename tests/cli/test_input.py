"""Bad input gets a clear message and its exit code, never a traceback (the fixture checks that)."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Command = Callable[..., CompletedProcess[str]]


def test_an_unknown_stack_lists_the_known_ones(bakeoff: Command) -> None:
    """Exit 2, and the names that exist."""
    done = bakeoff("run", "--stack", "lamp")

    assert done.returncode == 2
    assert "there is no stack 'lamp'; there are: cost-optimized, developer" in done.stderr


def test_an_unknown_scenario_lists_the_known_ones(bakeoff: Command) -> None:
    """Exit 2, and the names that exist."""
    done = bakeoff("run", "--scenario", "video")

    assert done.returncode == 2
    assert "there are: blank, browse, cache, chat" in done.stderr


def test_broken_toml_names_file_line_and_key(bakeoff: Command, tmp_path: Path) -> None:
    """Exit 2, the place, what was found and what is allowed."""
    (tmp_path / "bakeoff.toml").write_text('sessions = 2\nverify = "some"\n', "utf-8")
    done = bakeoff("run", "--dry-run")

    assert done.returncode == 2
    assert "bakeoff.toml, line 2: verify is 'some'" in done.stderr
    assert "'smoke' or 'full'" in done.stderr


def test_a_setting_that_no_component_has_lists_those_it_has(
    bakeoff: Command, tmp_path: Path
) -> None:
    """Exit 2, and the component's own settings."""
    (tmp_path / "bakeoff.toml").write_text("[settings.llm]\nspeed = 3\n", "utf-8")
    done = bakeoff("run", "--dry-run")

    assert done.returncode == 2
    assert "settings.llm.speed is not a setting" in done.stderr
    assert "tokens_per_s" in done.stderr


def test_an_attached_url_must_be_one(bakeoff: Command) -> None:
    """Exit 2, and how to write it."""
    done = bakeoff("run", "--attach", "primary:8080")

    assert done.returncode == 2
    assert "STACK=http://host:port" in done.stderr


def test_an_attached_stack_that_does_not_answer_is_exit_3(bakeoff: Command) -> None:
    """Nothing listens on port 9 of loopback."""
    done = bakeoff("run", "--attach", "primary=http://127.0.0.1:9")

    assert done.returncode == 3
    assert "http://127.0.0.1:9" in done.stderr


def test_a_port_that_is_taken_is_exit_3(bakeoff: Command) -> None:
    """The message names the port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = bakeoff("up", "cost-optimized", "--launcher", "processes", "--port", str(port))

    assert done.returncode == 3
    assert str(port) in done.stderr


def test_a_store_of_a_newer_schema_is_refused(bakeoff: Command, tmp_path: Path) -> None:
    """Exit 2, both versions, and what to do."""
    url = f"sqlite:///{tmp_path / 'results.db'}"
    assert bakeoff("report", "--list", "--store", url).returncode == 0
    with sqlite3.connect(tmp_path / "results.db") as database:
        database.execute("UPDATE bakeoff_schema SET version = 99")
    database.close()
    done = bakeoff("report", "--list", "--store", url)

    assert done.returncode == 2
    assert "99" in done.stderr


def test_a_store_that_cannot_be_reached_is_exit_3_without_its_password(bakeoff: Command) -> None:
    """The URL is shown, its password is not."""
    done = bakeoff("report", "--store", "postgresql+psycopg://user:hunter2@127.0.0.1:9/x")

    assert done.returncode == 3
    assert "127.0.0.1:9" in done.stderr
    assert "hunter2" not in done.stderr + done.stdout


def test_resuming_nothing_says_so(bakeoff: Command) -> None:
    """Exit 2 when there is no unfinished run of the plan."""
    done = bakeoff("run", "--resume", "--launcher", "processes", "--plan", "smoke")

    assert done.returncode == 2
    assert "no unfinished run" in done.stderr


def test_a_report_without_runs_says_how_to_make_one(bakeoff: Command) -> None:
    """Exit 2 and the command."""
    done = bakeoff("report")

    assert done.returncode == 2
    assert "bakeoff run" in done.stderr


def test_an_unknown_flag_is_exit_2(bakeoff: Command) -> None:
    """What the library says about it is enough."""
    assert bakeoff("run", "--fast").returncode == 2


def test_a_missing_binary_is_exit_3_with_the_mending_command(
    bakeoff: Command, tmp_path: Path
) -> None:
    """Without PATH, packages or cache nothing can be had, and the message says what to do."""
    empty = tmp_path / "empty"
    empty.mkdir()
    done = bakeoff(
        *("up", "cost-optimized", "--launcher", "processes"),
        PATH=str(empty),
        BAKEOFF_CACHE=str(empty),
        PIP_NO_INDEX="1",
        PIP_FIND_LINKS="",
    )

    assert done.returncode == 3
    assert "Mend it with:" in done.stderr


@pytest.mark.engine
def test_an_image_that_cannot_be_had_is_exit_3(bakeoff: Command, tmp_path: Path) -> None:
    """The message names component, image and both ways to mend it."""
    (tmp_path / "bakeoff.toml").write_text(
        '[images]\nmemcached = "bakeoff-test/nowhere:0"\n', "utf-8"
    )
    done = bakeoff("up", "cost-optimized", "--launcher", "containers")

    assert done.returncode == 3
    assert "bakeoff-test/nowhere:0" in done.stderr
    assert "[images]" in done.stderr
