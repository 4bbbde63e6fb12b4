"""The books of the queue scenario: what was acknowledged against what arrived."""

import pytest

from harness.contract import Acknowledged
from scenarios.queue import books
from scenarios.queue.scenario import SCENARIO as QUEUE

NOTHING = {
    "acknowledged": 0, "delivered": 0, "duplicates": 0, "lost": 0, "lost_despite_promise": 0,
    "never_sent": 0,
}  # fmt: skip


@pytest.fixture
def path(tmp_path):
    """Return the file of books in which one message was lost and one came twice."""
    path = tmp_path / "books.txt"
    writer = books.Books(path)
    writer.note(books.ACKNOWLEDGED, ["1.0", "1.1", "2.0", "2.1"])
    writer.note(books.UNSURE, ["3.0", "3.1"])
    writer.note(books.RECEIVED, ["1.0", "3.0", "1.1", "1.0"])
    writer.note(books.LEFT, ["2.1"])
    writer.close()
    return path


def _audited(**after):
    told = Acknowledged(
        answered={"publish": 2, "deliver": 2, "drain": 1}, unsure={"publish": 1},
        before=NOTHING, after=NOTHING | {"acknowledged": 4, "delivered": 4} | after,
    )  # fmt: skip
    return QUEUE.audit(told)


def test_what_was_acknowledged_and_is_nowhere_is_lost(path):
    """What was left in the broker is not."""
    assert books.read(path).lost == 1


def test_what_comes_again_is_a_duplicate(path):
    """Of three receipts of two messages one is a duplicate."""
    assert books.read(path).duplicates == 1


def test_a_message_without_an_answer_may_arrive_or_not(path):
    """It is neither lost nor strange."""
    assert books.read(path).never_sent == 0


def test_a_message_that_nobody_sent_is_noticed(path):
    """Such as one that came mutilated."""
    writer = books.Books(path)
    writer.note(books.RECEIVED, ["mutilated"])
    writer.close()
    assert books.read(path).never_sent == 1


def test_a_line_that_was_cut_short_is_left_out(path):
    """The load generator may end at any moment."""
    with path.open("a") as file:
        file.write("R 2.")
    assert books.read(path).never_sent == 0


def test_books_in_order_contradict_nothing():
    """Four acknowledged to users, four in the books."""
    assert _audited() == ()


def test_a_loss_against_the_promise_is_a_contradiction():
    """The tier promised to keep it."""
    assert _audited(lost=1, lost_despite_promise=1) == ("1 acknowledged messages were lost.",)


def test_a_loss_where_nothing_was_promised_is_only_counted():
    """At the tier that promises nothing."""
    assert _audited(lost=1) == ()


def test_duplicates_are_only_counted():
    """Delivery is at least once."""
    assert _audited(duplicates=3) == ()


def test_acknowledgements_that_users_did_not_get_are_a_contradiction():
    """The books hold two more than all who were answered or in doubt."""
    (said,) = _audited(acknowledged=7)
    assert "2 too many" in said
