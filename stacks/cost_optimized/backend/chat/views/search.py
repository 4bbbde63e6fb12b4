"""Search in one's own messages."""

from rest_framework.views import APIView

from .. import responses, word_index
from ..parameters import page_of, page_response_data, query_of, words_query
from ..text_rules import words


class SearchView(APIView):
    """GET /v1/search."""

    http_method_names = ("get",)

    def get(self, request):
        """A page of the messages that hold every word, newest first."""
        query, errors = query_of(request), []
        text = words_query(query, errors)
        wanted = " ".join(sorted(set(words(text))))
        page = page_of(query, f"search {request.user.pk} {wanted}", errors)
        rows = word_index.find(request.user.pk, text, page)
        return responses.json_response(page_response_data(rows, page, responses.message))
