"""Signing up, signing in, and what a user has used."""

from django.contrib.auth import authenticate
from django.db import IntegrityError
from django.db.models import Count, Q, Sum
from django.utils import timezone
from rest_framework.authtoken.models import Token
from rest_framework.views import APIView

from .. import responses
from ..body import Credentials, checked, read_json
from ..models import UsageEvent, User
from ..problems import Kind, Problem, unauthorized
from ..writing import write_transaction


class UsersView(APIView):
    """POST /v1/users."""

    authentication_classes = ()
    permission_classes = ()
    http_method_names = ("post",)

    def post(self, request):
        """Makes a user and signs it in."""
        given = checked(Credentials, read_json(request))
        taken = Problem(Kind.CONFLICT, "This name is taken.")
        if User.objects.filter(name=given["name"]).exists():
            raise taken
        user = User(name=given["name"], created_at=timezone.now())
        user.set_password(given["password"])
        try:
            with write_transaction():
                user.save(force_insert=True)
                token = Token.objects.create(user=user)
        except IntegrityError:
            raise taken from None
        return _signed_in(user, token)


class SessionsView(APIView):
    """POST /v1/sessions."""

    authentication_classes = ()
    permission_classes = ()
    http_method_names = ("post",)

    def post(self, request):
        """Signs a user in. A user has one token, and gets it again."""
        given = checked(Credentials, read_json(request))
        user = authenticate(request, name=given["name"], password=given["password"])
        if user is None:
            raise unauthorized("The name or the password is wrong.")
        token, _ = Token.objects.get_or_create(user=user)
        return _signed_in(user, token)


class MeView(APIView):
    """GET /v1/me."""

    http_method_names = ("get",)

    def get(self, request):
        """The user whose token was sent."""
        return responses.json_response(responses.user(request.user))


class UsageView(APIView):
    """GET /v1/usage."""

    http_method_names = ("get",)

    def get(self, request):
        """Totals over all answered messages of the user."""
        totals = UsageEvent.objects.filter(user=request.user).aggregate(
            messages=Count("pk"),
            prompt_tokens=Sum("prompt_tokens", default=0),
            completion_tokens=Sum("completion_tokens", default=0),
            from_cache=Count("pk", filter=Q(cached=True)),
        )
        totals["cached"] = totals.pop("from_cache")
        return responses.json_response(totals)


def _signed_in(user: User, token: Token):
    return responses.json_response({"user": responses.user(user), "token": token.key}, 201)
