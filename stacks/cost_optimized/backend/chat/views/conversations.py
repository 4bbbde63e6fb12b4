"""Conversations: opening, reading and listing them."""

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.views import APIView

from .. import idempotency, responses
from ..body import NewConversation, checked, read_json
from ..models import Conversation
from ..parameters import conversation_number, page_of, page_response_data, query_of
from ..problems import Kind, Problem
from ..writing import write_transaction


class ConversationsView(APIView):
    """GET and POST /v1/conversations."""

    http_method_names = ("get", "post")

    def get(self, request):
        """A page of the user's conversations, newest first."""
        page = page_of(query_of(request), f"conversations {request.user.pk}")
        rows = Conversation.objects.filter(user=request.user).order_by("-pk")
        if page.before:
            rows = rows.filter(pk__lt=page.before)
        rows = list(rows[: page.limit + 1])
        return responses.json_response(page_response_data(rows, page, responses.conversation))

    def post(self, request):
        """Opens a conversation."""
        body = read_json(request)
        given = checked(NewConversation, body)
        write = idempotency.write_of(request, body)
        with write_transaction():
            replayed = idempotency.claim(write)
            if replayed:
                return replayed
            row = Conversation.objects.create(
                user=request.user, title=given["title"], created_at=timezone.now()
            )
            text = responses.encode(responses.conversation(row))
            idempotency.finish(write, 201, text)
        return HttpResponse(text, status=201, content_type="application/json")


class ConversationView(APIView):
    """GET /v1/conversations/{conversation_id}."""

    http_method_names = ("get",)

    def get(self, request, conversation_id):
        """One conversation."""
        row = conversation_of(request, conversation_id)
        return responses.json_response(responses.conversation(row))


def conversation_of(request, conversation_id: str) -> Conversation:
    """The user's conversation with this id; raises Problem 404, also for another user's."""
    try:
        return Conversation.objects.get(pk=conversation_number(conversation_id), user=request.user)
    except Conversation.DoesNotExist:
        raise Problem(Kind.NOT_FOUND) from None
