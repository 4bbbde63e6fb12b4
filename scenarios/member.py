"""What users of all scenarios can do: the contract's operations, each with its check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from harness.drive.answers import Answer
from harness.drive.users import StackUser
from scenarios import checks

CREATED = 201
PAGE = 20


@dataclass(slots=True, kw_only=True)
class Conversation:
    """A conversation that one user alone writes to, as far as that user knows it.

    `newest` is the id of its last answer; `sent` how many messages were answered in it.
    """

    id: str
    newest: str = ""
    sent: int = 0


class Member(StackUser):
    """A user with an account, among those that the scenario prepared; several may share one."""

    abstract = True

    def on_start(self) -> None:
        """Sign in with the account of this user's number."""
        super().on_start()
        accounts = self.data["accounts"]
        self.account = accounts[self.number % len(accounts)]
        self.headers = {"Authorization": f"Bearer {self.account['token']}"}
        self._writes = count()

    def thorough(self) -> bool:
        """Decide whether the next answer is read in full: one in twenty."""
        return self.rng.randrange(checks.FULL_ONE_IN) == 0

    def get(self, endpoint: str, path: str, full: Callable[[Answer], str | None]) -> Answer:
        """GET as this user; every answer gets the cheap look, one in twenty the full one."""
        check = full if self.thorough() else checks.cheap
        return self.http.request(endpoint, "GET", path, headers=self.headers, check=check)

    def list_conversations(self) -> Answer:
        """Read the first page of the account's conversations."""
        return self.get(
            "listConversations",
            f"/v1/conversations?limit={PAGE}",
            lambda answer: checks.page(answer, limit=PAGE),
        )

    def list_messages(self, conversation: Conversation) -> Answer:
        """Read the newest messages of a conversation; what this user wrote must be there."""
        return self.get(
            "listMessages",
            f"/v1/conversations/{conversation.id}/messages?limit={PAGE}",
            lambda answer: checks.messages(
                answer, limit=PAGE, conversation=conversation.id, newest=conversation.newest
            ),
        )

    def search(self, query: str) -> Answer:
        """Search the account's messages for words."""
        return self.get(
            "searchMessages",
            f"/v1/search?q={query.replace(' ', '+')}&limit={PAGE}",
            lambda answer: checks.found(answer, limit=PAGE, query=query),
        )

    def create_conversation(self, title: str) -> Conversation | None:
        """Open a conversation; None when that failed."""

        def check(answer: Answer) -> str | None:
            made = answer.json
            wrong = (made["title"], made["message_count"]) != (title, 0) or not made["id"]
            return "not the conversation that was asked for" if wrong else None

        answer = self.http.request(
            "createConversation",
            "POST",
            "/v1/conversations",
            json={"title": title},
            headers=self.write_headers(),
            status=CREATED,
            check=check,
        )
        return Conversation(id=answer.json["id"]) if answer.ok else None

    def send_message(
        self, conversation: Conversation, content: str, known: dict[str, str] | None = None
    ) -> dict[str, Any] | None:
        """Send a message and return the exchange; None when that failed.

        `known` holds the answers that a first message got before; this one must get the same. A
        message without `known` must be one that nobody sent before.
        """

        def check(answer: Answer) -> str | None:
            made = answer.json
            wrong = checks.exchange(made, conversation=conversation.id, content=content)
            return wrong or checks.repeated(made["answer"], content, known)

        answer = self.http.request(
            "sendMessage",
            "POST",
            f"/v1/conversations/{conversation.id}/messages",
            json={"content": content},
            headers=self.write_headers(),
            status=CREATED,
            check=check,
        )
        return self._noted(conversation, answer.json) if answer.ok else None

    def stream_message(self, conversation: Conversation, content: str) -> dict[str, Any] | None:
        """Send a message, read its answer as a stream and return the exchange; None if it failed.

        One in twenty streams is read in full: its deltas joined must be the answer.
        """
        thorough = self.thorough()

        def check(answer: Answer) -> str | None:
            *tokens, done = answer.events
            if thorough:
                joined = "".join(token.json["delta"] for token in tokens)
                if joined != done.json["answer"]["content"]:
                    return "the deltas joined are not the answer"
            return checks.exchange(done.json, conversation=conversation.id, content=content)

        answer = self.http.stream(
            "streamMessage",
            f"/v1/conversations/{conversation.id}/messages",
            json={"content": content, "stream": True},
            headers=self.write_headers(),
            check=check,
        )
        return self._noted(conversation, answer.events[-1].json) if answer.ok else None

    def write_headers(self) -> dict[str, str]:
        """Return headers with an Idempotency-Key that nobody used before."""
        key = f"{self.run_id}-{self.number}-{next(self._writes)}"
        return {**self.headers, "Idempotency-Key": key}

    def _noted(self, conversation: Conversation, exchange: dict[str, Any]) -> dict[str, Any]:
        conversation.newest = exchange["answer"]["id"]
        conversation.sent += 1
        return exchange
