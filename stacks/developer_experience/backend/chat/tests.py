"""What the conformance suite cannot see from outside: claims that run out, and what is left to do.

Run with `python -m unittest chat.tests`, the app's environment and its servers; what is stored
belongs to users that do not exist.
"""

import time
import unittest
from datetime import UTC, datetime

from . import create_app, ids, text_rules
from .claims import Claim
from .extensions import answers, database, indexer, search_index
from .llm import Answer
from .problems import Kind, Problem
from .sending import Sending

PAST = datetime(2020, 1, 1, tzinfo=UTC)
ANSWER = Answer(content="Yes.", prompt_tokens=3, completion_tokens=1)
PATIENCE_SECONDS = 30


def setUpModule():
    """Makes the app and the indexes."""
    context = create_app().app_context()
    context.push()
    unittest.addModuleCleanup(context.pop)
    unittest.addModuleCleanup(database.client.close)
    unittest.addModuleCleanup(search_index.client.close)
    database.prepare()
    search_index.prepare()


class Setting(unittest.TestCase):
    """A conversation."""

    def setUp(self):
        """Stores it."""
        self.user, self.talk = ids.new(), ids.new()
        database.conversations.insert_one(
            {"_id": self.talk, "user": self.user, "title": "t", "message_count": 0}
        )

    def claim(self, digest="d"):
        """An attempt with the key `k`."""
        return Claim(conversation=self.talk, key="k", digest=digest)

    def sending(self, claim=None):
        """A message on its way, whose answer is in the cache."""
        made = Sending(user=self.user, conversation=self.talk, question="Is it?", claim=claim)
        answers.keep(made.prompt, ANSWER)
        return made

    def run_out(self):
        """Makes every claim of the conversation one that has run out."""
        database.claims.update_many({"_id": f"{self.talk}/k"}, {"$set": {"expires_at": PAST}})

    def stored(self):
        """How many exchanges the conversation has, and what it counts itself."""
        talk = database.conversations.find_one({"_id": self.talk})
        exchanges = database.exchanges.count_documents({"conversation": self.talk})
        return exchanges, talk["message_count"]


class ClaimTest(Setting):
    """A key belongs to one attempt at a time."""

    def test_a_key_under_way_is_a_conflict(self):
        """The second attempt is refused while the first has the key."""
        self.claim().take()
        with self.assertRaises(Problem) as refused:
            self.claim().take()
        self.assertEqual(Kind.CONFLICT, refused.exception.kind)

    def test_a_claim_runs_out(self):
        """A key that a killed process left behind can be taken again."""
        self.claim().take()
        self.run_out()
        self.assertIsNone(self.claim().take())

    def test_of_two_attempts_one_is_stored(self):
        """A slow attempt and the one that took its key over make one exchange together."""
        slow, fast = self.claim(), self.claim()
        slow.take()
        first = self.sending(slow)
        self.run_out()
        fast.take()
        self.sending(fast).whole()
        with self.assertRaises(Problem) as refused:
            first.whole()
        self.assertEqual(Kind.CONFLICT, refused.exception.kind)
        self.assertEqual((1, 2), self.stored())

    def test_a_late_failure_leaves_the_key_to_its_taker(self):
        """Only the attempt that has the key can free it."""
        slow, fast = self.claim(), self.claim()
        slow.take()
        self.run_out()
        fast.take()
        slow.release()
        with self.assertRaises(Problem):
            self.claim().take()

    def test_a_key_is_known_after_its_claim_is_gone(self):
        """The exchange itself holds the key."""
        claim = self.claim()
        claim.take()
        exchange = self.sending(claim).whole()
        database.claims.delete_many({"_id": f"{self.talk}/k"})
        self.assertEqual(exchange["_id"], self.claim().take()["_id"])
        with self.assertRaises(Problem) as refused:
            self.claim("another").take()
        self.assertEqual(Kind.IDEMPOTENCY_MISMATCH, refused.exception.kind)


class SendingTest(Setting):
    """Exchanges are numbered without gaps, and finished by whoever comes by."""

    def test_two_messages_at_once_are_both_stored(self):
        """Both began after the same message; the second to be stored comes after the first."""
        one, other = self.sending(), self.sending()
        self.assertEqual([1, 2], [one.whole()["n"], other.whole()["n"]])
        self.assertEqual((2, 4), self.stored())

    def test_what_a_killed_process_left_is_finished(self):
        """It is counted and can be found, as if the process had lived."""
        old = (int(time.time() * 1e6) - 60_000_000) << ids.RANDOM_BITS
        cut_off = {
            "_id": old,
            "conversation": self.talk,
            "user": self.user,
            "n": 1,
            "created_at": ids.time_of(old),
            "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "cached": False},
            "pending": True,
        }
        database.exchanges.insert_one(cut_off)
        indexer.start()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while database.exchanges.find_one({"_id": old, "pending": True}):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        self.assertEqual((1, 2), self.stored())
        found = search_index.find(self.user, ["b"], None, 2)
        self.assertEqual(["assistant"], [message["role"] for _, message in found])


class RulesTest(unittest.TestCase):
    """Identifiers and words."""

    def test_identifiers_grow(self):
        """Also within a microsecond; they are read back, and nothing else is."""
        made = [ids.new() for _ in range(10_000)]
        self.assertEqual(sorted(set(made)), made)
        self.assertEqual(made[0], ids.number(ids.text(made[0])))
        self.assertIsNone(ids.number("f" * 16))

    def test_words_are_runs_of_ascii_letters_and_digits(self):
        """Anything else parts words, letters of other alphabets too."""
        words = text_rules.words("Café naïve_X2 a-b \u0663 \u212aelvin A")
        self.assertEqual(["caf", "na", "ve", "x2", "a", "b", "elvin"], words)


if __name__ == "__main__":
    unittest.main()
