# Knows what the official image's entrypoint does with MONGO_INITDB_ROOT_USERNAME and _PASSWORD: it
# makes that user on a server that listens to this container alone, then asks for passwords. Of
# mongod's own options it knows the size of the cache. Any other command is run as it is.
set -eu
[ "$1" = mongod ] || exec "$@"
cache=1G
while [ $# -gt 0 ]; do
    if [ "$1" = --wiredTigerCacheSizeGB ]; then
        cache=$(awk "BEGIN { print int($2 * 1024) \"M\" }")
    fi
    shift
done
set -- secantusd-py --storage-path /data/db --standalone --log-level WARNING --cache-size "$cache"
if [ -n "${MONGO_INITDB_ROOT_USERNAME:-}" ]; then
    if [ ! -d /data/db ]; then
        "$@" --host 127.0.0.1 --port 27018 &
        server=$!
        python3 -c 'import os, pymongo
with pymongo.MongoClient("127.0.0.1", 27018, directConnection=True) as link:
    name, password = (os.environ["MONGO_INITDB_ROOT_" + part] for part in ("USERNAME", "PASSWORD"))
    link.admin.command("createUser", name, pwd=password, roles=["root"])'
        kill "$server"
        wait "$server" || true
    fi
    set -- "$@" --auth
fi
exec "$@" --host 0.0.0.0 --port 27017
