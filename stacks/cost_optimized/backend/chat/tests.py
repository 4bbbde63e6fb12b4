"""What the conformance suite cannot see from outside: claims that run out, and the index's words.

Run with `python manage.py test` and the app's environment; no server is needed.
"""

import threading
from datetime import timedelta

from django.db import OperationalError
from django.test import TestCase, override_settings
from django.utils import timezone

from . import idempotency, word_index
from .idempotency import Write
from .llm import Answer
from .models import Conversation, IdempotencyKey, Message, UsageEvent, User
from .parameters import PageRequest
from .problems import Kind, Problem
from .sending import Sending
from .text_rules import words
from .writing import write_transaction

ANSWER = Answer(content="Yes.", prompt_tokens=3, completion_tokens=1, cached=True)
WHOLE_LIST = PageRequest(limit=20, before=None, scope="")


class Setting(TestCase):
    """A user with a conversation."""

    def setUp(self):
        """Stores both."""
        now = timezone.now()
        self.user = User.objects.create(name="ada", created_at=now)
        self.talk = Conversation.objects.create(user=self.user, title="t", created_at=now)

    def write(self, **changes):
        """An attempt with the key `k`."""
        return Write(**{"user_id": self.user.pk, "path": "/p", "key": "k"} | changes)

    def sending(self, write, question="Is it?"):
        """A message that belongs to a write."""
        return Sending(write=write, conversation_id=self.talk.pk, question=question, prompt=[])


class ClaimTest(Setting):
    """A key belongs to one attempt at a time."""

    def test_a_key_under_way_is_a_conflict(self):
        """The second attempt is refused while the first has the key."""
        idempotency.claim_now(self.write())
        with self.assertRaises(Problem) as refused:
            idempotency.claim_now(self.write())
        self.assertEqual(Kind.CONFLICT, refused.exception.kind)

    def test_a_claim_runs_out(self):
        """A key that a killed process left behind can be taken again."""
        idempotency.claim_now(self.write())
        IdempotencyKey.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
        self.assertIsNone(idempotency.claim_now(self.write()))

    def test_an_attempt_that_was_overtaken_stores_nothing(self):
        """Of a slow attempt and the one that took its key over, only the latter is stored."""
        slow, fast = self.write(), self.write()
        idempotency.claim_now(slow)
        IdempotencyKey.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
        idempotency.claim_now(fast)
        with self.assertRaises(Problem):
            self.sending(slow).store(ANSWER)
        self.assertEqual((0, 0), (Message.objects.count(), UsageEvent.objects.count()))
        self.sending(fast).store(ANSWER)
        self.assertEqual((2, 1), (Message.objects.count(), UsageEvent.objects.count()))

    def test_a_late_failure_leaves_the_overtaker_its_key(self):
        """Only the attempt that has the key can free it."""
        slow, fast = self.write(), self.write()
        idempotency.claim_now(slow)
        IdempotencyKey.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
        idempotency.claim_now(fast)
        idempotency.release(slow)
        self.assertEqual(fast.claim, IdempotencyKey.objects.get().claim)

    def test_a_start_frees_keys_under_way_alone(self):
        """A finished write is still known after a restart; one that was cut off is forgotten."""
        done, cut_off = self.write(key="done"), self.write(key="cut-off")
        idempotency.claim_now(done)
        self.sending(done).store(ANSWER)
        idempotency.claim_now(cut_off)
        idempotency.release_all()
        self.assertEqual(["done"], [row.key for row in IdempotencyKey.objects.all()])


class WritingTest(TestCase):
    """Writers wait for their turn, and not for ever."""

    @override_settings(WRITE_SECONDS=0.05)
    def test_a_writer_gives_up(self):
        """A turn that does not come is an error that the client is told, not a hanging thread."""
        refused = []

        def second():
            try:
                with write_transaction():
                    self.fail("two writers at once")
            except OperationalError as error:
                refused.append(error)

        with write_transaction():
            waiting = threading.Thread(target=second)
            waiting.start()
            waiting.join()
        self.assertEqual(1, len(refused))


class WordsTest(Setting):
    """The index knows words as the contract does."""

    def test_words_are_runs_of_ascii_letters_and_digits(self):
        """Anything else parts words, letters of other alphabets too."""
        self.assertEqual(["caf", "na", "ve", "x2", "a", "b"], words("Café naïve_X2 a-b ٣"))

    def test_a_word_cannot_name_another_user(self):
        """The mark of a user in the index cannot be written as a query."""
        self.sending(self.write(key=None), question="alpha").store(ANSWER)
        other = User.objects.create(name="bob", created_at=timezone.now())
        query = f"alpha _{self.user.pk}"
        self.assertEqual([], word_index.find(other.pk, query, WHOLE_LIST))
