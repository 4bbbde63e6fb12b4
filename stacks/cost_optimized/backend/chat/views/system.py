"""Whether the app can be used, and what runs."""

import platform

import django
from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection
from pymemcache.exceptions import MemcacheError
from rest_framework.views import APIView

from ..models import User
from ..problems import Kind, Problem
from ..responses import json_response

CACHE_ERRORS = (OSError, MemcacheError)


class HealthView(APIView):
    """GET /healthz: the database has its tables, the cache answers."""

    authentication_classes = ()
    permission_classes = ()
    http_method_names = ("get",)

    def get(self, request):
        """Asks both."""
        try:
            User.objects.exists()
        except DatabaseError:
            raise Problem(Kind.UNAVAILABLE, "The database cannot be used.") from None
        try:
            caches["default"].server_version()
        except CACHE_ERRORS:
            raise Problem(Kind.UNAVAILABLE, "The cache cannot be used.") from None
        return json_response({"status": "ok"})


class VersionView(APIView):
    """GET /version: what each part says it is."""

    authentication_classes = ()
    permission_classes = ()
    http_method_names = ("get",)

    def get(self, request):
        """Asks each part; one that does not answer is left out."""
        components = {}
        for name, ask, failures in (
            ("sqlite", _sqlite_version, (DatabaseError,)),
            ("memcached", caches["default"].server_version, CACHE_ERRORS),
        ):
            try:
                components[name] = ask()
            except failures:
                continue
        return json_response(
            {
                "stack": settings.STACK,
                "app": settings.APP_VERSION,
                "runtime": f"Python {platform.python_version()}",
                "framework": f"Django {django.get_version()}",
                "components": components,
            }
        )


def _sqlite_version() -> str:
    with connection.cursor() as cursor:
        return cursor.execute("SELECT sqlite_version()").fetchone()[0]
