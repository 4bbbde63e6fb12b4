# Makes the database that POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB and POSTGRES_INITDB_ARGS ask
# for, if there is none, then becomes the command. The server listens to the container's network,
# and asks everybody from there for the password.
set -eu
user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}
if [ "$1" = postgres ]; then
    if [ ! -s "$PGDATA/PG_VERSION" ]; then
        : "${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD}"
        printf '%s\n' "$POSTGRES_PASSWORD" >/tmp/password
        # shellcheck disable=SC2086 # a list of options
        initdb -D "$PGDATA" -U "$user" -A scram-sha-256 --pwfile=/tmp/password \
            ${POSTGRES_INITDB_ARGS:-}
        rm /tmp/password
        echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
        if [ "$database" != postgres ]; then
            echo "CREATE DATABASE \"$database\"" | postgres --single -D "$PGDATA" postgres
        fi
    fi
    shift
    set -- postgres -c 'listen_addresses=*' "$@"
fi
exec "$@"
