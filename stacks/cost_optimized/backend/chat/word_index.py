"""Search: an FTS5 table with the words of each message, and a mark for the user they belong to.

The words are taken out of the text here, because none of FTS5's tokenizers knows the contract's
idea of a word. The mark holds an underscore, which no word can; it makes one user's messages a
term of the index, so that a word common to all users costs nobody more than their own messages.
"""

from django.db import connection

from .models import Message
from .parameters import PageRequest
from .text_rules import words


def add(user_id: int, messages: list[Message]) -> None:
    """Indexes messages; to be called in the transaction that stores them."""
    rows = [
        (message.pk, " ".join([_mark(user_id), *dict.fromkeys(words(message.content))]))
        for message in messages
    ]
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO message_words (rowid, words) VALUES (%s, %s)", rows)


def find(user_id: int, query: str, page: PageRequest) -> list[Message]:
    """The user's messages that hold every word of the query, newest first, one over the limit."""
    # Words and mark are made of letters, digits and '_' alone: quoted, they are nothing but terms.
    terms = [_mark(user_id), *dict.fromkeys(words(query))]
    match = " AND ".join(f'"{term}"' for term in terms)
    return list(
        Message.objects.raw(
            """
            SELECT messages.* FROM message_words JOIN messages ON messages.id = message_words.rowid
            WHERE message_words MATCH %s AND message_words.rowid < %s
            ORDER BY message_words.rowid DESC LIMIT %s
            """,
            [match, page.before or 2**63 - 1, page.limit + 1],
        )
    )


def _mark(user_id: int) -> str:
    return f"_{user_id}"
