"""Search: whole words, all of them, in any case, and nothing that a query language would add."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest

from stacks.contract.conformance.client import Api, User

QUESTIONS = (
    "Alpha beta gamma and the rest",
    "alphabet ALPHA or not near alpha",
    "snake_case kebab-case dotted.name 3.14 10,000 x2y",
    "naïve café ÄPFEL straße",
    "mail someone@example.com see https://example.org/path?x=1&y=two#frag",
    "running runs ran run; the mice and a mouse",
    "\u212aelvin \u017fharp \uff21lpha \u0661\u0662 i\u0307stanbul",
    "\N{GRINNING FACE}smile\N{GRINNING FACE} emoji\u200djoined tab\tbed line\nend",
    "it's o'clock \"quoted words\" (in brackets) <b>bold</b> C++ 100%",
    "content title role user assistant null true NEAR AND OR NOT",
    "zebras xylophoning happily; zoologist's boxes",
)
QUERIES = (
    "alpha", "ALPHA", "aLpHa", "alph", "lpha", "alphabet", "alpha beta", "beta   alpha",
    "beta alpha zeta", "the", "and", "a", "or", "not", "near", "snake", "case", "snake_case",
    "snake-case", "kebab_case", "snakecase", "dotted.name", "dotted", "name", "3", "14", "3.14",
    "314", "10000", "10,000", "000", "x2y", "x", "2", "na", "ve", "naive", "naïve", "caf", "cafe",
    "café", "pfel", "apfel", "ÄPFEL", "äpfel", "stra", "e", "strasse", "example", "com",
    "example.com", "someone@example.com", "https", "frag", "two", "path?x=1", "run", "runs",
    "running", "mice", "mouse", "elvin", "kelvin", "harp", "sharp", "lpha alpha", "stanbul",
    "istanbul", "smile", "emojijoined", "joined", "bed", "tabbed", "end", "lineend", "it", "its",
    "it's", "s", "clock", "quoted words", "brackets", "b", "bold", "c", "c++", "100", "100%",
    "content", "content:alpha", "role:user", "title:", "null", "true", "user assistant",
    "zebras", "zebra", "xylophone", "xylophones", "xylophoning", "happy", "happily", "zoologist",
    "zoologists", "box", "boxes",
)  # fmt: skip
SYNTAX = (
    '"alpha', '"alpha beta"', '"beta alpha"', 'alpha"', "alpha AND beta", "alpha OR zeta",
    "NOT alpha", "alpha NOT zeta", "NEAR(alpha beta)", "NEAR(alpha beta, 5)", "alpha*", "alph*",
    "*alpha", "a*a", "^alpha", "content : alpha", "-alpha", "+alpha", "!alpha", "alpha & zeta",
    "alpha | zeta", "alpha <-> beta", "alph:*", "alpha:A", "(alpha", "alpha)", "((alpha))",
    "{alpha}", "[alpha]", "'alpha", "alpha'", "''alpha''", "\\alpha", "alpha\\", "alph%", "alph_",
    "%alpha%", "alpha; DROP TABLE messages", "alpha -- x", "/alpha/", "/alph.*/", "alpha~1",
    "alpha^2", "alph?", "alpha || beta", "alpha && beta", "$alpha", "${alpha}", "alpha\tbeta",
    "alpha\nbeta", "alpha\x07beta", "\N{GRINNING FACE} alpha", "alpha,beta", "alpha/beta",
    "@alpha", "#alpha", "=alpha",
)  # fmt: skip


def words(text: str) -> set[str]:
    """Return the words of a text as the contract defines them, in lower case."""
    return {word.lower() for word in re.findall("[A-Za-z0-9]+", text)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A user and all the user's messages, newest first."""

    user: User
    messages: list[Any]

    def check(self, query: str) -> None:
        """Compare what is found with what the contract says, worked out message by message."""
        expected = [each for each in self.messages if words(query) <= words(each["content"])]
        answer = self.user.get("/v1/search", q=query, limit=100)
        if answer.ok(200)["items"] != expected:
            found = [each["content"][:80] for each in answer.body["items"]]
            wanted = [each["content"][:80] for each in expected]
            raise answer.breach(
                f"{query!r} finds the messages with each of {sorted(words(query))} as a whole word,"
                f" newest first\nfound: {found}\nwanted: {wanted}"
            )


@pytest.fixture(scope="module")
def library(api: Api) -> Library:
    """Return a user whose messages hold every kind of word; in two conversations, by turns."""
    user = api.new_user()
    talks = [user.conversation(f"part {n}")["id"] for n in range(2)]
    sent = [user.send(talks[n % 2], text) for n, text in enumerate(QUESTIONS)]
    messages = [each[part] for each in reversed(sent) for part in ("answer", "question")]
    return Library(user=user, messages=messages)


@pytest.mark.parametrize("query", QUERIES)
def test_a_message_is_found_by_its_whole_words(library: Library, query: str) -> None:
    """Found is what contains every word of the query as a whole word, in whatever case."""
    library.check(query)


@pytest.mark.parametrize("query", SYNTAX)
def test_a_query_has_no_syntax(library: Library, query: str) -> None:
    """A query is words and nothing else; signs of query languages only separate words."""
    library.check(query)


def test_answers_are_found_too(library: Library) -> None:
    """Search looks through questions and answers."""
    answer = library.messages[0]
    assert answer["role"] == "assistant"
    longest = max(words(answer["content"]), key=len)
    library.check(longest)
    assert answer in library.user.get("/v1/search", q=longest, limit=100).ok(200)["items"]


def test_streamed_messages_are_found(user: User) -> None:
    """What was streamed is found like what was not."""
    done = user.stream(user.conversation()["id"], "streamedword here").done
    assert done["question"] in user.all("/v1/search", q="streamedword")


@pytest.mark.parametrize("query", ["", " ", "---", "äöü", "\N{GRINNING FACE}", "٣", "_", '""', "*"])
def test_a_query_without_a_word_is_422(user: User, query: str) -> None:
    """A query has at least one ASCII letter or digit, else 422."""
    user.get("/v1/search", q=query).problem(422, "invalid", "q")


def test_a_query_is_needed(user: User) -> None:
    """Search without `q` is 422."""
    user.get("/v1/search").problem(422, "invalid", "q")


def test_a_query_with_a_nul_is_422(user: User) -> None:
    """Strings never hold U+0000."""
    user.get("/v1/search", q="alpha\0beta").problem(422, "invalid", "q")


def test_a_query_has_up_to_200_characters(user: User) -> None:
    """A query of 200 characters fits, whatever their size in bytes; one of 201 is 422."""
    assert user.get("/v1/search", q="q" * 200).ok(200) == {"items": [], "next_cursor": None}
    assert user.get("/v1/search", q="zq " + "\N{GRINNING FACE}" * 197).ok(200)["items"] == []
    user.get("/v1/search", q="q" * 201).problem(422, "invalid", "q")


def test_a_query_of_many_words_is_answered(user: User) -> None:
    """A hundred words in a query are a hundred words that must be there."""
    assert user.get("/v1/search", q=" ".join("abcdefghij" * 10)).ok(200)["items"] == []
