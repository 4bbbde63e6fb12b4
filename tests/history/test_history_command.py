"""`bakeoff history` as a user runs it, over a store of twelve small runs."""

from __future__ import annotations

import json

import pytest

from harness.store import Store

AWAY = {
    "PIP_INDEX_URL": "http://127.0.0.1:9",
    "PIP_RETRIES": "0",
    "PIP_FIND_LINKS": "",
    "PIP_CONFIG_FILE": "/dev/null",
}


@pytest.fixture
def store(tmp_path, make_run, make_records):
    """Twelve runs in the folder's default store, and one by another launcher."""
    (tmp_path / "runs").mkdir()
    with Store.open(f"sqlite:///{tmp_path / 'runs/results.db'}") as opened:
        for number in range(13):
            run = make_run(number + 1, **({} if number else {"launcher": "containers"}))
            opened.begin(run)
            for record in make_records(number + 1):
                opened.add(run.id, record)
    return tmp_path


@pytest.mark.usefixtures("store")
def test_it_shows_the_trends_and_what_is_left_out(bakeoff):
    """Twelve comparable runs, and the one that is not."""
    done = bakeoff("--no-change-points")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(
        "primary: 12 comparable runs, run-02 to run-13\nleft out: 1 of 13"
    )
    assert done.stdout.endswith("no change points: left out by --no-change-points\n")


@pytest.mark.usefixtures("store")
def test_json_is_one_document(bakeoff):
    """Only the metric that was asked for."""
    done = bakeoff("--json", "--no-change-points", "--stack", "primary", "--metric", "cpu:api")
    (of,) = json.loads(done.stdout)["stacks"]
    assert [(t["metric"]["component"], len(t["values"])) for t in of["trends"]] == [("api", 12)]


@pytest.mark.usefixtures("store")
def test_without_an_index_the_trends_are_shown_all_the_same(bakeoff, tmp_path):
    """With why there are no change points and what mends it; exit 0."""
    done = bakeoff(BAKEOFF_CACHE=str(tmp_path / "cache"), **AWAY)
    assert done.returncode == 0
    assert "throughput" in done.stdout
    assert "no change points: Apache Otava cannot be had on this machine:" in done.stdout
    assert "Mend it with: " in done.stdout


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--stack", "lamp"), "holds no results of lamp; of these it does: primary"),
        (("--metric", "speed"), "--metric speed: write it as one of throughput, p50"),
        (("--metric", "cpu:nobody"), "no run of primary has that; there are the scenarios chat"),
        (("--scenario", "video"), "no run of primary has that; there are the scenarios chat"),
    ],
)
def test_bad_input_is_exit_2_and_says_what_there_is(bakeoff, arguments, message):
    """Nothing is fetched for it."""
    done = bakeoff(*arguments)
    assert done.returncode == 2
    assert message in done.stderr


def test_an_empty_store_is_exit_2(bakeoff):
    """And how to fill it."""
    done = bakeoff()
    assert done.returncode == 2
    assert "holds no results yet; make some with: bakeoff run" in done.stderr
