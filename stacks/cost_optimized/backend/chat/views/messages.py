"""Messages: sending and listing them."""

from django.http import HttpResponse, StreamingHttpResponse
from rest_framework.views import APIView

from .. import answers, idempotency, llm, responses
from ..body import NewMessage, checked, read_json
from ..event_stream import EventStream
from ..models import Message
from ..parameters import conversation_number, page_of, page_response_data, query_of
from ..sending import Sending
from .conversations import conversation_of


class MessagesView(APIView):
    """GET and POST /v1/conversations/{conversation_id}/messages."""

    http_method_names = ("get", "post")

    def get(self, request, conversation_id):
        """A page of the conversation's messages, newest first."""
        number = conversation_number(conversation_id)
        rows = Message.objects.filter(conversation=number, conversation__user=request.user)
        page = page_of(query_of(request), f"messages {number}")
        if page.before:
            rows = rows.filter(pk__lt=page.before)
        rows = list(rows.order_by("-pk")[: page.limit + 1])
        if not rows:
            conversation_of(request, conversation_id)
        return responses.json_response(page_response_data(rows, page, responses.message))

    def post(self, request, conversation_id):
        """Sends a message and answers it, whole or as a stream."""
        body = read_json(request)
        given = checked(NewMessage, body)
        write = idempotency.write_of(request, body)
        number = conversation_number(conversation_id)
        history = answers.history(request.user, number)
        if not history:
            conversation_of(request, conversation_id)
        replayed = idempotency.claim_now(write)
        if replayed:
            return replayed
        try:
            sending = Sending(
                write=write,
                conversation_id=number,
                question=given["content"],
                prompt=answers.prompt(history, given["content"]),
            )
            return _streamed(sending) if given["stream"] else _whole(sending)
        except BaseException:
            idempotency.release(write)
            raise


def _whole(sending: Sending) -> HttpResponse:
    answer = answers.remembered(sending.prompt) or llm.complete(sending.prompt)
    return HttpResponse(sending.store(answer), status=201, content_type="application/json")


def _streamed(sending: Sending) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        EventStream(sending),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )
