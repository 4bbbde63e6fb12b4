"""Lists in pages: nothing twice, nothing lost, and cursors that are only good where they belong."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from stacks.contract.conformance.client import Api, User, altered, fresh, messages_of

BAD_LIMITS = {
    "zero": "0",
    "too large": "101",
    "negative": "-1",
    "a word": "ten",
    "empty": "",
    "a fraction": "1.5",
    "with an exponent": "1e1",
    "huge": "9" * 30,
    "with an underscore": "1_0",
    "digits that are not ASCII": "٣",
    "NUL": "1\0",
    "SQL": "1;--",
}
BAD_CURSORS = {
    "empty": "",
    "too long": "c" * 1025,
    "a number": "2",
    "a word": "next",
    "SQL": "' OR '1'='1",
    "base64 of nothing": "e30=",
    "not ASCII": "\N{GRINNING FACE}",
    "12 KiB when percent-encoded": "\N{GRINNING FACE}" * 1024,
    "NUL": "a\0b",
    "a line end": "a\r\nX-Injected: 1",
}
LISTS = ("/v1/conversations", "messages", "/v1/search")
PathOf = Callable[[str], tuple[str, dict[str, str]]]


@pytest.fixture(scope="module")
def reader(api: Api) -> User:
    """Return a user with three conversations and two exchanges."""
    user = api.new_user()
    talks = [user.conversation(f"number {n}")["id"] for n in range(3)]
    user.send(talks[0], "a first word")
    user.send(talks[0], "a second word")
    return user


@pytest.fixture(scope="module")
def path_of(reader: User) -> PathOf:
    """Return how to read one of LISTS: its path and what it needs as parameters."""
    oldest = reader.all("/v1/conversations")[-1]["id"]
    ways = {
        "/v1/conversations": ("/v1/conversations", {}),
        "messages": (messages_of(oldest), {}),
        "/v1/search": ("/v1/search", {"q": "word"}),
    }
    return ways.__getitem__


@pytest.mark.parametrize("case", BAD_LIMITS)
@pytest.mark.parametrize("which", LISTS)
def test_a_limit_that_does_not_fit_is_422(
    reader: User, path_of: PathOf, which: str, case: str
) -> None:
    """A limit is an integer from 1 to 100."""
    path, params = path_of(which)
    reader.get(path, **params, limit=BAD_LIMITS[case]).problem(422, "invalid", "limit")


@pytest.mark.parametrize("case", BAD_CURSORS)
@pytest.mark.parametrize("which", LISTS)
def test_a_cursor_that_was_not_given_out_is_422(
    reader: User, path_of: PathOf, which: str, case: str
) -> None:
    """A cursor that was not given out is 422."""
    path, params = path_of(which)
    answer = reader.get(path, **params, cursor=BAD_CURSORS[case])
    answer.problem(422, "invalid", "cursor")
    assert "x-injected" not in answer.headers


@pytest.mark.parametrize("which", LISTS)
def test_every_fault_of_a_query_is_told(reader: User, path_of: PathOf, which: str) -> None:
    """A 422 has one entry in `errors` for each fault: the limit's and the cursor's."""
    path, params = path_of(which)
    answer = reader.get(path, **params, limit="none", cursor="none")
    answer.problem(422, "invalid", "limit")
    answer.problem(422, "invalid", "cursor")


@pytest.mark.parametrize("which", LISTS)
def test_an_altered_cursor_is_422(reader: User, path_of: PathOf, which: str) -> None:
    """A cursor of which a character was changed, or cut off, was not given out."""
    path, params = path_of(which)
    cursor = reader.get(path, **params, limit=1).ok(200)["next_cursor"]
    for forged in (*altered(cursor), cursor[:-4], cursor + "AAAA"):
        reader.get(path, **params, cursor=forged).problem(422, "invalid", "cursor")


@pytest.mark.parametrize("which", LISTS)
def test_the_cursor_of_another_list_is_422(reader: User, path_of: PathOf, which: str) -> None:
    """A cursor is good for the very list it was given out for: same path, and same words."""
    ways = {each: path_of(each) for each in LISTS}
    ways["other words"] = ("/v1/search", {"q": "a"})
    for other, (path, params) in ways.items():
        if other != which:
            cursor = reader.get(path, **params, limit=1).ok(200)["next_cursor"]
            assert cursor, f"{path} has more than one item"
            here, needed = path_of(which)
            reader.get(here, **needed, cursor=cursor).problem(422, "invalid", "cursor")


def test_the_cursor_of_another_conversation_is_422(reader: User) -> None:
    """The messages of each conversation are a list of their own."""
    newest, *_, oldest = (each["id"] for each in reader.all("/v1/conversations"))
    cursor = reader.get(messages_of(oldest), limit=1).ok(200)["next_cursor"]
    reader.get(messages_of(newest), cursor=cursor).problem(422, "invalid", "cursor")


@pytest.mark.parametrize("which", ["/v1/conversations", "/v1/search"])
def test_the_cursor_of_another_user_is_422(
    reader: User, path_of: PathOf, stranger: User, which: str
) -> None:
    """A cursor is good for the user it was given to."""
    path, params = path_of(which)
    cursor = reader.get(path, **params, limit=1).ok(200)["next_cursor"]
    stranger.get(path, **params, cursor=cursor).problem(422, "invalid", "cursor")


@pytest.mark.parametrize("which", LISTS)
def test_the_last_page_has_no_cursor(reader: User, path_of: PathOf, which: str) -> None:
    """`next_cursor` is null on the last page, also when the last page is full."""
    path, params = path_of(which)
    items = reader.all(path, **params)
    page = reader.get(path, **params, limit=len(items)).ok(200)
    assert page == {"items": items, "next_cursor": None}
    page = reader.get(path, **params, limit=len(items) - 1).ok(200)
    assert page["items"] == items[:-1]
    last = reader.get(path, **params, limit=1, cursor=page["next_cursor"]).ok(200)
    assert last == {"items": items[-1:], "next_cursor": None}


def test_conversations_of_the_same_moment_keep_their_order(newcomer: User) -> None:
    """Things created in the same moment keep their order, in pages of any size; 20 by default."""
    made = [newcomer.conversation(f"number {n}") for n in range(22)][::-1]
    first = newcomer.get("/v1/conversations").ok(200)
    assert first["items"] == made[:20]
    rest = newcomer.get("/v1/conversations", cursor=first["next_cursor"]).ok(200)
    assert rest == {"items": made[20:], "next_cursor": None}
    for limit in (1, 7, 11, 100):
        pages = list(newcomer.pages("/v1/conversations", limit=limit))
        assert {len(page) for page in pages[:-1]} <= {limit}, "all pages but the last are full"
        assert [item for page in pages for item in page] == made, f"limit={limit}"


def test_messages_in_pages_are_the_messages(reader: User, path_of: PathOf) -> None:
    """Question and answer, though of the same moment, keep their order across pages."""
    for which in ("messages", "/v1/search"):
        path, params = path_of(which)
        once = reader.all(path, **params)
        for limit in (1, 2, 3):
            pages = reader.pages(path, **params, limit=limit)
            assert [item for page in pages for item in page] == once, (which, limit)


def test_a_cursor_goes_with_another_limit(reader: User) -> None:
    """`limit` may change from page to page."""
    items = reader.all("/v1/conversations")
    cursor = reader.get("/v1/conversations", limit=1).ok(200)["next_cursor"]
    rest = reader.get("/v1/conversations", limit=100, cursor=cursor).ok(200)
    assert rest == {"items": items[1:], "next_cursor": None}


def test_a_page_read_twice_is_the_same(reader: User) -> None:
    """A cursor may be used again."""
    cursor = reader.get("/v1/conversations", limit=1).ok(200)["next_cursor"]
    pages = [reader.get("/v1/conversations", cursor=cursor).ok(200) for _ in range(2)]
    assert pages[0] == pages[1]


def test_conversations_made_between_pages_move_nothing(newcomer: User) -> None:
    """A page never repeats or drops an item that existed when the first page was read."""
    made = [newcomer.conversation(f"number {n}")["id"] for n in range(6)][::-1]
    seen: list[str] = []
    for page in newcomer.pages("/v1/conversations", limit=2):
        seen += [item["id"] for item in page]
        newcomer.conversation("in between")
        assert len(seen) <= 20, f"the pages do not end: {seen}"
    assert [each for each in seen if each in made] == made


@pytest.mark.parametrize("which", ["messages", "search"])
def test_messages_sent_between_pages_move_nothing(user: User, which: str) -> None:
    """A page never repeats or drops a message that existed when the first page was read."""
    talk, word = user.conversation()["id"], fresh()
    exchanges = [user.send(talk, f"{word} {n}") for n in range(3)]
    path = "/v1/search" if which == "search" else messages_of(talk)
    params = {"q": word} if which == "search" else {}
    there = [item["id"] for item in user.all(path, **params)]
    assert {each["question"]["id"] for each in exchanges} <= set(there)
    seen: list[str] = []
    for page in user.pages(path, **params, limit=2):
        seen += [item["id"] for item in page]
        if len(seen) == 2:
            user.send(talk, f"{word} in between")
    assert [each for each in seen if each in there] == there


def test_unknown_parameters_are_ignored(reader: User) -> None:
    """Unknown query parameters are ignored, whatever they hold."""
    expected = reader.get("/v1/conversations").ok(200)
    params = {"offset": "1", "Limit": "0", "page[size]": "\0", "q": "x", "order": "asc;--"}
    assert reader.get("/v1/conversations", **params).ok(200) == expected
