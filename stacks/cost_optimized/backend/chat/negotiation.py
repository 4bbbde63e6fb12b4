"""Which form an answer takes."""

from rest_framework.negotiation import BaseContentNegotiation


class JSONAlways(BaseContentNegotiation):
    """The contract has one form per answer, so `Accept` never decides and never refuses."""

    def select_parser(self, request, parsers):
        """None: bodies are read by `chat.body`."""
        return None

    def select_renderer(self, request, renderers, format_suffix=None):
        """The first renderer, whatever the client asked for."""
        return renderers[0], renderers[0].media_type
