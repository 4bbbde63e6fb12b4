"""Django's Memcached backend, with connections that outlive a request."""

from django.core.cache.backends.memcached import PyMemcacheCache
from pymemcache.exceptions import MemcacheError


class PersistentMemcached(PyMemcacheCache):
    """Each thread keeps its connection.

    Django's own backend closes it after every request; each request would then cost a TCP
    handshake and leave a socket in TIME_WAIT, which ends at some 470 requests a second.
    """

    def close(self, **kwargs):
        """Does nothing."""

    def server_version(self) -> str:
        """The version that the server tells; raises OSError or MemcacheError."""
        client = next(iter(self._cache.clients.values()))
        try:
            return client.version().decode("ascii")
        except (OSError, MemcacheError):
            # A kept connection may be one to a server that has restarted since.
            return client.version().decode("ascii")
