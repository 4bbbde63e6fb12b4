"""What is checked of a message that was read back, and whose it is."""

import pytest

from scenarios.database.messages import Message, body, fault, message
from scenarios.database.ownership import Own
from scenarios.passages import source

TEXT = source(1)


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        ([message(TEXT, 5)], None),
        ([message(TEXT, 5)._replace(body=body(TEXT, 5, 9, 4))], None),
        ([], "0 messages with that id"),
        ([message(TEXT, 6)], "another message than the one asked for"),
        ([message(TEXT, 5)._replace(author="x")], "another message than the one asked for"),
        ([message(TEXT, 5)._replace(body=body(TEXT, 6))], "the body is not what was written"),
        ([Message(5, 0, "author-0", "?")], "the body tells no writer"),
    ],
)
def test_every_character_is_checked(found, wrong):
    """Whoever wrote it."""
    assert fault(TEXT, 5, found) == wrong


def test_a_writer_misses_what_it_wrote():
    """Others may overwrite it; what was in doubt is not missed."""
    own = Own(writer=3)
    own.wrote(1, 8, sure=True)
    own.wrote(2, 9, sure=False)
    lost = "an acknowledged update is lost: the message "
    assert own.lost(1, version=8, writer=3) is None
    assert own.lost(1, version=1, writer=4) is None
    assert own.lost(1, version=0, writer=0) == f"{lost}is as it was loaded"
    assert own.lost(1, version=7, writer=3) == f"{lost}has an older version"
    assert own.lost(2, version=0, writer=0) is None
