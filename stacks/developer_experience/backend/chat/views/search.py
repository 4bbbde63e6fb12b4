"""Search in one's own messages."""

from flask import Blueprint, g, request

from .. import auth, text_rules
from ..extensions import search_index
from ..paging import page_of

MOST = 200

blueprint = Blueprint("search", __name__)
blueprint.before_request(auth.sign_in)


@blueprint.get("/v1/search")
def search():
    """A page of the messages that have all words, newest first."""
    query = request.args.get("q", "")
    words = text_rules.words(query)
    page = page_of(f"search {g.user} {' '.join(sorted(words))}", _faults(query, words))
    found = search_index.find(g.user, words, page.before, page.limit + 1)
    return page.answer(found, lambda each: each[0], lambda each: each[1])


def _faults(query: str, words: list[str]) -> list[tuple[str, str]]:
    if not 1 <= len(query) <= MOST:
        return [("q", f"must have 1 to {MOST} characters")]
    if not text_rules.is_clean(query):
        return [("q", "must not hold U+0000")]
    return [] if words else [("q", "must have at least one ASCII letter or digit")]
