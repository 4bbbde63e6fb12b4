"""A message on its way: the prompt that it makes, and how it is stored with its answer.

One insertion stores question, answer and usage: a document is atomic without a transaction, which
a MongoDB server on its own does not have. What follows from it (the count in the conversation, the
index for search) can be done again at any time, and is, if this process does not come to it.
"""

from collections.abc import Generator

from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from . import ids
from .answers import prompt
from .claims import Claim
from .extensions import answers, database, indexer
from .llm import Answer
from .problems import Kind, Problem

# An exchange is two messages of the ten that a prompt reaches back.
HISTORY = 5


class Sending:
    """One attempt at sending a message; its claim, if it has a key, is given up or fulfilled."""

    def __init__(self, *, user: int, conversation: int, question: str, claim: Claim | None):
        self._user = user
        self._conversation = conversation
        self._question = question
        self._claim = claim
        self._stored = False
        self._latest, earlier = _history(conversation)
        self.prompt = prompt(earlier, question)

    def whole(self) -> dict:
        """Asks the model and stores; returns the exchange. Raises ModelFailed or Problem."""
        return self._store(answers.whole(self.prompt))

    def stream(self) -> Generator[str, None, dict]:
        """Yields the answer in parts, stores and returns the exchange; raises as `whole`."""
        answer = yield from answers.stream(self.prompt)
        return self._store(answer)

    def give_up(self) -> None:
        """Frees the key of what was not stored."""
        if self._claim and not self._stored:
            self._claim.release()

    def _store(self, answer: Answer) -> dict:
        exchange = self._insert(answer)
        self._stored = True
        database.conversation_counts.update_one(
            {"_id": self._conversation}, {"$max": {"message_count": 2 * exchange["n"]}}
        )
        ticket = indexer.submit(exchange)
        answers.keep(self.prompt, answer)
        ticket.wait()
        return exchange

    def _insert(self, answer: Answer) -> dict:
        """Inserts the exchange as the next of its conversation."""
        exchange = {
            "conversation": self._conversation,
            "user": self._user,
            "messages": [
                {"role": "user", "content": self._question},
                {"role": "assistant", "content": answer.content},
            ],
            "usage": {
                "prompt_tokens": answer.prompt_tokens,
                "completion_tokens": answer.completion_tokens,
                "cached": answer.cached,
            },
            "pending": True,
        }
        if self._claim:
            exchange |= {"key": self._claim.key, "digest": self._claim.digest}
        n = self._latest + 1
        while True:
            number = ids.new()
            exchange |= {"_id": number, "created_at": ids.time_of(number), "n": n}
            try:
                database.exchanges.insert_one(exchange)
                return exchange
            except DuplicateKeyError:
                if self._claim and self._claim.stored():
                    detail = "This took so long that a repetition has taken over."
                    raise Problem(Kind.CONFLICT, detail) from None
                # Another message of this conversation was first.
                n = _latest_number(self._conversation) + 1


def _history(conversation: int) -> tuple[int, list[dict]]:
    """The number of the latest exchange (0: none), and the latest ten messages, oldest first."""
    latest = list(
        database.exchanges.find(
            {"conversation": conversation},
            {"n": 1, "messages": 1},
            sort=[("n", DESCENDING)],
            limit=HISTORY,
        )
    )
    said = [message for exchange in reversed(latest) for message in exchange["messages"]]
    return (latest[0]["n"] if latest else 0), said


def _latest_number(conversation: int) -> int:
    latest = database.exchanges.find_one(
        {"conversation": conversation}, {"n": 1}, sort=[("n", DESCENDING)]
    )
    return latest["n"] if latest else 0
