"""NGINX again, https://nginx.org/ (BSD-2), as the blank: it answers every path with the same 200
bytes from memory, and asks nobody.

What a load generator gets out of it is what the generator itself can do at most. Its own count of
requests is at `/requests`; looking there counts as well, so each look leaves a line at `/looks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.contract import Endpoint
from stacks.components import http
from stacks.components.nginx import Nginx, NginxClient

SIZE = 200
HEAD, TAIL = '{"blank":"', '"}'
BODY = f"{HEAD}{'.' * (SIZE - len(HEAD) - len(TAIL))}{TAIL}"
TEMPLATE = """\
daemon off;
worker_processes 1;
worker_rlimit_nofile 16384;
pid {data}/nginx.pid;
error_log stderr warn;
events { worker_connections 4096; }
http {
  server_tokens on;
  default_type application/json;
  client_body_temp_path {data}/body; proxy_temp_path {data}/proxy;
  fastcgi_temp_path {data}/fastcgi; uwsgi_temp_path {data}/uwsgi; scgi_temp_path {data}/scgi;
  keepalive_requests 1000000;
  log_format look ".";
  access_log off;
  server {
    listen @HOST@:{port} backlog=4096;
    location / { return 200 '@BODY@'; }
    location = /requests { access_log {data}/looks look; stub_status; }
    location = /looks { access_log {data}/looks look; alias {data}/looks; }
  }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank(Nginx):
    """A server with nothing behind it."""

    name: str = "blank"
    needs: tuple[str, ...] = ()

    def configuration(self, links: Mapping[str, str], host: str) -> str:
        """Return nginx.conf for a server that listens at `host`."""
        del links
        return TEMPLATE.replace("@HOST@", host).replace("@BODY@", BODY)

    def connect(self, at: Endpoint) -> NginxClient:
        """Return a client; each question has a connection of its own."""
        return BlankClient(at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlankClient(NginxClient):
    """Asks the server."""

    def version(self) -> str:
        """Return the Server header of an answer."""
        answer = http.get(self.at, "/")
        answer.json()
        return answer.headers["Server"].removeprefix("nginx/")
