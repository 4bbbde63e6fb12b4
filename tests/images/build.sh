#!/bin/sh
# Makes the images that the container tests run, from Debian's packages, for machines that cannot
# pull any: one base by debootstrap and `docker import`, and on it an image for each folder here.
# An image that was made from the same inputs is left as it is. Needs root and a running engine.
#
#   sh tests/images/build.sh [--all-anew]
#
# The package mirror is the one that this machine's own apt uses. Signatures are checked.
set -eu

HERE=$(cd "$(dirname "$0")" && pwd)
SUITE=bookworm
NAME=bakeoff-test
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

base_inputs=$(printf '%s' "$SUITE $(hash_of "$HERE/build.sh")" | sha256sum | cut -c1-16)
[ "${1:-}" != "--all-anew" ] || base_inputs="$base_inputs-$(date +%s)"

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

for folder in "$HERE"/*/; do
    name=$(basename "$folder")
    inputs=$(printf '%s' "$base_inputs $(hash_of "$folder"*)" | sha256sum | cut -c1-16)
    made "$NAME/$name:1" "$inputs" && continue
    echo "images: $NAME/$name"
    docker build --quiet --network host --label "bakeoff.inputs=$inputs" \
        --tag "$NAME/$name:1" "$folder" >/dev/null || fail "$name cannot be built"
done
echo "images: all there"
