"""When gates let users through. Users are greenlets, as in Locust."""

from time import perf_counter

import gevent
import pytest

from harness.drive.gates import Abandoned, ClosedGate, OpenGate


def _enter_often(gate, tickets, rest=0.0, work_s=0.0):
    while True:
        ticket = gate.enter(rest)
        gate.take_off(ticket)
        try:
            gevent.sleep(work_s)
        finally:
            gate.land(perf_counter())
        tickets.append((ticket, perf_counter()))


def _run(gate, users, seconds, *, duration_s, moments=(), **user):
    tickets = []
    group = [gevent.spawn(_enter_often, gate, tickets, **user) for _ in range(users)]
    gevent.sleep(0)
    gate.open(0, duration_s, moments)
    gevent.sleep(seconds)
    gevent.killall(group)
    return tickets


def test_nobody_passes_before_the_slice_opens():
    """Users wait while another stack is loaded."""
    tickets = []
    user = gevent.spawn(_enter_often, ClosedGate(), tickets)
    gevent.sleep(0.02)
    user.kill()
    assert tickets == []


def test_a_closed_gate_stops_letting_users_in_at_the_end():
    """Whoever is ready after the end waits for the next slice."""
    gate = ClosedGate()
    tickets = _run(gate, 3, 0.15, duration_s=0.05, work_s=0.005)
    assert tickets
    assert all(gate.start <= ticket.due < gate.end for ticket, _ in tickets)


def test_thinking_stands_still_outside_of_the_slices():
    """A user that thinks for 60 ms in slices of 40 ms is ready 20 ms into the second slice."""
    gate, tickets = ClosedGate(), []
    user = gevent.spawn(_enter_often, gate, tickets, rest=0.06)
    for index in range(2):
        gevent.sleep(0)
        gate.open(index, 0.04, ())
        gevent.sleep(0.04)
        start = gate.start
        gate.shut()
        gevent.sleep(0.1)
    user.kill()
    (ticket, _), *more = tickets
    assert (ticket.slice, more) == (1, [])
    assert ticket.due - start == pytest.approx(0.02, abs=0.002)


@pytest.mark.parametrize(("behind", "due"), [(0.02, 0.03), (1.0, 0.0)])
def test_who_is_behind_its_plan_was_due_in_the_past(behind, due):
    """It does not wait; due is when the plan said, but not before the slice."""
    gate = ClosedGate()
    gate.open(0, 10, ())
    gevent.sleep(0.05)
    ticket = gate.enter(-behind)
    assert ticket.due - gate.start == pytest.approx(due, abs=0.01)
    assert ticket.ready - gate.start == pytest.approx(0.05, abs=0.01)


def test_an_open_gate_keeps_its_schedule_whatever_the_answers_do():
    """Due moments are those of the schedule, though both users are held up by slow answers."""
    gate, moments = OpenGate(), [0.01 * n for n in range(10)]
    tickets = _run(gate, 2, 0.3, duration_s=0.1, moments=moments, work_s=0.03)
    assert [round(ticket.due - gate.start, 9) for ticket, _ in tickets] == pytest.approx(moments)


def test_the_generator_is_not_late_for_want_of_room():
    """Who finds a moment past when it comes back is ready then, not when it was due."""
    gate = OpenGate()
    tickets = _run(gate, 1, 0.1, duration_s=0.05, moments=[0.0, 0.001], work_s=0.03)
    second, _ = tickets[1]
    assert second.ready - second.due == pytest.approx(0.029, abs=0.01)


def test_what_nobody_could_send_is_unsent():
    """One user, held up for the whole slice, sends the first of three; two are left."""
    gate = OpenGate()
    user = gevent.spawn(_enter_often, gate, [], work_s=1)
    gevent.sleep(0)
    gate.open(0, 0.03, [0.0, 0.01, 0.02])
    gevent.sleep(0.05)
    left = gate.unsent(perf_counter())
    user.kill()
    assert [round(due - gate.start, 3) for due in left] == [0.01, 0.02]


def test_moments_that_had_not_come_are_not_unsent():
    """A slice that is cut short owes only what was due until then."""
    gate = OpenGate()
    gate.open(0, 10, [0.0, 5.0])
    assert len(gate.unsent(gate.start + 1)) == 1


def test_shutting_gives_up_what_is_in_flight():
    """A user that waits for an answer when the slice has drained is told to abandon it."""
    gate, seen = ClosedGate(), []

    def user():
        try:
            _enter_often(gate, [], work_s=10)
        except Abandoned:
            seen.append("abandoned")

    gevent.spawn(user)
    gevent.sleep(0)
    gate.open(0, 0.01, ())
    gevent.sleep(0.02)
    gate.shut()
    gevent.sleep(0.01)
    assert (seen, gate.flying) == (["abandoned"], set())
