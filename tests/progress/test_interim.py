"""What of the trials so far is shown as interim numbers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

from harness.figures import Capacity
from harness.progress.interim import Case, Interim, Row
from harness.records import Record, Status

Trial = Callable[..., Record]


def rows(*records: Record) -> tuple[Row, ...]:
    """Return the rows of the one case of these trials."""
    return cases(*records)[0].rows


def cases(*records: Record) -> list[Case]:
    """Return what these trials told, in this order."""
    interim = Interim()
    for record in records:
        interim.note(record)
    return list(interim.cases.values())


def test_a_row_has_medians_over_the_sessions(trial: Trial) -> None:
    """Of throughput, of both percentiles, and of CPU time per request."""
    found = rows(
        trial(session=1, rate=100.0, p50=0.010, p95=0.100, cpu_s=0.001),
        trial(session=2, rate=120.0, p50=0.020, p95=0.200, cpu_s=0.002),
        trial(session=3, rate=110.0, p50=0.030, p95=0.300, cpu_s=0.003),
    )

    assert found == (
        Row(
            name="primary", sessions=3, rate="110", p50="20 ms", p95="200 ms", cpu="2.0 ms",
            errors="0\u00a0%",
        ),
    )  # fmt: skip


def test_errors_are_a_share_of_all_requests(trial: Trial) -> None:
    """A session without any does not hide those of another."""
    (row,) = rows(trial(session=1, failed=10), trial(session=2), trial(session=3))

    assert row.errors == "0.33\u00a0%"


def test_doubts_are_counted_once_and_notes_not_at_all(trial: Trial) -> None:
    """What every session says is one doubt."""
    (row,) = rows(
        trial(session=1, doubts=("SHARED_CORES", "ERRORS")),
        trial(session=2, doubts=("SHARED_CORES", "NOISY_HOST")),
    )

    assert row.doubts == 2


def test_a_limit_of_the_generator_is_no_number_of_the_stack(trial: Trial) -> None:
    """One such session is enough."""
    (row,) = rows(trial(session=1), trial(session=2, doubts=("SATURATED_GENERATOR",)))

    assert row.limited


def test_a_search_shows_the_rate_that_was_kept(trial: Trial) -> None:
    """And not what the last of its drives happened to serve."""
    found = Capacity(low=180.0, high=190.0, slo_p95=0.25, slo_errors=0.001, probes=())
    (row,) = rows(replace(trial(rate=77.0), capacity=found))

    assert row.rate == "180"


def test_a_trial_that_failed_has_its_reason_instead_of_numbers(
    trial: Trial, failing: Trial
) -> None:
    """Beside sessions with numbers it says which one it was."""
    (alone,) = rows(failing("redis: not found"))
    (beside,) = rows(trial(session=1), failing("redis: not found", session=2))
    (often,) = rows(failing("first"), trial(session=2), failing("last", session=3))

    assert (alone.sessions, alone.trouble) == (0, "failed: redis: not found")
    assert (beside.sessions, beside.trouble) == (1, "failed in session 2: redis: not found")
    assert often.trouble == "failed in 2 sessions: last"


def test_a_trial_that_was_skipped_says_so(trial: Trial) -> None:
    """It did not fail."""
    (row,) = rows(trial(status=Status.SKIPPED, reason="no capacity was found"))

    assert row.trouble == "skipped: no capacity was found"


def test_what_others_wrote_is_made_safe(failing: Trial) -> None:
    """A reason is one line without codes, and a name cannot turn the direction of what follows."""
    (row,) = rows(failing("\x1b[31mbad\nthe log", stack="a\u202eb"))

    assert (row.name, row.trouble) == ("a[U+202E]b", "failed: [U+001B][31mbad […]")


def test_a_trial_that_is_run_again_replaces_what_it_told(trial: Trial, failing: Trial) -> None:
    """A run that is resumed repeats what failed."""
    (row,) = rows(failing("redis: not found"), trial(rate=50.0))

    assert (row.sessions, row.rate, row.trouble) == (1, "50.0", "")


def test_the_case_of_the_latest_trial_is_known(trial: Trial) -> None:
    """The order of cases stays that of their first trials."""
    first, second = cases(trial(), trial(scenario="browse"), trial(session=2))

    assert (first.name, second.name) == ("chat, 8 users", "browse, 8 users")
    assert first.changed > second.changed


def test_nothing_of_a_record_is_kept_but_numbers(trial: Trial) -> None:
    """Histograms of hours would fill the memory."""
    record = trial()
    before = sys.getrefcount(record.measurement)
    interim = Interim()
    interim.note(record)
    after = sys.getrefcount(record.measurement)

    assert after == before
