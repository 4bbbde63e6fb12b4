"""RabbitMQ, https://www.rabbitmq.com/ (MPL-2.0; Erlang: Apache-2.0): the queue.

As a process it is started without its own scripts, which want root or a user `rabbitmq` and an
Erlang in a fixed place. Erlang's name server `epmd` runs beside it as a companion; otherwise the
broker would leave one behind. No plugins are enabled.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pika

from harness.contract import (
    ContainerSpec,
    DebianPackages,
    Durability,
    Durable,
    Endpoint,
    OnPath,
    ProcessSpec,
    Role,
)

PORT = 5672
USER = "chat"
HOMES = "usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin"
ERLANG = (
    *("erlang-base", "erlang-asn1", "erlang-crypto", "erlang-eldap", "erlang-ftp"),
    *("erlang-inets", "erlang-mnesia", "erlang-os-mon", "erlang-parsetools"),
    *("erlang-public-key", "erlang-runtime-tools", "erlang-snmp", "erlang-ssl"),
    *("erlang-syntax-tools", "erlang-tftp", "erlang-tools", "erlang-xmerl"),
)
SOURCES = (
    OnPath(binary="rabbitmq-defaults", also=(f"/{HOMES}",)),
    DebianPackages(
        packages=("rabbitmq-server", *ERLANG, "libsctp1"), binary=f"{HOMES}/rabbitmq-defaults"
    ),
)

CONF = """\
default_user = chat
default_pass = {secret}
log.console = true
log.console.level = warning
log.file = false
vm_memory_high_watermark.absolute = 512MiB
disk_free_limit.absolute = 50MB
"""

# The flags are those of rabbitmq-server's own script. No busy waiting (+sbwt none) is its default
# too, and needed here: idle schedulers that spin would be counted as work.
START = """\
ROOTDIR={root}/usr/lib/erlang
BINDIR=$(echo "$ROOTDIR"/erts-*/bin)
export ROOTDIR BINDIR EMU=beam PROGNAME=erl PATH="$BINDIR:$PATH"
mkdir -p mnesia log gen
case $1 in
epmd) exec "$BINDIR/epmd" -port "$ERL_EPMD_PORT" -address 127.0.0.1 ;;
esac
exec "$BINDIR/erlexec" -noinput -s rabbit boot -boot start_sasl +W w \\
    +S {cpus}:{cpus} +SDcpu {cpus}:{cpus} +MBas ageffcbf +MHas ageffcbf +MBlmbcs 512 +MHlmbcs 512 \\
    +MMmcs 30 +P 1048576 +t 5000000 +zdbbl 128000 +sbwt none +sbwtdcpu none +sbwtdio none \\
    +B i -syslog logger '[]' -syslog syslog_error_logger false \\
    -kernel prevent_overlapping_partitions false -kernel inet_dist_use_interface '{127,0,0,1}'
"""
ENVIRONMENT = {
    "ERL_EPMD_PORT": "{port:epmd}",
    "ERL_EPMD_ADDRESS": "127.0.0.1",
    "ERL_LIBS": "{bin}/../plugins",
    "ERL_MAX_ETS_TABLES": "50000",
    "ERL_MAX_PORTS": "65536",
    "ERL_CRASH_DUMP_SECONDS": "0",
    "RABBITMQ_NODENAME": "bakeoff{port}@localhost",
    "RABBITMQ_DIST_PORT": "{port:dist}",
    "RABBITMQ_HOME": "{bin}/..",
    "RABBITMQ_CONF_ENV_FILE": "{data}/env.conf",
    "RABBITMQ_CONFIG_FILE": "{data}/rabbitmq.conf",
    "RABBITMQ_ENABLED_PLUGINS_FILE": "{data}/enabled_plugins",
    "RABBITMQ_PLUGINS_DIR": "{bin}/../plugins",
    "RABBITMQ_MNESIA_BASE": "{data}/mnesia",
    "RABBITMQ_LOG_BASE": "{data}/log",
    "RABBITMQ_LOGS": "-",
    "RABBITMQ_GENERATED_CONFIG_DIR": "{data}/gen",
    "RABBITMQ_PID_FILE": "{data}/pid",
    "RABBITMQ_FEATURE_FLAGS_FILE": "{data}/mnesia/feature_flags",
    "SYS_PREFIX": "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RabbitMQ(Durable):
    """A broker with one user and the virtual host `/`; what it keeps is up to its clients."""

    role: ClassVar[Role] = Role.QUEUE
    promises: ClassVar[Mapping[Durability, str]] = {
        Durability.NONE: "transient messages, not confirmed",
        Durability.PROCESS: "durable classic queue, persistent messages, confirmed",
        Durability.MACHINE: "quorum queue: confirmed when its log is on the disk",
    }
    name: str = "rabbitmq"

    def container(self, links: Mapping[str, str]) -> ContainerSpec:
        """Run the official image with our configuration beside its own."""
        del links
        return ContainerSpec(
            image="rabbitmq:4.1.3",
            port=PORT,
            env={"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S {cpus}:{cpus} +SDcpu {cpus}:{cpus}"},
            files={"/etc/rabbitmq/conf.d/90-bakeoff.conf": CONF},
        )

    def process(self, links: Mapping[str, str]) -> ProcessSpec:
        """Run epmd and the broker, both on loopback only."""
        del links
        return ProcessSpec(
            sources=SOURCES,
            companions=(("/bin/sh", "{data}/start.sh", "epmd"),),
            command=("/bin/sh", "{data}/start.sh", "broker"),
            env=ENVIRONMENT,
            files={
                "start.sh": START,
                "rabbitmq.conf": "listeners.tcp.1 = {host}:{port}\n" + CONF,
                "enabled_plugins": "[].\n",
                "env.conf": "",
            },
            ports=("epmd", "dist"),
            unprivileged=True,
        )

    def url(self, at: Endpoint) -> str:
        """Return amqp://user:password@host:port/."""
        return f"amqp://{USER}:{at.secret}@{at.host}:{at.port}/"

    def connect(self, at: Endpoint) -> RabbitMQClient:
        """Log in; raises OSError or an AMQP error until the broker takes it."""
        # The login is tried until it succeeds, and pika would log each attempt with a traceback.
        logging.getLogger("pika").setLevel(logging.CRITICAL)
        socket.create_connection((at.host, at.port), 5).close()
        parameters = pika.URLParameters(self.url(at))
        parameters.socket_timeout = parameters.blocked_connection_timeout = 5
        return RabbitMQClient(link=pika.BlockingConnection(parameters))


@dataclass(frozen=True, slots=True, kw_only=True)
class RabbitMQClient:
    """A logged-in connection."""

    link: Any

    def version(self) -> str:
        """Return the version that the broker told at login."""
        return str(self.link._impl.server_properties["version"])  # noqa: SLF001 - not offered else

    def close(self) -> None:
        """Log out."""
        self.link.close()
