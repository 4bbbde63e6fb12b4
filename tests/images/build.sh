#!/bin/sh
# Makes the images that the container tests run, from Debian's packages, for machines that cannot
# pull any: one base by debootstrap and `docker import`, and on it an image for each folder here.
# An image that was made from the same inputs is left as it is. Needs root and a running engine.
# A folder with a file `jars` holds the name of a folder in stacks/components/jars, whose jars and
# classes bakeoff fetches first (on this machine, where the package registries answer) and which
# the Dockerfile finds beside it as lib/ and classes/. That needs `make setup`. Likewise a file
# `lock` names a lock file in stacks/components/locks, found as requirements.lock and wheels/.
#
#   sh tests/images/build.sh [--all-anew]
#
# The package mirror is the one that this machine's own apt uses. Signatures are checked.
set -eu

HERE=$(cd "$(dirname "$0")" && pwd)
SUITE=bookworm
NAME=bakeoff-test
PYTHON=$HERE/../../.venv/bin/python
JARS=$HERE/../../stacks/components/jars
LOCKS=$HERE/../../stacks/components/locks
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

fail() {
    echo "images: $1" >&2
    exit 3
}

hash_of() {
    cat "$@" | sha256sum | cut -c1-16
}

# made IMAGE INPUTS: true if the image is there and was made from these inputs
made() {
    [ "$(docker image inspect --format '{{index .Config.Labels "bakeoff.inputs"}}' "$1" 2>/dev/null)" = "$2" ]
}

docker info >/dev/null 2>&1 || fail "no engine answers; start one with: sudo .ci/engine.sh"

# The base is made from the lines between these two marks.
base_inputs=$({ echo "$SUITE"; sed -n '/^# BASE/,/^# END/p' "$HERE/build.sh"; } | hash_of)
[ "${1:-}" != "--all-anew" ] || base_inputs="$base_inputs-$(date +%s)"

# BASE
if ! made "$NAME/base:1" "$base_inputs"; then
    [ "$(id -u)" = 0 ] || fail "debootstrap needs root"
    if ! command -v debootstrap >/dev/null; then
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
    fi
    [ -f "$KEYRING" ] || fail "$KEYRING is missing; install debian-archive-keyring"
    mirror=$(apt-get indextargets --format '$(SITE)' "Codename: $SUITE" | grep -v security | sort -u | head -n 1)
    [ -n "$mirror" ] || fail "apt on this machine knows no mirror of Debian $SUITE"
    root=$(mktemp -d)
    trap 'rm -rf "$root"' EXIT INT TERM
    echo "images: $NAME/base"
    debootstrap --variant=minbase --keyring="$KEYRING" "$SUITE" "$root" "$mirror" >"$root.log" 2>&1 ||
        { tail -n 20 "$root.log" >&2; rm -f "$root.log"; fail "debootstrap failed"; }
    rm -rf "$root.log" "$root"/var/cache/apt/archives/*.deb
    # Nothing here has to survive a power cut, be read by people, or start by itself.
    echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/bakeoff"
    printf 'path-exclude=/usr/share/%s/*\n' doc man locale info >>"$root/etc/dpkg/dpkg.cfg.d/bakeoff"
    printf 'Acquire::Languages "none";\nDir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n' \
        >"$root/etc/apt/apt.conf.d/90bakeoff"
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod +x "$root/usr/sbin/policy-rc.d"
    tar -C "$root" -c . | docker import \
        -c "LABEL bakeoff.inputs=$base_inputs" -c 'CMD ["/bin/sh"]' - "$NAME/base:1" >/dev/null
fi
# END

# provided NAME: fetches the jars of a component and prints the folder that holds them
provided() {
    [ -x "$PYTHON" ] || fail "the jars of $1 need $PYTHON; make it with: make setup"
    "$PYTHON" - "$JARS/$1" <<'EOF'
import pathlib, sys
from harness.contract import Jars
from harness.launch.provision import provide
folder = pathlib.Path(sys.argv[1])
print(provide(folder.name, (Jars(folder=folder),)).root)
EOF
}

# contents FOLDER: all that its files hold
contents() {
    find "$1" -type f | LC_ALL=C sort | xargs cat
}

# build NAME: makes the image of a folder, after the one of ours that it begins with
build() (
    folder=$HERE/$1
    parent=$(sed -n "s|^FROM $NAME/\(.*\):1|\1|p" "$folder/Dockerfile" | head -n 1)
    [ "$parent" = base ] || build "$parent"
    inputs=$(docker image inspect --format '{{index .Config.Labels "bakeoff.inputs"}}' "$NAME/$parent:1")
    jars=$(cat "$folder/jars" 2>/dev/null || true)
    lock=$(cat "$folder/lock" 2>/dev/null || true)
    inputs=$({ echo "$inputs"; contents "$folder"; [ -z "$jars" ] || contents "$JARS/$jars"
        [ -z "$lock" ] || cat "$LOCKS/$lock.lock"; } |
        sha256sum | cut -c1-16)
    if made "$NAME/$1:1" "$inputs"; then exit 0; fi
    echo "images: $NAME/$1"
    context=$(mktemp -d)
    trap 'rm -rf "$context"' EXIT INT TERM
    cp -R "$folder/." "$context"
    if [ -n "$jars" ]; then
        root=$(provided "$jars")
        mkdir "$context/lib" "$context/classes"
        cp "$root"/lib/* "$context/lib"
        [ ! -d "$root/classes" ] || cp -R "$root/classes/." "$context/classes"
    fi
    if [ -n "$lock" ]; then
        [ -x "$PYTHON" ] || fail "the wheels of $1 need $PYTHON; make it with: make setup"
        cp "$LOCKS/$lock.lock" "$context/requirements.lock"
        "$PYTHON" -m pip download --quiet --require-hashes --only-binary :all: \
            --dest "$context/wheels" --requirement "$context/requirements.lock" ||
            fail "the wheels of $1 cannot be had"
    fi
    docker build --quiet --network host --label "bakeoff.inputs=$inputs" \
        --tag "$NAME/$1:1" "$context" >/dev/null || fail "$1 cannot be built"
)

for folder in "$HERE"/*/; do
    build "$(basename "$folder")"
done
echo "images: all there"
