"""How passwords are hashed."""

from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth.hashers import Argon2PasswordHasher

# Hashes of one process take turns on one thread. Each takes 19 MiB, which the C library keeps for
# the thread that asked for it: on the 32 threads of a worker that came to 300 MiB, seen with 16
# sign-ups at once.
_turn = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hash")


class Argon2id(Argon2PasswordHasher):
    """Argon2id with OWASP's smallest recommended cost: 19 MiB, two passes, one lane.

    Source: OWASP Password Storage Cheat Sheet, section Argon2id.
    """

    time_cost = 2
    memory_cost = 19456
    parallelism = 1

    def encode(self, password, salt):
        """The hash to store."""
        return _turn.submit(super().encode, password, salt).result()

    def verify(self, password, encoded):
        """Whether a password is the one that was hashed."""
        return _turn.submit(super().verify, password, encoded).result()
