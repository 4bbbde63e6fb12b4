"""Write transactions, one at a time in each process.

SQLite has a single writer. One that finds the database locked sleeps and looks again, with no
queue, so under load some wait for seconds; here the threads of a process wait in line for a lock
instead, and SQLite's waiting is left for the other processes. A commit may copy the log into the
database (a checkpoint), which the lock keeps to one thread too.
"""

import contextlib
import threading

from django.conf import settings
from django.db import OperationalError, transaction

_turn = threading.Lock()


@contextlib.contextmanager
def write_transaction():
    """A transaction that holds SQLite's write lock from its start. Never open one inside another.

    Hold it for storing alone: everybody else's writes wait, up to WRITE_SECONDS here and as long
    again for other processes; then it raises OperationalError.
    """
    if not _turn.acquire(timeout=settings.WRITE_SECONDS):
        raise OperationalError("the writers of this process did not come to an end")
    try:
        with transaction.atomic(durable=True):
            yield
    finally:
        _turn.release()
