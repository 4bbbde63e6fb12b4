"""Whatever happens in a drive, the numbers of its measurement agree with each other."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.drive.results import Outcome
from harness.stats.selfcheck import contradictions
from measured import NAN, measure

outcomes = st.sampled_from([o for o in Outcome if o is not Outcome.UNSENT])
requests = st.tuples(
    st.integers(0, 3), st.floats(0, 0.99), st.floats(0, 0.4), st.floats(0, 0.5), outcomes
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(requests, min_size=1, max_size=40))
def test_whatever_came_back_the_numbers_agree_with_each_other(tape, rows):
    """Any mixture of outcomes, delays and slices passes the self-check of an open trial."""
    tape.rows.clear()
    tape.slices.clear()
    for number in range(4):
        tape.slice("a", number * 2.0, drained=number * 2.0 + 2.0)
    for number, moment, late, took, outcome in rows:
        due = number * 2.0 + moment
        end = NAN if outcome is Outcome.OPEN else due + late + took
        tape.request(number, due, sent=due + late, end=end, outcome=outcome)
    measured, raw = measure(tape, model="open", users=4)
    assert raw == ()
    assert contradictions(measured, model="open", users=4, rate=len(rows) / 4) == ()
