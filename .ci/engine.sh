#!/bin/sh
# Starts a Docker engine for the tests on a Debian machine without systemd: installs it from
# Debian's packages when it is missing, starts it, and waits until it answers. Running it again
# changes nothing. Needs root. What it leaves: $ENGINE/dockerd.pid, $ENGINE/dockerd.log.
#
#   ENGINE   folder for its data, pid and log, on a disk (default /var/lib/bakeoff-engine)
#   WAIT     seconds to wait for it (default 60)
set -eu

ENGINE=${ENGINE:-/var/lib/bakeoff-engine}
WAIT=${WAIT:-60}
SOCKET=/var/run/docker.sock

answers() {
    [ -S "$SOCKET" ] && [ "$(curl -fsS --max-time 5 --unix-socket "$SOCKET" http://engine/_ping 2>/dev/null)" = OK ]
}

fail() {
    echo "engine: $1" >&2
    [ -f "$ENGINE/dockerd.log" ] && tail -n 20 "$ENGINE/dockerd.log" >&2
    exit 3
}

if answers; then
    echo "engine: already answers at $SOCKET"
    exit 0
fi
[ "$(id -u)" = 0 ] || fail "starting an engine needs root; start Docker yourself, or run this as root"

missing=
command -v dockerd >/dev/null || missing="docker.io iptables"
command -v curl >/dev/null || missing="$missing curl ca-certificates"
if [ -n "$missing" ]; then
    command -v apt-get >/dev/null || fail "dockerd is missing, and so is apt-get; install Docker"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086 # a list of names
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

mkdir -p "$ENGINE/data"
# The userland proxy is off because it copies every byte of loopback traffic through a process of
# its own, which would be measured along with the stacks.
# setsid: a Ctrl-C at the caller's terminal must not end it. --exec-root keeps two engines apart.
setsid dockerd \
    --data-root "$ENGINE/data" \
    --exec-root "$ENGINE/exec" \
    --pidfile "$ENGINE/dockerd.pid" \
    --host "unix://$SOCKET" \
    --userland-proxy=false \
    >"$ENGINE/dockerd.log" 2>&1 </dev/null &
started=$!

waited=0
until answers; do
    kill -0 "$started" 2>/dev/null || fail "dockerd ended at once; the end of its log follows"
    [ "$waited" -lt "$WAIT" ] || fail "dockerd did not answer within $WAIT s; its log ends so"
    sleep 1
    waited=$((waited + 1))
done
echo "engine: started, pid $(cat "$ENGINE/dockerd.pid"), log $ENGINE/dockerd.log"
