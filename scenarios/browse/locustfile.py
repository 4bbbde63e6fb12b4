"""Users who only read.

By hand: locust -f scenarios/browse/locustfile.py --host http://127.0.0.1:8000
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from locust import task

from harness.drive.answers import Answer
from scenarios import checks, words
from scenarios.loading import Shape, load
from scenarios.member import Conversation, Member

SMALL_PAGE = 3


class Reader(Member):
    """Pages through an account; every answer can be known from what was loaded."""

    def prepare_alone(self) -> Mapping[str, object]:
        """Load one account."""
        seed = self.at.seed
        return load(str(self.host), seed, Shape(accounts=1, conversations=4, exchanges=3))

    @task(4)
    def see_list(self) -> None:
        """Read the first page of conversations."""
        self.list_conversations()

    @task(6)
    def read(self) -> None:
        """Read one of the loaded conversations; its last answer is known."""
        chosen = self.rng.choice(self.account["conversations"])
        self.list_messages(Conversation(id=chosen["id"], newest=chosen["ids"][-1]))

    @task(3)
    def page_through(self) -> None:
        """Read a page of three conversations and the one after it."""
        limit = f"limit={SMALL_PAGE}"
        first = self._page(f"/v1/conversations?{limit}", 0)
        if first.ok and (cursor := first.json["next_cursor"]):
            self._page(f"/v1/conversations?{limit}&cursor={quote(cursor, safe='')}", SMALL_PAGE)

    @task(2)
    def open_one(self) -> None:
        """Read one conversation without its messages."""
        chosen = self.rng.choice(self.account["conversations"])
        expected = (chosen["id"], chosen["title"], 2 * len(chosen["questions"]))

        def full(answer: Answer) -> str | None:
            made = answer.json
            same = (made["id"], made["title"], made["message_count"]) == expected
            return None if same else "not the conversation that was loaded"

        self.get("getConversation", f"/v1/conversations/{chosen['id']}", full)

    @task(2)
    def look_up(self) -> None:
        """Search for one or two words."""
        self.search(" ".join(self.rng.sample(words.WORDS, self.rng.randint(1, 2))))

    @task(1)
    def see_usage(self) -> None:
        """Read the totals."""
        most = sum(len(c["questions"]) for c in self.account["conversations"])

        def full(answer: Answer) -> str | None:
            return None if answer.json["messages"] <= most else "more messages than were sent"

        self.get("usage", "/v1/usage", full)

    @task(1)
    def see_self(self) -> None:
        """Read who one is."""

        def full(answer: Answer) -> str | None:
            return None if answer.json["name"] == self.account["name"] else "another user"

        self.get("me", "/v1/me", full)

    def _page(self, path: str, first: int) -> Answer:
        """Read three conversations of which the newest is number `first` from the top."""
        newest = [c["id"] for c in reversed(self.account["conversations"])]
        expected = newest[first : first + SMALL_PAGE]

        def full(answer: Answer) -> str | None:
            ids = [item["id"] for item in answer.json["items"]]
            wrong = None if ids == expected else "not the conversations that were loaded"
            return wrong or checks.page(answer, limit=SMALL_PAGE)

        return self.get("listConversations", path, full)
