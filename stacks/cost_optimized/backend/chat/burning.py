"""Burns a known amount of processor time per request, so that it can be seen whether it is found."""

import time

from django.conf import settings

SPARED = ("/healthz", "/version")


class Burning:
    """Middleware that burns BURN_US microseconds of its thread's own CPU clock first."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.nanoseconds = int(settings.BURN_US * 1000)

    def __call__(self, request):
        """Burns, then lets the app answer."""
        if request.path_info not in SPARED:
            end = time.thread_time_ns() + self.nanoseconds
            while time.thread_time_ns() < end:
                pass
        return self.get_response(request)
